// Change sets, and what becomes of a stack when they are carried out.
import { expect, test } from 'vitest';
import { acm } from '../../../src/sandbox/services/acm.ts';
import { cloudformation } from '../../../src/sandbox/services/cloudformation.ts';
import { accountId, refusal, region } from './direct.ts';
import {
  certificate,
  cluster,
  inZone,
  kept,
  of,
  openStacks,
  policy,
  role,
  stackName,
} from './stacks.ts';

test('[stack-4] a change set takes some seconds; the new stack is in review and has nothing yet', () => {
  const { account, propose, describe, stack, execute } = openStacks();
  const id = propose(of({ Role: role() }), { name: 'first' });
  expect(id).toMatch(new RegExp(`^arn:aws:cloudformation:${region}:${accountId}:changeSet/first/`));
  expect(describe('first')).toMatchObject({
    Status: 'CREATE_IN_PROGRESS',
    ExecutionStatus: 'UNAVAILABLE',
    Changes: [],
  });
  const early = refusal(() => execute('first'));
  expect(early).toContain('InvalidChangeSetStatusException');
  expect(early).toContain('cannot be executed in its current status of [CREATE_IN_PROGRESS]');
  account.pass(6);
  expect(describe(id)).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' });
  expect(stack()).toMatchObject({ status: 'REVIEW_IN_PROGRESS', resources: {} });
  const { Stacks } = account.run(cloudformation.DescribeStacks, { StackName: stackName });
  expect(Stacks).toMatchObject([{ StackStatus: 'REVIEW_IN_PROGRESS', Outputs: [] }]);
});

test('[stack-4] a name is taken once, but for the same request again', () => {
  const { propose } = openStacks();
  const id = propose(of({ Role: role() }), { name: 'one', token: 'a' });
  expect(propose(of({ Role: role() }), { name: 'one', token: 'a' })).toBe(id);
  expect(refusal(() => propose(of({ Role: role() }), { name: 'one', token: 'b' }))).toBe(
    'AlreadyExistsException: ChangeSet one already exists',
  );
  expect(refusal(() => propose(of({ Role: role() }), { name: '1' }))).toContain(
    "at 'changeSetName'",
  );
});

test.each([
  ['no capability', role(), [], 'CAPABILITY_IAM'],
  ['a lesser one', role({ RoleName: 'r' }), ['CAPABILITY_IAM'], 'CAPABILITY_NAMED_IAM'],
])('[stack-4] roles are not made with %s', (_, resource, capabilities, wanted) => {
  const { propose } = openStacks();
  expect(refusal(() => propose(of({ Role: resource }), { capabilities }))).toBe(
    `InsufficientCapabilitiesException: Requires capabilities : [${wanted}]`,
  );
});

test('[stack-4] a stack is created once, updated when it is there, and left alone while it works', () => {
  const { account, propose, execute, make, stack } = openStacks();
  const template = of({ Role: role() });
  expect(refusal(() => propose(template, { type: 'UPDATE' }))).toBe(
    'ValidationError: Stack [web] does not exist',
  );
  const id = propose(template);
  expect(refusal(() => propose(template, { type: 'UPDATE' }))).toContain(
    `Stack:${stack().id} is in REVIEW_IN_PROGRESS state and can not be updated.`,
  );
  account.pass(10);
  execute(id);
  expect(refusal(() => propose(template, { type: 'UPDATE' }))).toContain(
    'is in CREATE_IN_PROGRESS',
  );
  account.pass(60);
  expect(refusal(() => propose(template, { type: 'CREATE', name: 'again' }))).toContain(
    'Stack [web] already exists and cannot be created again with the changeSet [again].',
  );
  make(of({ Role: role({ Description: 'changed' }) }));
  expect(stack().status).toBe('UPDATE_COMPLETE');
  const large = of({ Role: role({ Description: 'x'.repeat(51_200) }) });
  expect(refusal(() => propose(large))).toContain('less than or equal to 51200');
});

