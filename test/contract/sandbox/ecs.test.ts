import { beforeEach, describe, expect, test } from 'vitest';
import { ecs } from '../../../src/sandbox/services/ecs.ts';
import type { Authorization } from '../../../src/sandbox/types.ts';
import {
  type Account,
  accountId,
  addTargetGroup,
  refusal,
  region,
  roleArn,
  service,
  taskDefinition,
} from './direct.ts';
import { expectReal } from './real.ts';
import { accountForWeb, cluster } from './web-service.ts';

const arn = (rest: string) => `arn:aws:ecs:${region}:${accountId}:${rest}`;

let aws: Account;
let group: string;
beforeEach(() => {
  ({ aws, group } = accountForWeb());
});

const register = (input: Parameters<typeof ecs.RegisterTaskDefinition.run>[0] = taskDefinition()) =>
  aws.run(ecs.RegisterTaskDefinition, input).taskDefinition;
const create = (changes: object = {}) =>
  aws.run(ecs.CreateService, { ...service(group), ...changes }).service;
const update = (changes: object) =>
  aws.run(ecs.UpdateService, { cluster, service: 'web', ...changes }).service;
const describeOne = (name = 'web') =>
  aws.run(ecs.DescribeServices, { cluster, services: [name] }).services[0];

describe('clusters', () => {
  test('[ecs-1] a cluster is named by name or ARN, and an unknown one is refused', () => {
    const missing = 'ClusterNotFoundException: Cluster not found.';
    expect(aws.run(ecs.ListServices, { cluster: arn('cluster/previews') }).serviceArns).toEqual([]);
    expect(refusal(() => aws.run(ecs.ListServices, { cluster: 'other' }))).toBe(missing);
    expect(refusal(() => aws.run(ecs.ListServices, {}))).toBe(missing);
    expect(refusal(() => create({ cluster: 'other' }))).toBe(missing);
    expect(refusal(() => create())).toBe('ClientException: TaskDefinition not found.');
  });
});

