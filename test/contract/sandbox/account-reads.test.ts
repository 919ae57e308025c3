// Listeners, limits, clusters and source credentials: what only doctor asks for.
import { expect, test } from 'vitest';
import { ecs } from '../../../src/sandbox/services/ecs.ts';
import {
  account,
  balancerArn,
  failure,
  listenerArn,
  openAccount,
  openEdited,
  refusal,
  region,
  seed,
} from './account.ts';
import { addLogGroup, createAccount, service, taskDefinition } from './direct.ts';

test('[elb-24] listeners are found by ARN or by load balancer', async () => {
  const { call } = openAccount();
  const find = (input: object) => call('elasticloadbalancing:DescribeListeners', input);
  const { Listeners } = await find({ ListenerArns: [listenerArn] });
  expect(Listeners).toMatchObject([
    {
      ListenerArn: listenerArn,
      LoadBalancerArn: balancerArn,
      Port: 443,
      Protocol: 'HTTPS',
      Certificates: [{ CertificateArn: expect.stringContaining(':acm:') }],
      DefaultActions: [{ Type: 'fixed-response' }],
    },
  ]);
  expect((await find({ LoadBalancerArn: balancerArn })).Listeners).toEqual(Listeners);
  expect(await refusal(find({}))).toContain('ValidationError');
  expect(await refusal(find({ ListenerArns: [`${listenerArn}0`] }))).toContain(
    'ListenerNotFoundException',
  );
  expect(await refusal(find({ LoadBalancerArn: `${balancerArn}0` }))).toContain(
    'LoadBalancerNotFoundException',
  );
});

test("[elb-25] a load balancer's ARN is no listener's", async () => {
  const { call } = openAccount();
  const words = `ValidationError: '${balancerArn}' is not a valid listener ARN`;
  const ListenerArn = balancerArn;
  expect(
    await refusal(call('elasticloadbalancing:DescribeListeners', { ListenerArns: [ListenerArn] })),
  ).toBe(words);
  expect(await refusal(call('elasticloadbalancing:DescribeRules', { ListenerArn }))).toBe(words);
  // Where the configuration makes that mistake, the load balancer is there, with a listener to find.
  const mistaken = openAccount({ seed: { ...seed, listenerArn: balancerArn } });
  const { Listeners } = await mistaken.call('elasticloadbalancing:DescribeListeners', {
    LoadBalancerArn: balancerArn,
  });
  expect(Listeners).toMatchObject([{ LoadBalancerArn: balancerArn, Port: 443 }]);
});

test('[elb-26] a listener has a default certificate, which comes first, and more of them', async () => {
  const { call } = openEdited(({ elasticloadbalancing: { listeners } }) => {
    const listener = listeners[listenerArn];
    if (listener) listener.certificates = ['arn:a', 'arn:b'];
  });
  const find = (input: object) =>
    call('elasticloadbalancing:DescribeListenerCertificates', {
      ListenerArn: listenerArn,
      ...input,
    });
  const { Certificates } = await find({});
  expect(Certificates).toMatchObject([
    { IsDefault: true },
    { CertificateArn: 'arn:a', IsDefault: false },
    { CertificateArn: 'arn:b', IsDefault: false },
  ]);
  const { NextMarker } = await find({ PageSize: 2 });
  expect(await find({ PageSize: 2, Marker: NextMarker })).toMatchObject({
    Certificates: [{ CertificateArn: 'arn:b' }],
  });
});

test('[elb-27] the limits of the account are told, and are those that hold', async () => {
  const name = 'rules-per-application-load-balancer';
  const { call } = openEdited(({ elasticloadbalancing: elb }) => {
    elb.limits = { [name]: 0 };
  });
  const { Limits } = await call('elasticloadbalancing:DescribeAccountLimits', {});
  expect(Limits).toContainEqual({ Name: name, Max: '0' });
  expect(Limits).toContainEqual({
    Name: 'target-groups-per-application-load-balancer',
    Max: '100',
  });
  const create = call('elasticloadbalancing:CreateRule', {
    ListenerArn: listenerArn,
    Priority: 1,
    Conditions: [{ Field: 'host-header', Values: ['a.example.com'] }],
    Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
  });
  expect(await refusal(create)).toContain('TooManyRulesException');
});