test('[stack-5] a change set tells what is added, changed, replaced and removed', () => {
  const { make, changes, describe, stack } = openStacks();
  const first = of({
    Role: role({ ManagedPolicyArns: [{ Ref: 'Policy' }] }),
    Policy: policy('one'),
    Cluster: { ...cluster('a'), ...kept },
    Old: policy('old'),
    Kept: { ...policy('kept'), ...kept },
  });
  expect(changes(first)).toEqual(['Add Cluster', 'Add Kept', 'Add Old', 'Add Policy', 'Add Role']);
  make(first);
  const next = of({
    Role: role({ ManagedPolicyArns: [{ Ref: 'Policy' }] }),
    Policy: policy('two'),
    Cluster: { ...cluster('b'), ...kept },
    New: policy('new'),
  });
  expect(changes(next)).toEqual([
    'Modify Cluster True',
    'Remove Kept Retain',
    'Add New',
    'Remove Old Delete',
    'Modify Policy True',
    'Modify Role False',
  ]);
  const [id = ''] = Object.keys(stack().changeSets).slice(-1);
  const byId = new Map(
    describe(id).Changes?.map(({ ResourceChange: change }) => [change?.LogicalResourceId, change]),
  );
  expect(byId.get('Cluster')).toMatchObject({
    PhysicalResourceId: 'a',
    PolicyAction: 'ReplaceAndRetain',
    Details: [
      { Target: { Name: 'ClusterName', RequiresRecreation: 'Always' }, Evaluation: 'Static' },
    ],
  });
  expect(byId.get('Role')?.Details).toMatchObject([
    { Target: { Name: 'ManagedPolicyArns' }, Evaluation: 'Dynamic', CausingEntity: 'Policy' },
  ]);
});

test('[stack-5] what hangs on something that is replaced may be replaced too', () => {
  const { make, changes } = openStacks();
  const vpc = (CidrBlock: string) => ({ Type: 'AWS::EC2::VPC', Properties: { CidrBlock } });
  const group = {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: { GroupDescription: 'g', VpcId: { Ref: 'Vpc' } },
  };
  make(of({ Vpc: vpc('10.0.0.0/16'), Group: group }));
  const next = of({ Vpc: vpc('10.1.0.0/16'), Group: group });
  expect(changes(next)).toEqual(['Modify Group Conditional', 'Modify Vpc True']);
});

test('[stack-5] many changes come in pages; without any the change set fails', () => {
  const { account, make, propose, describe, stack } = openStacks();
  const many = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [`P${index + 10}`, policy(`p${index}`)]),
  );
  const id = propose(of(many));
  account.pass(10);
  const first = describe(id);
  expect(first.Changes).toHaveLength(10);
  const { Changes, NextToken } = account.run(cloudformation.DescribeChangeSet, {
    StackName: stackName,
    ChangeSetName: id,
    NextToken: first.NextToken,
  });
  expect([Changes?.length, NextToken]).toEqual([2, undefined]);
  make(of(many));
  const same = propose(of(many));
  account.pass(10);
  expect(describe(same)).toMatchObject({
    Status: 'FAILED',
    StatusReason: expect.stringContaining("didn't contain changes"),
    ExecutionStatus: 'UNAVAILABLE',
  });
  // Outputs and policies alone are something to do.
  make(of(many, { Outputs: { One: { Value: 'x' } } }));
  expect(stack().outputs.One?.value).toBe('x');
  make(of({ ...many, P10: { ...many.P10, ...kept } }, { Outputs: { One: { Value: 'x' } } }));
  expect(stack().resources.P10?.keep).toEqual({ removed: true, replaced: true });
});

test('[stack-5] a resource cannot become another type', () => {
  const { make, propose } = openStacks();
  make(of({ Thing: policy('one') }));
  expect(refusal(() => propose(of({ Thing: cluster('one') })))).toContain(
    'The new template modifies resource type of the following resources: [Thing]',
  );
});

test('[stack-6] a change set is carried out once; the others go, and its ARN alone still finds it', () => {
  const { account, propose, execute, describe, stack } = openStacks();
  const template = of({ Role: role() });
  const [one, other] = [propose(template, { name: 'one' }), propose(template, { name: 'other' })];
  account.pass(10);
  execute('one', 'token');
  execute(one, 'token');
  expect(refusal(() => execute(one, 'another'))).toContain('status of [EXECUTE_IN_PROGRESS]');
  expect(refusal(() => execute(other))).toBe(
    `ChangeSetNotFoundException: ChangeSet [${other}] does not exist`,
  );
  expect(refusal(() => describe('one'))).toContain('ChangeSet [one] does not exist');
  expect(describe(one).ExecutionStatus).toBe('EXECUTE_IN_PROGRESS');
  account.pass(60);
  expect(describe(one).ExecutionStatus).toBe('EXECUTE_COMPLETE');
  expect(stack().status).toBe('CREATE_COMPLETE');
});

