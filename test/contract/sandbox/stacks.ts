import { cloudformation } from '../../../src/sandbox/services/cloudformation.ts';
import type { Stack } from '../../../src/sandbox/stack-types.ts';
import { type Account, createAccount } from './direct.ts';

export const stackName = 'web';

export interface Proposing {
  /** Undefined for what it was before. */
  parameters?: Record<string, string | undefined>;
  name?: string;
  type?: 'CREATE' | 'UPDATE';
  token?: string;
  capabilities?: string[];
}

/** A role that anybody could make. */
export const role = (properties: object = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] }, ...properties },
});

/** One stack of a simulated account, worked on through CloudFormation's operations. */
export function openStacks(account: Account = createAccount()) {
  const { world } = account;
  const find = () => Object.values(world.cloudformation.stacks)[0];
  const stack = (): Stack => {
    const found = find();
    if (!found) throw new Error('there is no stack');
    return found;
  };
  let count = 0;
  const propose = (template: string | object, asked: Proposing = {}) => {
    const there = find() && stack().status !== 'REVIEW_IN_PROGRESS';
    const input = {
      StackName: stackName,
      ChangeSetName: asked.name ?? `set-${++count}`,
      ChangeSetType: asked.type ?? (there ? ('UPDATE' as const) : ('CREATE' as const)),
      TemplateBody: typeof template === 'string' ? template : JSON.stringify(template),
      Capabilities: (asked.capabilities ?? ['CAPABILITY_NAMED_IAM']) as never,
      Parameters: Object.entries(asked.parameters ?? {}).map(([ParameterKey, ParameterValue]) =>
        ParameterValue === undefined
          ? { ParameterKey, UsePreviousValue: true }
          : { ParameterKey, ParameterValue },
      ),
      ...(asked.token === undefined ? {} : { ClientToken: asked.token }),
    };
    return account.run(cloudformation.CreateChangeSet, input).Id ?? '';
  };
  const describe = (ChangeSetName: string) =>
    account.run(cloudformation.DescribeChangeSet, { StackName: stackName, ChangeSetName });
  const execute = (ChangeSetName: string, ClientRequestToken?: string) =>
    account.run(cloudformation.ExecuteChangeSet, {
      StackName: stackName,
      ChangeSetName,
      ClientRequestToken,
    });
  /** Changes as `Modify Id True`, in the order of the change set. */
  const changes = (template: string | object, asked?: Proposing): string[] => {
    const id = propose(template, asked);
    account.pass(10);
    return (describe(id).Changes ?? []).map(({ ResourceChange: change = {} }) =>
      [change.Action, change.LogicalResourceId, change.Replacement ?? change.PolicyAction]
        .filter(Boolean)
        .join(' '),
    );
  };
  return {
    account,
    world,
    stack,
    propose,
    describe,
    execute,
    changes,
    /** Carries the template out and lets half an hour pass. */
    make(template: string | object, asked?: Proposing): void {
      const id = propose(template, asked);
      account.pass(10);
      execute(id);
      account.pass(1800);
    },
    /** `Role CREATE_COMPLETE`, since the event with this number. */
    events: (from = 0) =>
      stack()
        .events.slice(from)
        .map(({ logicalId, status }) => `${logicalId} ${status}`),
    reasonOf: (id: string, status: string) =>
      stack().events.findLast((event) => event.logicalId === id && event.status === status)?.reason,
  };
}

export const cluster = (ClusterName: string, more: object = {}) => ({
  Type: 'AWS::ECS::Cluster',
  Properties: { ClusterName, CapacityProviders: ['FARGATE'], ...more },
});
export const policy = (ManagedPolicyName: string, Action = 'ecs:*') => ({
  Type: 'AWS::IAM::ManagedPolicy',
  Properties: {
    ManagedPolicyName,
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
    },
  },
});
/** What stays when it leaves the stack. */
export const kept = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
export const of = (Resources: object, more: object = {}) => ({ Resources, ...more });

export const certificate = (options?: object) => ({
  Type: 'AWS::CertificateManager::Certificate',
  Properties: {
    DomainName: '*.example.com',
    ValidationMethod: 'DNS',
    ...(options ? { DomainValidationOptions: [options] } : {}),
  },
});
/** With the public zone of example.com. */
export const inZone = () => {
  const account = createAccount();
  account.world.route53.zones.Z1 = {
    id: 'Z1',
    name: 'example.com.',
    records: [
      { Name: 'example.com.', Type: 'NS' },
      { Name: 'example.com.', Type: 'SOA' },
    ],
  };
  return openStacks(account);
};
