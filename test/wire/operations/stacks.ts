import { expect } from 'vitest';
import type { Aws } from '../../../src/aws/aws.ts';
import { applyBootstrap } from '../../../src/bootstrap/apply.ts';
import { type BootstrapOptions, stackNameOf } from '../../../src/bootstrap/options.ts';
import { readStack } from '../../../src/bootstrap/stack.ts';
import { bootstrapTemplate } from '../../../src/bootstrap/template.ts';
import { fresh } from '../../helpers/bootstrap.ts';
import { refusal } from '../../helpers/wire/expect.ts';
import { iam } from '../../helpers/wire/iam.ts';
import { account } from '../../helpers/wire/seed.ts';
import { impatient, type WireWorld } from '../../helpers/wire/world.ts';

/** As `init --bootstrap --apply` does it for a second app: made, looked at, left alone. */
export async function callStacks(aws: Aws, world: WireWorld) {
  const { cluster, vpc, subnets, securityGroups, albListenerArn } = world.config.providerConfig;
  const options: BootstrapOptions = {
    ...fresh,
    app: 'wire',
    ci: 'none',
    repository: undefined,
    dns: 'elsewhere',
    existing: { cluster, vpc, subnets, securityGroups, listenerArn: albListenerArn },
  };
  const notes: string[] = [];
  const { signal } = new AbortController();
  const note = (line: string) => notes.push(line);
  const tools = { aws, clock: impatient, signal, random: () => 0.5, note };
  const stackName = stackNameOf(options);
  expect(await readStack(tools, stackName)).toBeUndefined();
  const template = bootstrapTemplate(options);
  const asked = { template, stackName, confirmDestructive: async () => false };
  // moto: gives a stack that was made by a change set no outputs, and tells no resource's events.
  expect(await applyBootstrap(tools, asked)).toEqual({ outcome: 'created', outputs: [] });
  expect(notes).toEqual([
    'Changes of the stack previewops-wire:',
    '  + add ExecutionRole AWS::IAM::Role',
    '  + add BuildRole AWS::IAM::Role',
    '  + add DeployPolicy1 AWS::IAM::ManagedPolicy',
    '  + add DeployPolicy2 AWS::IAM::ManagedPolicy',
    '  previewops-wire AWS::CloudFormation::Stack create in progress: User Initiated',
    '+ previewops-wire AWS::CloudFormation::Stack create complete',
  ]);
  expect(await readStack(tools, stackName)).toMatchObject({
    status: 'CREATE_COMPLETE',
    parameters: { ClusterName: cluster, VpcId: vpc },
    owned: expect.arrayContaining(['previewops-wire-execution', 'previewops-wire-build']),
  });
  expect((await applyBootstrap(tools, asked)).outcome).toBe('unchanged');
  const absent = aws.call('cloudformation:DescribeStacks', { StackName: 'absent' });
  await expect(absent).rejects.toMatchObject(refusal('ValidationError', 'does not exist'));
  await listProviders(aws, world);
}

async function listProviders(aws: Aws, { moto: { url } }: WireWorld) {
  const list = async () =>
    (await aws.call('iam:ListOpenIDConnectProviders', {})).OpenIDConnectProviderList;
  expect(await list()).toEqual([]);
  await iam(url, 'CreateOpenIDConnectProvider', {
    Url: 'https://ci.example.com',
    'ThumbprintList.member.1': 'a'.repeat(40),
  });
  expect(await list()).toEqual([{ Arn: `arn:aws:iam::${account}:oidc-provider/ci.example.com` }]);
}