test('[stack-6] a change set can be deleted until it is carried out', () => {
  const { account, propose, stack } = openStacks();
  const input = { StackName: stackName, ChangeSetName: propose(of({ Role: role() })) };
  const remove = () => account.run(cloudformation.DeleteChangeSet, input);
  expect(refusal(remove)).toContain('cannot be deleted in its current status');
  account.pass(10);
  remove();
  expect(stack().changeSets).toEqual({});
  expect(refusal(remove)).toContain('ChangeSetNotFoundException');
});

test('[stack-7] resources are made when what they need is there, and events tell it, the newest first', () => {
  const { account, make, stack } = openStacks();
  make(
    of({
      Role: role({ ManagedPolicyArns: [{ Ref: 'Policy' }] }),
      Policy: policy('one'),
      Cluster: { ...cluster('a'), DependsOn: ['Role'] },
    }),
  );
  const events = () =>
    account.run(cloudformation.DescribeStackEvents, { StackName: stack().id }).StackEvents ?? [];
  const times = events().map(({ Timestamp }) => Timestamp?.getTime() ?? 0);
  expect(times).toEqual([...times].sort((a, b) => b - a));
  expect(new Set(events().map(({ EventId }) => EventId)).size).toBe(times.length);
  const order = events()
    .toReversed()
    .filter(({ ResourceStatus }) => ResourceStatus === 'CREATE_COMPLETE')
    .map(({ LogicalResourceId: id }) => id);
  expect(order).toEqual(['Policy', 'Role', 'Cluster', 'web']);
  expect(events()[0]).toMatchObject({
    PhysicalResourceId: stack().id,
    ResourceType: 'AWS::CloudFormation::Stack',
  });
  const list = account.run(cloudformation.ListStackResources, { StackName: stackName });
  expect(list.StackResourceSummaries?.map(({ PhysicalResourceId: id }) => id)).toEqual([
    'a',
    `arn:aws:iam::${accountId}:policy/one`,
    expect.stringMatching(/^web-Role-[0-9A-F]{12}$/),
  ]);
});

test('[stack-7] events come in pages that stay what they are, with the token of what caused them', () => {
  const { account, propose, execute, stack } = openStacks();
  const all = Array.from({ length: 8 }, (_, index) => [`P${index}`, policy(`p${index}`)]);
  const id = propose(of(Object.fromEntries(all)));
  account.pass(10);
  execute(id, 'why');
  account.pass(5);
  const page = (NextToken?: string) =>
    account.run(cloudformation.DescribeStackEvents, { StackName: stackName, NextToken });
  const first = page();
  expect(first.StackEvents).toHaveLength(18);
  expect(first.StackEvents?.[0]?.ClientRequestToken).toBe('why');
  account.pass(60);
  const newest = page();
  expect(newest.StackEvents).toHaveLength(20);
  const rest = page(newest.NextToken);
  account.pass(60);
  expect(page(newest.NextToken)).toEqual(rest);
  expect(20 + (rest.StackEvents?.length ?? 0)).toBe(stack().events.length);
  expect(rest.NextToken).toBeUndefined();
});

test('[stack-8] a certificate is issued by the record that CloudFormation writes, and leaves, in its zone', () => {
  const { account, world, make, stack } = inZone();
  make(of({ C: certificate({ DomainName: '*.example.com', HostedZoneId: 'Z1' }), P: policy('p') }));
  const [made] = Object.values(world.acm.certificates);
  expect(made).toMatchObject({ status: 'ISSUED', names: ['*.example.com'] });
  const at = (status: string) =>
    stack().events.findLast((event) => event.logicalId === 'C' && event.status === status)?.at ?? 0;
  expect(at('CREATE_COMPLETE') - at('CREATE_IN_PROGRESS')).toBe(45_000);
  make(of({ P: policy('p') }));
  expect(world.acm.certificates).toEqual({});
  expect(world.route53.zones.Z1?.records).toHaveLength(3);
  account.pass(60);
});