test('[ecs-23] clusters show status, providers and counts; unknown ones are MISSING', async () => {
  const { call } = openEdited(({ ecs: { clusters } }) => {
    const arn = `arn:aws:ecs:${region}:${account}:cluster/old`;
    const capacityProviders: string[] = [];
    clusters[arn] = { arn, name: 'old', capacityProviders, tags: { a: '1' }, status: 'INACTIVE' };
  });
  const { clusters, failures } = await call('ecs:DescribeClusters', {
    clusters: ['previews', 'old', 'none'],
    include: ['TAGS'],
  });
  expect(clusters).toMatchObject([
    {
      clusterName: 'previews',
      status: 'ACTIVE',
      capacityProviders: ['FARGATE'],
      activeServicesCount: 0,
    },
    { clusterName: 'old', status: 'INACTIVE', tags: [{ key: 'a', value: '1' }] },
  ]);
  expect(failures).toMatchObject([{ arn: expect.stringContaining('/none'), reason: 'MISSING' }]);
  expect((await call('ecs:DescribeClusters', {})).failures).toHaveLength(1);
  expect(await refusal(call('ecs:ListServices', { cluster: 'old' }))).toBe(
    'ClusterNotFoundException: The referenced cluster was inactive.',
  );
});

test('[ecs-23] a cluster counts its services and tasks', () => {
  const aws = createAccount();
  addLogGroup(aws, '/ecs/web');
  aws.run(ecs.RegisterTaskDefinition, taskDefinition());
  aws.run(ecs.CreateService, { ...service(), desiredCount: 2 });
  const counts = () => {
    const [cluster] = aws.run(ecs.DescribeClusters, { clusters: ['previews'] }).clusters ?? [];
    return [cluster?.activeServicesCount, cluster?.pendingTasksCount, cluster?.runningTasksCount];
  };
  aws.pass(4);
  expect(counts()).toEqual([1, 2, 0]);
  aws.pass(20);
  expect(counts()).toEqual([1, 0, 2]);
});

test('[codebuild-18] the credentials for sources are listed; a new account has none', async () => {
  const fresh = await openAccount().call('codebuild:ListSourceCredentials', {});
  expect(fresh.sourceCredentialsInfos).toEqual([]);
  const arn = `arn:aws:codebuild:${region}:${account}:token/github`;
  const { call } = openEdited(({ codebuild }) => {
    codebuild.sourceCredentials = [
      { arn, serverType: 'GITHUB', authType: 'PERSONAL_ACCESS_TOKEN' },
    ];
  });
  expect((await call('codebuild:ListSourceCredentials', {})).sourceCredentialsInfos).toEqual([
    { arn, serverType: 'GITHUB', authType: 'PERSONAL_ACCESS_TOKEN' },
  ]);
});

test.each([
  ['ec2:DescribeSubnets', {}, { name: 'RequestLimitExceeded', $metadata: { httpStatusCode: 503 } }],
  [
    'servicequotas:GetServiceQuota',
    { ServiceCode: 'fargate', QuotaCode: 'L-3032A538' },
    { name: 'TooManyRequestsException' },
  ],
  ['iam:GetUser', {}, { name: 'Throttling', Code: 'Throttling' }],
] as const)('[fault-7] %s is throttled in its own words', async (call, input, words) => {
  const opened = openAccount({ faults: [{ call, nth: 1, fault: 'throttle' }] });
  expect(await failure(opened.call(call, input))).toMatchObject(words);
  await opened.call(call, input);
});

test.each([
  ['pull', 'ecr:BatchGetImage', `arn:aws:ecr:${region}:${account}:repository/previewops/shop`],
  ['push', 'ecr:PutImage', `arn:aws:ecr:${region}:${account}:repository/previewops/shop`],
  ['log', 'logs:PutLogEvents', `arn:aws:logs:${region}:${account}:log-group:/ecs/x:log-stream:y`],
  [
    'make its build log',
    'logs:CreateLogGroup',
    `arn:aws:logs:${region}:${account}:log-group:/aws/codebuild/previewops-shop`,
  ],
  [
    'read secrets',
    'secretsmanager:GetSecretValue',
    `arn:aws:secretsmanager:${region}:${account}:secret:db-AbCdEf`,
  ],
])('[state-12] a seeded role may %s', async (_, action, resource) => {
  const { EvaluationResults } = await openAccount().call('iam:SimulatePrincipalPolicy', {
    PolicySourceArn: seed.roleArns[0],
    ActionNames: [action],
    ResourceArns: [resource],
  });
  expect(EvaluationResults?.[0]?.EvalDecision).toBe('allowed');
});

test('[state-12] a seeded role may no more than that', async () => {
  const { EvaluationResults } = await openAccount().call('iam:SimulatePrincipalPolicy', {
    PolicySourceArn: seed.roleArns[0],
    ActionNames: ['ecr:PutImage'],
    ResourceArns: [`arn:aws:ecr:${region}:${account}:repository/other/shop`],
  });
  expect(EvaluationResults?.[0]?.EvalDecision).toBe('implicitDeny');
});
