import { expect, test } from 'vitest';
import { account, balancerArn, type Call, openAccount, refusal, zoneId } from './account.ts';

const zone = 'previews.example.com.';
type Action = 'CREATE' | 'DELETE' | 'UPSERT';

const text = (Name: string, value: string, Type: 'A' | 'CNAME' | 'TXT' = 'A') => ({
  Name,
  Type,
  TTL: 60,
  ResourceRecords: [{ Value: value }],
});

const change = (call: Call, ...changes: [Action, object][]) =>
  call('route53:ChangeResourceRecordSets', {
    HostedZoneId: zoneId,
    ChangeBatch: {
      Changes: changes.map(([Action, set]) => ({ Action, ResourceRecordSet: set as never })),
    },
  });

const list = async (call: Call, input: object = {}) => {
  const { ResourceRecordSets = [], ...rest } = await call('route53:ListResourceRecordSets', {
    HostedZoneId: zoneId,
    ...input,
  });
  return { ...rest, names: ResourceRecordSets.map(({ Name, Type }) => `${Name} ${Type}`) };
};

test('[dns-1] names are normalised, in records and in questions', async () => {
  const { call } = openAccount();
  await change(call, ['CREATE', text('*.Previews.Example.COM', '10.0.0.1')]);
  await change(call, ['CREATE', text('PR-1.previews.example.com', '10.0.0.1')]);
  expect((await list(call)).names).toEqual([
    `${zone} NS`,
    `${zone} SOA`,
    `\\052.${zone} A`,
    `pr-1.${zone} A`,
  ]);
  const found = await list(call, { StartRecordName: '*.previews.example.com', MaxItems: 1 });
  expect(found.names).toEqual([`\\052.${zone} A`]);
});

test('[dns-2] records are listed by their labels from right to left', async () => {
  const { call } = openAccount();
  for (const name of ['b', 'a', 'z.a', 'a-b']) {
    await change(call, ['CREATE', text(`${name}.${zone}`, '10.0.0.1')]);
  }
  await change(call, ['CREATE', text(`a.${zone}`, '"x"', 'TXT')]);
  const expected = [
    `${zone} NS`,
    `${zone} SOA`,
    `a.${zone} A`,
    `a.${zone} TXT`,
    `z.a.${zone} A`,
    `a-b.${zone} A`,
    `b.${zone} A`,
  ];
  expect((await list(call)).names).toEqual(expected);
  const page = await list(call, { MaxItems: 3 });
  expect(page).toMatchObject({
    names: expected.slice(0, 3),
    IsTruncated: true,
    NextRecordName: `a.${zone}`,
    NextRecordType: 'TXT',
  });
  const rest = await list(call, { StartRecordName: page.NextRecordName, StartRecordType: 'TXT' });
  expect(rest).toMatchObject({ names: expected.slice(3), IsTruncated: false });
  expect(rest).not.toHaveProperty('NextRecordName');
  expect(await refusal(list(call, { StartRecordType: 'A' }))).toContain('InvalidInput');
});

test('[dns-2] a page has at most 300 records', async () => {
  const { call } = openAccount();
  const sets = Array.from({ length: 310 }, (_, n) => text(`pr-${n}.${zone}`, '10.0.0.1'));
  await change(call, ...sets.map((set): [Action, object] => ['CREATE', set]));
  const page = await list(call, { MaxItems: 1000 });
  expect(page.names).toHaveLength(300);
  const rest = await list(call, { StartRecordName: page.NextRecordName });
  expect(rest.names).toHaveLength(12);
});

test('[dns-3] one bad change undoes the batch', async () => {
  const { call, sandbox } = openAccount();
  const before = sandbox.world();
  const batch = change(
    call,
    ['CREATE', text(`a.${zone}`, '10.0.0.1')],
    ['DELETE', text(`b.${zone}`, '10.0.0.1')],
    ['DELETE', text(`c.${zone}`, '10.0.0.1')],
  );
  expect(await refusal(batch)).toBe(
    `InvalidChangeBatch: [Tried to delete resource record set [name='b.${zone}', type='A'] but it was not found, Tried to delete resource record set [name='c.${zone}', type='A'] but it was not found]`,
  );
  expect(sandbox.world()).toEqual(before);
  const twice = change(
    call,
    ['UPSERT', text(`a.${zone}`, '10.0.0.1')],
    ['UPSERT', text(`a.${zone}`, '10.0.0.2')],
  );
  expect(await refusal(twice)).toContain('invalid set of changes');
  expect(await refusal(change(call))).toContain('InvalidInput');
});