test('[stack-8] without a zone an event tells the record, and after 12 hours it is over', () => {
  const { account, world, make, stack, reasonOf } = openStacks();
  make(of({ C: certificate() }));
  const [{ arn = '', validation } = {}] = Object.values(world.acm.certificates);
  expect(reasonOf('C', 'CREATE_IN_PROGRESS')).toBe(
    `Content of DNS Record is: {Name: ${validation?.name},Type: CNAME,Value: ${validation?.value}}`,
  );
  account.pass(11 * 3600);
  expect(stack().status).toBe('CREATE_IN_PROGRESS');
  account.pass(3600, 60);
  expect(stack().status).toBe('ROLLBACK_COMPLETE');
  expect(arn in world.acm.certificates).toBe(false);
});

test('[cert-4] a certificate tells the record by which it is validated', () => {
  const { account, world, make } = openStacks();
  make(of({ C: certificate() }));
  const [found] = Object.values(world.acm.certificates);
  const ask = () =>
    account.run(acm.DescribeCertificate, { CertificateArn: found?.arn }).Certificate;
  const { name: Name = '', value: Value = '' } = found?.validation ?? {};
  expect(ask()).toMatchObject({
    Status: 'PENDING_VALIDATION',
    DomainValidationOptions: [
      { ValidationStatus: 'PENDING_VALIDATION', ResourceRecord: { Name, Type: 'CNAME', Value } },
    ],
  });
  world.dns.records[Name.slice(0, -1)] = ['elsewhere.example.com'];
  account.pass(120, 60);
  expect(ask()?.Status).toBe('PENDING_VALIDATION');
  world.dns.records[Name.slice(0, -1)] = [Value];
  account.pass(120, 60);
  expect(ask()).toMatchObject({
    Status: 'ISSUED',
    DomainValidationOptions: [{ ValidationStatus: 'SUCCESS' }],
  });
});

test('[stack-9] a creation that fails is undone: the last first, and not what is to be kept', () => {
  const { world, make, stack, propose, events, reasonOf } = openStacks();
  make(
    of({
      Kept: { ...policy('kept'), ...kept },
      Gone: policy('gone'),
      Role: role({ ManagedPolicyArns: [{ Ref: 'Gone' }, { Ref: 'Kept' }] }),
      Cluster: { ...cluster('previews'), DependsOn: ['Role'] },
      Slow: { ...policy('slow'), DependsOn: ['Role'] },
    }),
  );
  expect(reasonOf('Cluster', 'CREATE_FAILED')).toMatch(
    /^Resource handler returned message: "Resource of type 'AWS::ECS::Cluster' with identifier 'previews' already exists." \(RequestToken: \w+, HandlerErrorCode: AlreadyExists\)$/,
  );
  expect(reasonOf('Slow', 'CREATE_FAILED')).toBe('Resource creation cancelled');
  expect(reasonOf('web', 'ROLLBACK_IN_PROGRESS')).toBe(
    'The following resource(s) failed to create: [Cluster, Slow]. Rollback requested by user.',
  );
  const begun = events().indexOf('web ROLLBACK_IN_PROGRESS');
  expect(events(begun + 1)).toEqual([
    'Role DELETE_IN_PROGRESS',
    'Role DELETE_COMPLETE',
    'Kept DELETE_SKIPPED',
    'Gone DELETE_IN_PROGRESS',
    'Gone DELETE_COMPLETE',
    'web ROLLBACK_COMPLETE',
  ]);
  expect(Object.keys(world.iam.policies)).toEqual([`arn:aws:iam::${accountId}:policy/kept`]);
  expect(stack().outputs).toEqual({});
  expect(refusal(() => propose(of({ Role: role() })))).toContain('is in ROLLBACK_COMPLETE state');
});

test('[stack-9] what cannot be deleted stops the rollback', () => {
  const { account, world, propose, execute, stack } = openStacks();
  const id = propose(
    of({
      Role: role({ RoleName: 'mine' }),
      Cluster: { ...cluster('previews'), DependsOn: ['Role'] },
    }),
  );
  account.pass(10);
  execute(id);
  account.pass(15);
  const [mine] = Object.values(world.iam.roles).filter(({ name }) => name === 'mine');
  mine?.attached.push('arn:aws:iam::aws:policy/AdministratorAccess');
  account.pass(600);
  expect(stack().status).toBe('ROLLBACK_FAILED');
  expect(stack().events.at(-1)?.reason).toBe(
    'The following resource(s) failed to delete: [Role]. ',
  );
});

