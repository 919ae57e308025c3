import type { ResourceChange, StackEvent } from '@aws-sdk/client-cloudformation';
import { describe, expect, test } from 'vitest';
import { changesOf } from '../../../src/bootstrap/changes.ts';
import { causeOf, renderStackEvent, standingOf } from '../../../src/bootstrap/events.ts';
import type { Existing } from '../../../src/bootstrap/options.ts';
import { bootstrapOutputs } from '../../../src/bootstrap/outputs.ts';
import { withoutOwn } from '../../../src/bootstrap/own.ts';
import { listenerArn } from '../../helpers/bootstrap.ts';

describe('a change set', () => {
  const change = (id: string, more: Partial<ResourceChange>) => ({
    Type: 'Resource' as const,
    ResourceChange: { LogicalResourceId: id, ResourceType: 'AWS::ECS::Cluster', ...more },
  });
  const target = (Name: string) => ({ Target: { Attribute: 'Properties' as const, Name } });

  test('shows first what takes something away, and why', () => {
    const { lines, destructive, changes } = changesOf({
      Changes: [
        change('New', { Action: 'Add' }),
        change('Port', {
          Action: 'Modify',
          Replacement: 'False',
          Details: [target('Rules'), target('Rules')],
        }),
        change('Perhaps', {
          Action: 'Modify',
          Replacement: 'Conditional',
          PhysicalResourceId: 'b',
        }),
        change('Unknown', { Action: 'Dynamic' }),
        change('Gone', { Action: 'Remove', PhysicalResourceId: 'c', PolicyAction: 'Delete' }),
        change('Kept', { Action: 'Remove', PhysicalResourceId: 'd', PolicyAction: 'Retain' }),
        change('Cluster', {
          Action: 'Modify',
          Replacement: 'True',
          PhysicalResourceId: 'previewops',
          Details: [target('ClusterName'), { Target: { Attribute: 'Tags' } }],
        }),
      ],
    });
    expect(lines).toEqual([
      '! REPLACE Cluster AWS::ECS::Cluster (previewops; because of ClusterName, Tags)',
      '- remove Gone AWS::ECS::Cluster (c)',
      '- remove Kept AWS::ECS::Cluster (d; what is there stays in the account, outside of the stack)',
      '! MAY REPLACE Perhaps AWS::ECS::Cluster (b)',
      '! MAY REPLACE Unknown AWS::ECS::Cluster',
      '~ change Port AWS::ECS::Cluster (because of Rules)',
      '+ add New AWS::ECS::Cluster',
    ]);
    expect(destructive).toBe(true);
    expect(changes[0]).toEqual({
      kind: 'replace',
      id: 'Cluster',
      type: 'AWS::ECS::Cluster',
      physical: 'previewops',
      properties: ['ClusterName', 'Tags'],
      kept: false,
    });
  });

  test.each<[boolean, Partial<ResourceChange>]>([
    [false, { Action: 'Add' }],
    [false, { Action: 'Modify', Replacement: 'False' }],
    [false, { Action: 'Modify' }],
    [false, { Action: 'Remove', PolicyAction: 'Retain' }],
    [true, { Action: 'Remove', PolicyAction: 'Delete' }],
    [true, { Action: 'Remove' }],
    [true, { Action: 'Modify', Replacement: 'Conditional' }],
    [true, { Action: 'Modify', Replacement: 'True', PolicyAction: 'ReplaceAndRetain' }],
  ])('asks for consent (%s): %j', (destructive, given) => {
    expect(changesOf({ Changes: [change('A', given)] }).destructive).toBe(destructive);
  });

  test('may be empty, and hold what is no resource', () => {
    const nothing = { changes: [], destructive: false, lines: [] };
    expect(changesOf({})).toEqual(nothing);
    expect(changesOf({ Changes: [{ Type: 'Resource' }] })).toEqual(nothing);
  });

  test('is made safe for a terminal and for a log', () => {
    const { lines } = changesOf({
      Changes: [change('A\u001b[31m', { Action: 'Remove', PhysicalResourceId: 'x\n::error::y' })],
    });
    expect(lines).toEqual(['- remove A AWS::ECS::Cluster (x ::error::y)']);
  });
});