test('[dns-4] create, delete and upsert say what is wrong', async () => {
  const { call } = openAccount();
  const name = `a.${zone}`;
  await change(call, ['UPSERT', text(name, '10.0.0.1')]);
  expect(await refusal(change(call, ['CREATE', text(name, '10.0.0.1')]))).toBe(
    `InvalidChangeBatch: [Tried to create resource record set [name='${name}', type='A'] but it already exists]`,
  );
  await change(call, ['UPSERT', text(name, '10.0.0.2')]);
  expect(await refusal(change(call, ['DELETE', text(name, '10.0.0.1')]))).toBe(
    `InvalidChangeBatch: [Tried to delete resource record set [name='${name}', type='A'] but the values provided do not match the current values]`,
  );
  const otherTtl = { ...text(name, '10.0.0.2'), TTL: 61 };
  expect(await refusal(change(call, ['DELETE', otherTtl]))).toContain('do not match');
  await change(call, ['DELETE', text(name.toUpperCase(), '10.0.0.2')]);
  expect(await refusal(change(call, ['DELETE', text(name, '10.0.0.2')]))).toContain(
    'was not found',
  );
});

test('[dns-5] a record has values or an alias, lies in the zone, and beside no CNAME', async () => {
  const { call } = openAccount();
  const create = (set: object) => refusal(change(call, ['CREATE', set]));
  expect(await create({ Name: `a.${zone}`, Type: 'A' })).toContain('Expected exactly one of');
  expect(await create({ ...text(`a.${zone}`, '10.0.0.1'), TTL: undefined })).toContain('Expected');
  expect(await create(text('a.example.org', '10.0.0.1'))).toBe(
    `InvalidChangeBatch: [RRSet with DNS name a.example.org. is not permitted in zone ${zone}]`,
  );
  expect(await create(text('evilpreviews.example.com', '10.0.0.1'))).toContain(
    'not permitted in zone',
  );
  expect(await create(text(`${'a'.repeat(64)}.${zone}`, '10.0.0.1'))).toContain(
    'DomainLabelTooLong',
  );
  await change(call, ['CREATE', text(`c.${zone}`, 'x.example.org', 'CNAME')]);
  expect(await create(text(`c.${zone}`, '10.0.0.1'))).toContain('conflicts with other records');
});

test('[dns-6] an alias points to an ALB of the account', async () => {
  const { call, sandbox } = openAccount();
  const balancer = sandbox.world().elasticloadbalancing.loadBalancers[balancerArn];
  const alias = (more: object) => ({
    Name: `pr-1.${zone}`,
    Type: 'A',
    AliasTarget: {
      HostedZoneId: balancer?.canonicalHostedZoneId,
      DNSName: balancer?.dnsName,
      EvaluateTargetHealth: false,
      ...more,
    },
  });
  const lies = 'but the alias target name does not lie within the target zone';
  const create = (more: object) => change(call, ['UPSERT', alias(more)]);
  expect(await refusal(create({ DNSName: 'other.elb.amazonaws.com' }))).toContain(lies);
  expect(await refusal(create({ HostedZoneId: zoneId }))).toContain(lies);
  await create({});
  await create({ DNSName: `dualstack.${balancer?.dnsName}` });
  expect(await refusal(change(call, ['DELETE', alias({})]))).toContain('do not match');
  await change(call, ['DELETE', alias({ DNSName: `dualstack.${balancer?.dnsName}.` })]);
  expect((await list(call)).names).toHaveLength(2);
});

test('[dns-7] a change is in sync after 30 s', async () => {
  const { call, clock } = openAccount();
  const { ChangeInfo } = await change(call, ['CREATE', text(`a.${zone}`, '10.0.0.1')]);
  expect(ChangeInfo?.Id).toMatch(/^\/change\/C[0-9A-F]{20}$/);
  const status = async () => {
    const answer = await call('route53:GetChange', { Id: ChangeInfo?.Id });
    return answer.ChangeInfo?.Status;
  };
  expect([ChangeInfo?.Status, await status()]).toEqual(['PENDING', 'PENDING']);
  await clock.advance(29_999);
  expect(await status()).toBe('PENDING');
  await clock.advance(1);
  expect(await status()).toBe('INSYNC');
});

test('[dns-8] the records of the zone itself stay', async () => {
  const { call, sandbox } = openAccount();
  const records = sandbox.world().route53.zones[zoneId]?.records ?? [];
  expect(records.map(({ Type }) => Type)).toEqual(['NS', 'SOA']);
  for (const record of records) {
    expect(await refusal(change(call, ['DELETE', record]))).toMatch(/A HostedZone must contain/);
  }
});

test('[dns-9] unknown zones and changes, and ids with their path', async () => {
  const { call } = openAccount();
  expect(await refusal(list(call, { HostedZoneId: 'ZNONE' }))).toBe(
    'NoSuchHostedZone: No hosted zone found with ID: ZNONE',
  );
  expect(await refusal(call('route53:GetChange', { Id: 'CNONE' }))).toContain('NoSuchChange');
  expect((await list(call, { HostedZoneId: `/hostedzone/${zoneId}` })).names).toHaveLength(2);
});

test('[sts-1] the caller is told', async () => {
  const plain = await openAccount().call('sts:GetCallerIdentity', {});
  expect(plain).toMatchObject({ Account: account, Arn: `arn:aws:iam::${account}:user/sandbox` });
  const callerArn = `arn:aws:sts::${account}:assumed-role/ci/run-1`;
  const role = openAccount({ callerArn });
  expect((await role.call('sts:GetCallerIdentity', {})).Arn).toBe(callerArn);
  expect(role.sandbox.callerArn).toBe(callerArn);
});