describe('task definitions', () => {
  test('[ecs-2] registering answers with what AWS fills in', () => {
    const answered = register({
      ...taskDefinition(),
      cpu: '.25 vCPU',
      memory: '0.5 GB',
      containerDefinitions: [
        {
          name: 'web',
          image: 'nginx',
          portMappings: [{ containerPort: 3000 }],
          environment: [
            { name: 'B', value: '2' },
            { name: 'A', value: '1' },
          ],
        },
      ],
    });
    expect(answered).toMatchObject({
      taskDefinitionArn: arn('task-definition/web:1'),
      revision: 1,
      status: 'ACTIVE',
      cpu: '256',
      memory: '512',
      volumes: [],
      placementConstraints: [],
      compatibilities: ['EC2', 'FARGATE', 'MANAGED_INSTANCES'],
      requiresAttributes: expect.arrayContaining([{ name: 'ecs.capability.task-eni' }]),
    });
    expect(answered.containerDefinitions).toEqual([
      {
        name: 'web',
        image: 'nginx',
        cpu: 0,
        essential: true,
        portMappings: [{ containerPort: 3000, hostPort: 3000, protocol: 'tcp' }],
        environment: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
        mountPoints: [],
        volumesFrom: [],
        systemControls: [],
      },
    ]);
  });

  test('[ecs-2] revisions count up and are never given twice', () => {
    expect(register().revision).toBe(1);
    expect(register().revision).toBe(2);
    aws.run(ecs.DeregisterTaskDefinition, { taskDefinition: 'web:2' });
    aws.run(ecs.DeleteTaskDefinitions, { taskDefinitions: ['web:2'] });
    aws.pass(61);
    expect(register().revision).toBe(3);
    expect(register(taskDefinition('other')).revision).toBe(1);
  });

  const container = taskDefinition().containerDefinitions[0];
  test.each<[string, object, string]>([
    ['a family with a slash', { family: 'a/b' }, 'Family contains invalid characters'],
    ['bridge networking', { networkMode: 'bridge' }, "Fargate only supports network mode 'awsvpc'"],
    ['no cpu', { cpu: undefined }, "Fargate requires that 'cpu' be defined at the task level."],
    ['no containers', { containerDefinitions: [] }, 'Container list cannot be empty.'],
    ['a name twice', { containerDefinitions: [container, container] }, 'must be unique'],
    ['no image', { containerDefinitions: [{ name: 'web' }] }, 'Container.image should not be null'],
    [
      'nothing essential',
      { containerDefinitions: [{ ...container, essential: false }] },
      'at least one essential container',
    ],
    [
      'another host port',
      {
        containerDefinitions: [{ ...container, portMappings: [{ containerPort: 1, hostPort: 2 }] }],
      },
      'must match',
    ],
    [
      'a privileged container',
      { containerDefinitions: [{ ...container, privileged: true }] },
      'do not support privileged',
    ],
    [
      'a container larger than its task',
      { containerDefinitions: [{ ...container, memory: 513 }] },
      'greater than for the task',
    ],
    ['awslogs without a role', { executionRoleArn: undefined }, 'to support log driver awslogs'],
    [
      'ECR without a role',
      {
        executionRoleArn: undefined,
        containerDefinitions: [
          { name: 'web', image: `${accountId}.dkr.ecr.${region}.amazonaws.com/web:1` },
        ],
      },
      'to support ECR images',
    ],
    [
      'secrets without a role',
      {
        executionRoleArn: undefined,
        containerDefinitions: [
          { name: 'web', image: 'nginx', secrets: [{ name: 'A', valueFrom: 'arn:aws:ssm' }] },
        ],
      },
      "must also specify a value for 'executionRoleArn'",
    ],
  ])('[ecs-3] registering refuses %s', (_, changes, text) => {
    const said = refusal(() => register({ ...taskDefinition(), ...changes }));
    expect(said).toContain('ClientException: ');
    expect(said).toContain(text);
    expect(aws.world.ecs.taskDefinitions).toEqual({});
  });

  test.each([
    ['256', '2048', true],
    ['256', '4096', false],
    ['512', '4096', true],
    ['4096', '30720', true],
    ['8192', '18432', false],
    ['16384', '122880', true],
    ['32768', '249856', true],
    ['32768', '65536', false],
    ['300', '512', false],
  ])('[ecs-4] Fargate has cpu %s with memory %s: %s', (cpu, memory, known) => {
    const attempt = () => register({ ...taskDefinition(), cpu, memory });
    if (known) expect(attempt()).toMatchObject({ cpu, memory });
    else {
      expect(refusal(attempt)).toBe(
        'ClientException: No Fargate configuration exists for given values.',
      );
    }
  });

  test('[ecs-5] a task definition is described by family, revision or ARN', () => {
    register({ ...taskDefinition(), tags: [{ key: 'a', value: '1' }] });
    register();
    register();
    aws.run(ecs.DeregisterTaskDefinition, { taskDefinition: 'web:3' });
    const read = (name: string, tags = false) =>
      aws.run(ecs.DescribeTaskDefinition, {
        taskDefinition: name,
        ...(tags ? { include: ['TAGS' as const] } : {}),
      });
    expect(read('web').taskDefinition.revision).toBe(2);
    expect(read('web:3').taskDefinition).toMatchObject({ status: 'INACTIVE' });
    expect(read(arn('task-definition/web:1'))).not.toHaveProperty('tags');
    expect(read('web:1', true)).toMatchObject({ tags: [{ key: 'a', value: '1' }] });
    for (const name of ['web:9', 'other', '']) {
      expect(refusal(() => read(name))).toBe(
        'ClientException: Unable to describe task definition.',
      );
    }
  });

  test('[ecs-6] revisions are listed by exact family and status, in pages that end', () => {
    for (let i = 0; i < 11; i++) register();
    register(taskDefinition('web-2'));
    aws.run(ecs.DeregisterTaskDefinition, { taskDefinition: 'web:4' });
    const list = (input: Parameters<typeof ecs.ListTaskDefinitions.run>[0]) => {
      const pages: string[][] = [];
      let nextToken: string | undefined;
      do {
        const answer = aws.run(ecs.ListTaskDefinitions, { ...input, nextToken });
        pages.push(answer.taskDefinitionArns.map((name) => name.split('/')[1] ?? ''));
        nextToken = 'nextToken' in answer ? answer.nextToken : undefined;
      } while (nextToken);
      return pages;
    };
    expect(list({ familyPrefix: 'web', maxResults: 5 })).toEqual([
      ['web:1', 'web:2', 'web:3', 'web:5', 'web:6'],
      ['web:7', 'web:8', 'web:9', 'web:10', 'web:11'],
    ]);
    expect(list({ familyPrefix: 'web', sort: 'DESC', maxResults: 9 })).toEqual([
      ['web:11', 'web:10', 'web:9', 'web:8', 'web:7', 'web:6', 'web:5', 'web:3', 'web:2'],
      ['web:1'],
    ]);
    expect(list({ status: 'INACTIVE' })).toEqual([['web:4']]);
    expect(list({})[0]).toHaveLength(11);
  });

  test('[ecs-6] a page size out of range and a token that nobody gave are refused', () => {
    for (const input of [{ maxResults: 101 }, { maxResults: 0 }, { nextToken: 'made up' }]) {
      expect(refusal(() => aws.run(ecs.ListTaskDefinitions, input))).toContain(
        'InvalidParameterException',
      );
    }
  });

  test('[ecs-7] deleting takes ten INACTIVE revisions, and they go when nothing uses them', () => {
    register();
    register();
    create({ taskDefinition: 'web:1' });
    const remove = (...taskDefinitions: string[]) =>
      aws.run(ecs.DeleteTaskDefinitions, { taskDefinitions });
    expect(remove('web:1', 'web:9', 'web')).toMatchObject({
      taskDefinitions: [],
      failures: [
        { arn: arn('task-definition/web:1'), reason: expect.stringContaining('ACTIVE status') },
        { arn: 'web:9' },
        { arn: 'web' },
      ],
    });
    expect(refusal(() => remove(...Array<string>(11).fill('web:1')))).toContain(
      'InvalidParameterException',
    );
    for (const taskDefinition of ['web:1', 'web:2']) {
      aws.run(ecs.DeregisterTaskDefinition, { taskDefinition });
    }
    expect(remove('web:1', 'web:2').taskDefinitions).toMatchObject([
      { status: 'DELETE_IN_PROGRESS' },
      { status: 'DELETE_IN_PROGRESS' },
    ]);
    expect(
      refusal(() => aws.run(ecs.DeregisterTaskDefinition, { taskDefinition: 'web:2' })),
    ).toContain('does not exist');
    aws.pass(59);
    expect(Object.keys(aws.world.ecs.taskDefinitions)).toHaveLength(2);
    aws.pass(1);
    expect(Object.keys(aws.world.ecs.taskDefinitions)).toEqual([arn('task-definition/web:1')]);
    aws.run(ecs.DeleteService, { cluster, service: 'web', force: true });
    aws.pass(60);
    expect(aws.world.ecs.taskDefinitions).toEqual({});
  });

  test('[ecs-7] deregistering needs a revision that exists', () => {
    register();
    for (const taskDefinition of ['web', 'web:2']) {
      const call = () => aws.run(ecs.DeregisterTaskDefinition, { taskDefinition });
      expect(refusal(call)).toContain('ClientException');
    }
  });
});