describe('stack events', () => {
  const event = (more: Partial<StackEvent>): StackEvent => ({
    StackId: 'arn',
    EventId: '1',
    StackName: 'previewops',
    Timestamp: new Date(0),
    LogicalResourceId: 'Cluster',
    ResourceType: 'AWS::ECS::Cluster',
    ...more,
  });

  test.each<[StackEvent['ResourceStatus'], string]>([
    ['CREATE_IN_PROGRESS', '  Cluster AWS::ECS::Cluster create in progress'],
    ['CREATE_COMPLETE', '+ Cluster AWS::ECS::Cluster create complete'],
    ['DELETE_COMPLETE', '- Cluster AWS::ECS::Cluster delete complete'],
    ['CREATE_FAILED', '! Cluster AWS::ECS::Cluster create failed'],
    ['UPDATE_ROLLBACK_COMPLETE', '- Cluster AWS::ECS::Cluster update rollback complete'],
  ])('%s', (ResourceStatus, line) => {
    expect(renderStackEvent(event({ ResourceStatus }))).toBe(line);
  });

  test('tell the record that a certificate waits for, safely', () => {
    const record =
      'Content of DNS Record is: {Name: _x.previews.example.com.,Type: CNAME,Value: _y.}';
    const line = renderStackEvent(
      event({ ResourceStatus: 'CREATE_IN_PROGRESS', ResourceStatusReason: `${record}\u001b[2J` }),
    );
    expect(line).toBe(`  Cluster AWS::ECS::Cluster create in progress: ${record}`);
  });

  test.each<[string | undefined, string]>([
    ['REVIEW_IN_PROGRESS', 'working'],
    ['UPDATE_ROLLBACK_IN_PROGRESS', 'working'],
    ['UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'working'],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'done'],
    ['CREATE_COMPLETE', 'done'],
    ['UPDATE_COMPLETE', 'done'],
    ['DELETE_SKIPPED', 'done'],
    ['ROLLBACK_COMPLETE', 'undone'],
    ['UPDATE_ROLLBACK_COMPLETE', 'undone'],
    ['ROLLBACK_FAILED', 'failed'],
    ['DELETE_FAILED', 'failed'],
    [undefined, 'working'],
  ])('%s is %s', (status, standing) => {
    expect(standingOf(status)).toBe(standing);
  });

  test('the cause of a failure is the first that was not cancelled for another', () => {
    const failed = (id: string, at: number, ResourceStatusReason: string) =>
      event({
        LogicalResourceId: id,
        Timestamp: new Date(at),
        ResourceStatus: 'CREATE_FAILED',
        ResourceStatusReason,
      });
    const cancelled = failed('Vpc', 1, 'Resource creation cancelled');
    const cause = failed('Certificate', 2, 'The zone is not that of the domain');
    const later = failed('Stack', 3, 'The following resource(s) failed to create: [Certificate]');
    expect(causeOf([later, cause, cancelled])).toBe(cause);
    expect(causeOf([cancelled])).toBe(cancelled);
    expect(causeOf([event({ ResourceStatus: 'CREATE_COMPLETE' })])).toBeUndefined();
  });
});

describe('outputs', () => {
  test('become keys of the configuration', () => {
    const given = {
      Cluster: 'previewops',
      Subnets: 'subnet-1,subnet-2',
      AlbListenerArn: listenerArn,
      BuildRoleArn: 'arn:aws:iam::1:role/b',
      DeployRoleArn: 'arn:aws:iam::1:role/d',
      DeployPolicyArns: 'arn:a,arn:b',
      LoadBalancerDnsName: 'previewops-1.us-east-1.elb.amazonaws.com',
      HostedZoneId: '',
      Theirs: 'something else',
      toString: 'x',
    };
    const outputs = Object.entries(given).map(([OutputKey, OutputValue]) => ({
      OutputKey,
      OutputValue,
    }));
    expect(bootstrapOutputs(outputs)).toEqual({
      providerConfig: {
        cluster: 'previewops',
        subnets: ['subnet-1', 'subnet-2'],
        albListenerArn: listenerArn,
      },
      build: { roleArn: 'arn:aws:iam::1:role/b' },
      deployRoleArn: 'arn:aws:iam::1:role/d',
      deployPolicyArns: ['arn:a', 'arn:b'],
      loadBalancerDnsName: 'previewops-1.us-east-1.elb.amazonaws.com',
    });
    expect(bootstrapOutputs([{}])).toEqual({ providerConfig: {}, build: {} });
  });

  test.each(['a b', 'x\ny: z', '\u001b[2J', '{}', '&anchor'])('refuse %j', (OutputValue) => {
    expect(() => bootstrapOutputs([{ OutputKey: 'Cluster', OutputValue }])).toThrow(
      expect.objectContaining({ code: 'aws-failed' }),
    );
  });
});

describe('what the stack made itself', () => {
  const existing: Existing = {
    cluster: 'previewops',
    vpc: 'vpc-1',
    subnets: ['subnet-1', 'subnet-2'],
    securityGroups: ['sg-1'],
    listenerArn,
    balancer: { securityGroup: 'sg-2' },
    oidcProviderArn: 'arn:aws:iam::1:oidc-provider/x',
    executionRoleArn: 'arn:aws:iam::1:role/path/execution',
    ecsServiceRole: true,
  };
  const present = (some: Existing) =>
    Object.entries(some).flatMap(([key, value]) => (value === undefined ? [] : [key]));

  test('is not there in the sense of the template', () => {
    const owned = ['previewops', 'vpc-1', 'subnet-1', 'subnet-2', 'sg-1', listenerArn, 'execution'];
    expect(present(withoutOwn(existing, owned))).toEqual(['oidcProviderArn', 'ecsServiceRole']);
    const [role] = ['AWSServiceRoleForECS'];
    expect(withoutOwn(existing, [role ?? '']).ecsServiceRole).toBe(false);
  });

  test('and what others made still is', () => {
    expect(withoutOwn(existing, ['another'])).toMatchObject(existing);
  });
});