test('[stack-10] an update changes in place what it can, replaces the rest, then deletes what is over', () => {
  const { world, make, stack, events } = openStacks();
  make(of({ Role: role(), Policy: policy('one'), Cluster: cluster('a'), Old: policy('old') }));
  const before = stack().resources.Role?.physicalId;
  const from = stack().events.length;
  make(
    of({
      Role: role({ ManagedPolicyArns: [{ Ref: 'Policy' }] }),
      Policy: policy('one', 'ecr:*'),
      Cluster: cluster('b'),
    }),
  );
  expect(stack().status).toBe('UPDATE_COMPLETE');
  expect(stack().resources.Role?.physicalId).toBe(before);
  const [found] = Object.values(world.iam.policies);
  expect(found?.defaultVersion).toBe('v2');
  expect(Object.keys(world.iam.policies)).toHaveLength(1);
  const names = Object.values(world.ecs.clusters).map(({ name }) => name);
  expect(names).toEqual(['previews', 'b']);
  const told = events(from);
  expect(told.indexOf('Cluster DELETE_COMPLETE')).toBeGreaterThan(
    told.indexOf('web UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'),
  );
  expect(told.at(-1)).toBe('web UPDATE_COMPLETE');
});

test('[stack-10] what is to be kept, or cannot be deleted, stays in the account, outside of the stack', () => {
  const { account, world, make, stack, reasonOf } = openStacks();
  make(of({ Cluster: cluster('a'), Kept: { ...policy('kept'), ...kept }, Role: role() }));
  const service = `arn:aws:ecs:${region}:${accountId}:service/a/one`;
  world.ecs.services[service] = { arn: service, status: 'DRAINING' } as never;
  make(of({ Role: role() }));
  expect(stack().status).toBe('UPDATE_COMPLETE');
  expect(Object.keys(stack().resources)).toEqual(['Role']);
  expect(reasonOf('Cluster', 'DELETE_FAILED')).toContain(
    'The Cluster cannot be deleted while Services are active.',
  );
  expect(Object.values(world.ecs.clusters).some(({ name }) => name === 'a')).toBe(true);
  expect(Object.keys(world.iam.policies)).toHaveLength(1);
  delete world.ecs.services[service];
  account.pass(60);
});

test('[stack-10] a resource whose name stays the same is not replaced', () => {
  const { make, stack, reasonOf } = openStacks();
  make(of({ Role: role({ RoleName: 'r', Path: '/a/' }) }));
  make(of({ Role: role({ RoleName: 'r', Path: '/b/' }) }));
  expect(stack().status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(reasonOf('Role', 'UPDATE_FAILED')).toContain(
    'cannot update a stack when a custom-named resource requires replacing. Rename r',
  );
});

test('[stack-11] an update that fails goes back to what was there', () => {
  const { world, make, stack, events } = openStacks();
  const first = of(
    { Policy: policy('one'), Cluster: cluster('a'), Role: role() },
    { Outputs: { O: { Value: 'first' } } },
  );
  make(first);
  const { resources } = structuredClone(stack());
  const from = stack().events.length;
  make(
    of(
      {
        Policy: policy('one', 'ecr:*'),
        Cluster: cluster('b'),
        Role: role(),
        New: policy('new'),
        Bad: { ...cluster('previews'), DependsOn: ['Policy', 'New', 'Cluster'] },
      },
      { Outputs: { O: { Value: 'second' } } },
    ),
  );
  expect(stack().status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(stack().outputs.O?.value).toBe('first');
  expect(Object.keys(stack().resources)).toEqual(Object.keys(resources));
  const [one, ...others] = Object.values(world.iam.policies);
  expect(JSON.stringify(one?.versions[one.defaultVersion])).toContain('ecs:*');
  expect(others).toEqual([]);
  expect(Object.values(world.ecs.clusters).map(({ name }) => name)).toEqual(['previews', 'a']);
  const told = events(from);
  expect(told).toContain('web UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
  expect(told).not.toContain('Role UPDATE_IN_PROGRESS');
});