describe('creating a service', () => {
  beforeEach(() => void register());

  test('[ecs-8] a new service is answered with AWS defaults and one deployment', () => {
    const made = create({ tags: [{ key: 'a', value: '1' }] });
    expect(made).toMatchObject({
      serviceArn: arn('service/previews/web'),
      clusterArn: arn('cluster/previews'),
      status: 'ACTIVE',
      desiredCount: 1,
      runningCount: 0,
      pendingCount: 0,
      launchType: 'FARGATE',
      platformVersion: 'LATEST',
      schedulingStrategy: 'REPLICA',
      propagateTags: 'NONE',
      availabilityZoneRebalancing: 'ENABLED',
      healthCheckGracePeriodSeconds: 0,
      taskDefinition: arn('task-definition/web:1'),
      tags: [{ key: 'a', value: '1' }],
      events: [],
      deploymentConfiguration: {
        maximumPercent: 200,
        minimumHealthyPercent: 100,
        deploymentCircuitBreaker: {
          enable: false,
          rollback: false,
          resetOnHealthyTask: true,
          thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
        },
      },
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-a', 'subnet-b'], assignPublicIp: 'ENABLED' },
      },
      deployments: [{ status: 'PRIMARY', rolloutState: 'IN_PROGRESS', desiredCount: 1 }],
    });
    expect(made.deployments?.[0]?.id).toMatch(/^ecs-svc\/\d{19}$/);
    expect(made.currentServiceDeployment).toMatch(
      /:service-deployment\/previews\/web\/[0-9a-f]{21}$/,
    );
  });

  test('[ecs-9] a name that is taken is refused, and a client token finds its service again', () => {
    const first = create({ clientToken: 'one' });
    const again = create({ clientToken: 'one' });
    expect(again.deployments?.[0]?.id).toBe(first.deployments?.[0]?.id);
    const taken = 'InvalidParameterException: Creation of service was not idempotent.';
    expect(refusal(() => create({ clientToken: 'one', desiredCount: 2 }))).toBe(taken);
    expect(refusal(() => create({ clientToken: 'two' }))).toBe(taken);
    expect(refusal(() => create())).toBe(taken);
    aws.pass(30);
    aws.run(ecs.DeleteService, { cluster, service: 'web', force: true });
    expect(refusal(() => create({ clientToken: 'one' }))).toBe(
      'InvalidParameterException: Unable to Start a service that is still Draining.',
    );
    for (const clientToken of ['', 'x'.repeat(37), 'with space']) {
      expect(refusal(() => create({ serviceName: 'b', clientToken }))).toContain('Client token');
    }
    expect(refusal(() => create({ serviceName: 'a/b' }))).toContain('Service name');
  });

  test('[ecs-10] the target group must be of type ip, used by a rule, and fit a container', () => {
    const bind = (change: object) => () =>
      create({
        loadBalancers: [
          { targetGroupArn: group, containerName: 'web', containerPort: 3000, ...change },
        ],
      });
    const alone = addTargetGroup(aws, 'alone', { rule: false });
    const instances = addTargetGroup(aws, 'instances', { targetType: 'instance' });
    expect(refusal(bind({ targetGroupArn: alone }))).toBe(
      `InvalidParameterException: The target group with targetGroupArn ${alone} does not have an associated load balancer.`,
    );
    expect(refusal(bind({ targetGroupArn: instances }))).toContain('target type instance');
    expect(refusal(bind({ targetGroupArn: 'arn:none' }))).toContain('Unable to find');
    expect(refusal(bind({ containerName: 'db' }))).toContain('container db does not exist');
    expect(refusal(bind({ containerPort: 80 }))).toContain('container port 80');
    expect(aws.world.ecs.services).toEqual({});
  });

  test.each<[string, object, string]>([
    ['no network', { networkConfiguration: undefined }, 'Network Configuration must be provided'],
    [
      'an unknown subnet',
      { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-x'] } } },
      "The subnet ID 'subnet-x' does not exist",
    ],
    [
      'an unknown security group',
      {
        networkConfiguration: {
          awsvpcConfiguration: { subnets: ['subnet-a'], securityGroups: ['sg-x'] },
        },
      },
      "The security group 'sg-x' does not exist",
    ],
    [
      'a foreign security group',
      {
        networkConfiguration: {
          awsvpcConfiguration: { subnets: ['subnet-a'], securityGroups: ['sg-2'] },
        },
      },
      'same VPC',
    ],
    [
      '17 subnets',
      { networkConfiguration: { awsvpcConfiguration: { subnets: Array(17).fill('subnet-a') } } },
      'at most 16',
    ],
    ['an unknown task definition', { taskDefinition: 'none' }, 'TaskDefinition not found.'],
    ['a deregistered one', { taskDefinition: 'web:2' }, 'TaskDefinition is inactive'],
    ['one for EC2', { taskDefinition: 'ec2' }, 'does not support launch_type FARGATE'],
    [
      'a provider that the cluster lacks',
      { capacityProviderStrategy: [{ capacityProvider: 'mine', weight: 1 }] },
      'not associated with the cluster',
    ],
    [
      'launch type and strategy together',
      {
        launchType: 'FARGATE',
        capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
      },
      'Specifying both a launch type and capacity provider strategy',
    ],
    [
      'a strategy without weight',
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }] },
      'weight above 0',
    ],
  ])('[ecs-11] creating refuses %s', (_, changes, text) => {
    aws.world.network.securityGroups['sg-2'] = { id: 'sg-2', vpcId: 'vpc-2' };
    register();
    aws.run(ecs.DeregisterTaskDefinition, { taskDefinition: 'web:2' });
    register({ family: 'ec2', containerDefinitions: [{ name: 'web', image: 'nginx' }] });
    expect(refusal(() => create(changes))).toContain(text);
    expect(aws.world.ecs.services).toEqual({});
  });

  test('[ecs-11] a service on Spot is answered with its strategy instead of a launch type', () => {
    const made = create({
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    });
    expect(made.capacityProviderStrategy).toEqual([
      { capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 },
    ]);
    expect(made).not.toHaveProperty('launchType');
  });

  const early = (criteria: object) => ({
    deploymentConfiguration: { earlySuccessCriteria: { enable: true, ...criteria } },
  });
  test.each<[string, object, string]>([
    ['no count', { desiredCount: undefined }, 'desiredCount is required'],
    ['a negative count', { desiredCount: -1 }, 'desired count'],
    [
      'percentages that block',
      { deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 100 } },
      'block deployments',
    ],
    ['a maximum below 100', { deploymentConfiguration: { maximumPercent: 50 } }, 'at least 100'],
    [
      'grace without a load balancer',
      { loadBalancers: [], healthCheckGracePeriodSeconds: 5 },
      'only valid for services configured to use load balancers',
    ],
    ['early success without terms', early({}), 'needs healthyPercent'],
    [
      'early success below the minimum',
      early({ healthyPercent: 50, sourceServiceRevisionCleanup: 'DEFERRED' }),
      'between minimumHealthyPercent and 100',
    ],
    [
      'a threshold of 0',
      {
        deploymentConfiguration: {
          deploymentCircuitBreaker: {
            enable: true,
            rollback: false,
            thresholdConfiguration: { type: 'COUNT', value: 0 },
          },
        },
      },
      'thresholdConfiguration',
    ],
    [
      'rebalancing without room',
      {
        availabilityZoneRebalancing: 'ENABLED',
        deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 0 },
      },
      'availabilityZoneRebalancing',
    ],
    ['daemons', { schedulingStrategy: 'DAEMON' }, 'daemon scheduling strategy'],
    [
      '51 tags',
      { tags: Array.from({ length: 51 }, (_, i) => ({ key: `k${i}`, value: '' })) },
      'maximum number of tags',
    ],
  ])('[ecs-12] creating refuses %s', (_, changes, text) => {
    const said = refusal(() => create(changes));
    expect(said).toContain('InvalidParameterException: ');
    expect(said).toContain(text);
  });

  test('[ecs-12] rebalancing is off by default where there is no room for it', () => {
    const deploymentConfiguration = { maximumPercent: 100, minimumHealthyPercent: 0 };
    expect(create({ deploymentConfiguration }).availabilityZoneRebalancing).toBe('DISABLED');
  });

  test.each<[string, object]>([
    ['service discovery', { serviceRegistries: [{ registryArn: 'arn' }] }],
    ['Service Connect', { serviceConnectConfiguration: { enabled: true } }],
    ['blue/green', { deploymentConfiguration: { strategy: 'BLUE_GREEN' } }],
    ['CodeDeploy', { deploymentController: { type: 'CODE_DEPLOY' } }],
    ['EC2', { launchType: 'EC2' }],
  ])('[ecs-13] what is not simulated is refused: %s', (_, changes) => {
    expect(refusal(() => create(changes))).toContain('UnsupportedFeatureException');
  });
});

describe('changing a service', () => {
  beforeEach(() => {
    register();
    create({ healthCheckGracePeriodSeconds: 60 });
    aws.pass(60);
  });

  test.each<[string, object]>([
    ['the count', { desiredCount: 2 }],
    ['the deployment configuration', { deploymentConfiguration: { maximumPercent: 150 } }],
    ['the grace period', { healthCheckGracePeriodSeconds: 5 }],
    ['tag propagation', { propagateTags: 'SERVICE', enableECSManagedTags: true }],
    ['the same task definition', { taskDefinition: 'web:1' }],
    ['the same network', { networkConfiguration: service().networkConfiguration }],
  ])('[ecs-14] a change of %s alone starts no deployment', (_, changes) => {
    const before = describeOne();
    const after = update(changes);
    expect(after.deployments?.map(({ id }) => id)).toEqual(
      before?.deployments?.map(({ id }) => id),
    );
  });

  test.each<[string, object]>([
    ['the count', { desiredCount: 2 }],
    ['the grace period', { healthCheckGracePeriodSeconds: 5 }],
    ['the strategy', { deploymentConfiguration: { minimumHealthyPercent: 0 } }],
    ['what is propagated', { propagateTags: 'SERVICE', enableECSManagedTags: true }],
  ])('[ecs-14] %s is changed', (_, changes) => {
    expect(update(changes)).toMatchObject(changes);
    expect(describeOne()).toMatchObject(changes);
  });

  test.each<[string, object]>([
    ['a new task definition', { taskDefinition: 'web' }],
    [
      'another network',
      {
        networkConfiguration: {
          awsvpcConfiguration: { subnets: ['subnet-a'], assignPublicIp: 'DISABLED' },
        },
      },
    ],
    ['other load balancers', { loadBalancers: [] }],
    [
      'another strategy',
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] },
    ],
    ['force', { forceNewDeployment: true }],
  ])('[ecs-14] %s starts a deployment', (_, changes) => {
    register();
    const before = describeOne()?.deployments?.[0]?.id;
    const { deployments } = update(changes);
    expect(deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS' },
      { status: 'ACTIVE', id: before },
    ]);
  });

  test('[ecs-14] what is not given stays', () => {
    const before = describeOne();
    register();
    const after = update({ taskDefinition: 'web:2' });
    expect(after).toMatchObject({
      desiredCount: 1,
      healthCheckGracePeriodSeconds: 60,
      loadBalancers: before?.loadBalancers,
      networkConfiguration: before?.networkConfiguration,
      deploymentConfiguration: before?.deploymentConfiguration,
      taskDefinition: arn('task-definition/web:2'),
    });
  });

  test('[ecs-14] forcing works on a revision that was deregistered meanwhile', () => {
    aws.run(ecs.DeregisterTaskDefinition, { taskDefinition: 'web:1' });
    expect(update({ forceNewDeployment: true }).deployments).toHaveLength(2);
  });

  test('[ecs-15] a service that is not there, or no longer active, cannot be updated', () => {
    expect(refusal(() => update({ service: 'none', desiredCount: 1 }))).toBe(
      'ServiceNotFoundException: Service not found.',
    );
    aws.run(ecs.DeleteService, { cluster, service: 'web', force: true });
    const inactive = 'ServiceNotActiveException: Service was not ACTIVE.';
    expect(refusal(() => update({ desiredCount: 1 }))).toBe(inactive);
    aws.pass(60);
    expect(refusal(() => update({ desiredCount: 1 }))).toBe(inactive);
  });

  test('[ecs-16] services are described by name or ARN, ten at a time, with tags on request', () => {
    create({ serviceName: 'b', tags: [{ key: 'a', value: '1' }] });
    const answer = aws.run(ecs.DescribeServices, {
      cluster,
      services: ['web', arn('service/previews/b'), 'none'],
    });
    expect(answer.services.map((s) => s.serviceName)).toEqual(['web', 'b']);
    expect(answer.services[1]).not.toHaveProperty('tags');
    expect(answer.failures).toEqual([{ arn: arn('service/previews/none'), reason: 'MISSING' }]);
    const tagged = aws.run(ecs.DescribeServices, { cluster, services: ['b'], include: ['TAGS'] });
    expect(tagged.services[0]?.tags).toEqual([{ key: 'a', value: '1' }]);
    const asked = (include: 'TAGS'[]) =>
      ecs.DescribeServices.authorize({ cluster, services: ['b'], include }, aws.ctx()).map(
        ({ action }) => action,
      );
    expect(asked([])).toEqual(['ecs:DescribeServices']);
    expect(asked(['TAGS'])).toEqual(['ecs:DescribeServices', 'ecs:ListTagsForResource']);
    const names = Array.from({ length: 11 }, (_, i) => `s${i}`);
    const many = () => aws.run(ecs.DescribeServices, { cluster, services: names });
    expect(refusal(many)).toContain('at most 10');
  });

  test('[ecs-17] services are listed ten to a page, without those that are going', () => {
    for (let i = 10; i < 22; i++) create({ serviceName: `s${i}`, loadBalancers: [] });
    const spot = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
    create({ serviceName: 'spot', capacityProviderStrategy: spot });
    aws.run(ecs.DeleteService, { cluster, service: 's10', force: true });
    const first = aws.run(ecs.ListServices, { cluster });
    expect(first.serviceArns).toHaveLength(10);
    aws.run(ecs.DeleteService, { cluster, service: 's11', force: true });
    const { nextToken } = first as { nextToken: string };
    const second = aws.run(ecs.ListServices, { cluster, nextToken });
    expect(second).toEqual({
      serviceArns: ['s21', 'spot', 'web'].map((name) => arn(`service/previews/${name}`)),
    });
    const all = aws.run(ecs.ListServices, { cluster, maxResults: 100, launchType: 'FARGATE' });
    expect(all.serviceArns).toHaveLength(11);
    expect(refusal(() => aws.run(ecs.ListServices, { cluster, maxResults: 101 }))).toContain('100');
  });

  test('[ecs-18] tasks are listed by service, family and wanted status, and described', () => {
    const list = (input: object) => aws.run(ecs.ListTasks, { cluster, ...input }).taskArns;
    const [task = ''] = list({ serviceName: 'web' });
    expect(list({})).toEqual([task]);
    expect(list({ family: 'web' })).toEqual([task]);
    expect(list({ startedBy: describeOne()?.deployments?.[0]?.id })).toEqual([task]);
    expect(list({ family: 'we' })).toEqual([]);
    expect(list({ desiredStatus: 'STOPPED' })).toEqual([]);
    expect(refusal(() => list({ serviceName: 'none' }))).toContain('ServiceNotFoundException');
    const id = task.split('/')[2] ?? '';
    const { tasks, failures } = aws.run(ecs.DescribeTasks, { cluster, tasks: [id, 'none'] });
    expect(tasks).toMatchObject([
      {
        taskArn: task,
        group: 'service:web',
        lastStatus: 'RUNNING',
        desiredStatus: 'RUNNING',
        containers: [{ name: 'web', lastStatus: 'RUNNING' }],
      },
    ]);
    expect(failures).toEqual([{ arn: arn('task/previews/none'), reason: 'MISSING' }]);
    const many = () => aws.run(ecs.DescribeTasks, { cluster, tasks: Array<string>(101).fill('x') });
    expect(refusal(many)).toContain('at most 100');
  });

  test('[ecs-19] a service is deleted at count 0 or by force, drains, and its name is free again', () => {
    const remove = (force = false) =>
      aws.run(ecs.DeleteService, { cluster, service: 'web', force }).service;
    expect(refusal(() => remove())).toBe(
      'InvalidParameterException: The service cannot be stopped while it is scaled above 0.',
    );
    update({ desiredCount: 0, forceNewDeployment: true });
    expect(refusal(() => remove())).toBe(
      'InvalidParameterException: The service cannot be stopped while deployments are active.',
    );
    expect(remove(true)).toMatchObject({ status: 'DRAINING', desiredCount: 0 });
    expect(remove(true).status).toBe('DRAINING');
    aws.pass(6);
    expect(describeOne()?.status).toBe('DRAINING');
    aws.pass(4);
    expect(describeOne()).toMatchObject({ status: 'INACTIVE', deployments: [] });
    expect(refusal(() => remove(true))).toContain('ServiceNotFoundException');
    const copy = aws.fork();
    expect(copy.run(ecs.CreateService, service(group)).service.status).toBe('ACTIVE');
    aws.pass(601);
    expect(describeOne()).toBeUndefined();
  });

  test('[ecs-20] tags are added to a service, a revision or a task that exists', () => {
    const tag = (resourceArn: string, key = 'a', value = '1') =>
      aws.run(ecs.TagResource, { resourceArn, tags: [{ key, value }] });
    const [task = ''] = Object.keys(aws.world.ecs.tasks);
    const one = arn('service/previews/web');
    for (const resource of [one, arn('task-definition/web:1'), task]) tag(resource);
    tag(one, 'b');
    tag(one, 'a', '2');
    expect(aws.world.ecs.services[one]?.tags).toEqual({ a: '2', b: '1' });
    expect(aws.world.ecs.tasks[task]?.tags).toEqual({ a: '1' });
    expect(refusal(() => tag(one, 'aws:x'))).toContain('reserved');
    expect(refusal(() => tag(arn('service/previews/none')))).toContain('ResourceNotFoundException');
    expect(refusal(() => aws.run(ecs.TagResource, { resourceArn: one, tags: [] }))).toContain(
      'empty',
    );
  });

  test('[ecs-22] an answer shares nothing with the world', () => {
    const before = structuredClone(aws.world);
    const read = aws.run(ecs.DescribeServices, { cluster, services: ['web'], include: ['TAGS'] });
    const described = aws.run(ecs.DescribeTaskDefinition, { taskDefinition: 'web' });
    const spoil = (value: unknown): void => {
      if (typeof value !== 'object' || value === null || value instanceof Date) return;
      Object.values(value).forEach(spoil);
      if (Array.isArray(value)) value.length = 0;
      else for (const key of Object.keys(value)) delete (value as Record<string, unknown>)[key];
    };
    spoil(read);
    spoil(described);
    expect(aws.world).toEqual(before);
  });
});

describe('authorisation', () => {
  const tags = [{ key: 'previewops:app', value: 'shop' }];
  const requested = { 'aws:RequestTag/previewops:app': 'shop', 'aws:TagKeys': ['previewops:app'] };
  const owned = { 'aws:ResourceTag/previewops:app': 'shop' };
  const inCluster = { 'ecs:cluster': arn('cluster/previews') };

  beforeEach(() => {
    register({ ...taskDefinition(), tags });
    create({ tags });
  });

  const rollout = () =>
    aws.world.ecs.services[arn('service/previews/web')]?.currentServiceDeployment ?? '';

  const every = (): Authorization[] => {
    const ctx = aws.ctx();
    const one = { cluster, service: 'web' };
    return [
      ...ecs.CreateService.authorize({ ...service(group), tags }, ctx),
      ...ecs.UpdateService.authorize({ ...one, taskDefinition: 'web' }, ctx),
      ...ecs.DeleteService.authorize(one, ctx),
      ...ecs.DescribeServices.authorize({ cluster, services: ['web'] }, ctx),
      ...ecs.ListServices.authorize({ cluster }, ctx),
      ...ecs.ListTasks.authorize({ cluster }, ctx),
      ...ecs.DescribeTasks.authorize({ cluster, tasks: ['0'.repeat(32)] }, ctx),
      ...ecs.RegisterTaskDefinition.authorize({ ...taskDefinition(), tags }, ctx),
      ...ecs.DescribeTaskDefinition.authorize(),
      ...ecs.ListTaskDefinitions.authorize(),
      ...ecs.DeregisterTaskDefinition.authorize(),
      ...ecs.DeleteTaskDefinitions.authorize({ taskDefinitions: ['web:1'] }, ctx),
      ...ecs.TagResource.authorize({ resourceArn: arn('service/previews/web'), tags }, ctx),
      ...ecs.DescribeServiceDeployments.authorize({ serviceDeploymentArns: [rollout()] }, ctx),
      ...ecs.StopServiceDeployment.authorize({ serviceDeploymentArn: rollout() }, ctx),
    ];
  };

  test('[ecs-21] creating a service with tags needs two permissions', () => {
    const resource = arn('service/previews/web');
    expect(ecs.CreateService.authorize({ ...service(group), tags }, aws.ctx())).toEqual([
      {
        action: 'ecs:CreateService',
        resource,
        context: {
          ...inCluster,
          ...requested,
          'ecs:task-definition': arn('task-definition/web:1'),
          'ecs:subnet': ['subnet-b', 'subnet-a'],
          'ecs:auto-assign-public-ip': 'true',
        },
      },
      {
        action: 'ecs:TagResource',
        resource,
        context: { ...requested, 'ecs:CreateAction': 'CreateService' },
      },
    ]);
    expect(ecs.CreateService.authorize(service(group), aws.ctx())).toHaveLength(1);
  });

  test('[ecs-21] registering needs PassRole on each role', () => {
    const input = { ...taskDefinition(), taskRoleArn: 'app' };
    const needs = ecs.RegisterTaskDefinition.authorize(input, aws.ctx());
    const context = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };
    expect(needs.slice(1)).toEqual([
      { action: 'iam:PassRole', resource: roleArn, context },
      { action: 'iam:PassRole', resource: `arn:aws:iam::${accountId}:role/app`, context },
    ]);
    expect(needs[0]?.resource).toBe(arn('task-definition/web:*'));
  });

  test('[ecs-21] changing and deleting see the tags that the service has', () => {
    const one = { cluster, service: 'web' };
    const context = { ...inCluster, ...owned };
    expect(ecs.DeleteService.authorize(one, aws.ctx())).toMatchObject([{ context }]);
    expect(ecs.UpdateService.authorize(one, aws.ctx())).toMatchObject([{ context }]);
    const deletion = ecs.DeleteTaskDefinitions.authorize(
      { taskDefinitions: [arn('task-definition/web:1')] },
      aws.ctx(),
    );
    expect(deletion).toMatchObject([{ context: owned }]);
  });

  test('[ecs-21] every action, resource and key is one of the Service Authorization Reference', async () => {
    for (const need of every()) await expectReal(need);
  });
});
