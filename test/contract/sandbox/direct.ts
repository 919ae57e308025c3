import { seedWorld } from '../../../src/sandbox/seed.ts';
import type { Behaviour, Ctx, World } from '../../../src/sandbox/types.ts';
import { advanceWorld, contextOf, emptyWorld } from '../../../src/sandbox/world.ts';

export const accountId = '123456789012';
export const region = 'eu-west-1';
export const roleArn = `arn:aws:iam::${accountId}:role/preview`;
export const listenerArn = `arn:aws:elasticloadbalancing:${region}:${accountId}:listener/app/previews/0123456789abcdef/fedcba9876543210`;
export const registry = `${accountId}.dkr.ecr.${region}.amazonaws.com`;

/** Noon of an ordinary day, so that a forgotten unit shows. */
const start = Date.UTC(2030, 0, 15, 12);

/** A simulated account whose operations are called directly, with a plain number for the time. */
export interface Account {
  world: World;
  behaviour: Behaviour;
  /** What an operation gets to work with now. */
  ctx(): Ctx;
  /** Lets time pass, in steps of `step` seconds. */
  pass(seconds: number, step?: number): void;
  /** Performs an operation now; what the world has to catch up with comes first. */
  run<I, O>(operation: { run(input: I, ctx: Ctx): O }, input: I): O;
  /** A copy that goes its own way. */
  fork(): Account;
}

export function createAccount(world: World = seeded()): Account {
  const behaviour: Behaviour = { app: 'healthy', build: 'ok' };
  const account: Account = {
    world,
    behaviour,
    ctx: () => contextOf(world, { now: world.now, behaviour }),
    pass(seconds, step = seconds) {
      const end = world.now + seconds * 1000;
      while (world.now < end) {
        const now = Math.min(end, world.now + step * 1000);
        advanceWorld(contextOf(world, { now, behaviour }));
      }
    },
    run(operation, input) {
      advanceWorld(account.ctx());
      return operation.run(input, account.ctx());
    },
    fork() {
      const copy = createAccount(structuredClone(world));
      Object.assign(copy.behaviour, behaviour);
      return copy;
    },
  };
  return account;
}

function seeded(): World {
  const world = emptyWorld(accountId, region);
  world.now = start;
  seedWorld(world, {
    account: accountId,
    region,
    cluster: 'previews',
    vpc: 'vpc-1',
    subnets: ['subnet-a', 'subnet-b'],
    securityGroups: ['sg-1'],
    listenerArn,
    roleArns: [roleArn],
    spot: true,
  });
  return world;
}

/** Puts a target group into the world, and a rule that forwards to it unless `rule` is false. */
export function addTargetGroup(
  { world }: Account,
  name = 'web',
  { rule = true, targetType = 'ip', interval = 5, delay = 5, matcher = '200-399' } = {},
): string {
  const arn = `arn:aws:elasticloadbalancing:${region}:${accountId}:targetgroup/${name}/00000000000000aa`;
  world.elasticloadbalancing.targetGroups[arn] = {
    arn,
    name,
    protocol: 'HTTP',
    port: 3000,
    vpcId: 'vpc-1',
    targetType,
    healthCheck: {
      path: '/',
      port: 'traffic-port',
      protocol: 'HTTP',
      intervalSeconds: interval,
      timeoutSeconds: 4,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      matcher,
    },
    attributes: { 'deregistration_delay.timeout_seconds': String(delay) },
    tags: {},
    targets: {},
    createdAt: world.now,
  };
  if (rule) addRule(world, arn, name);
  return arn;
}

function addRule(world: World, targetGroupArn: string, name: string): void {
  const arn = `${listenerArn.replace(':listener/', ':listener-rule/')}/${name}`;
  const hosts = [`${name}.example.com`];
  world.elasticloadbalancing.rules[arn] = {
    arn,
    listenerArn,
    priority: Object.keys(world.elasticloadbalancing.rules).length,
    hosts,
    otherConditions: [],
    targetGroupArn,
    tags: {},
  };
}

export function addLogGroup({ world }: Account, name: string): void {
  const arn = `arn:aws:logs:${region}:${accountId}:log-group:${name}`;
  world.logs.groups[name] = { name, arn, createdAt: world.now, tags: {}, streams: {} };
}

/** Name and message of the error that `call` throws; fails when it throws none. */
export function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  throw new Error('expected the call to be refused');
}

/** A task definition as a preview's would be; `web` listens on 3000 and logs to `/ecs/web`. */
export const taskDefinition = (
  family = 'web',
  { image = 'public.ecr.aws/docker/library/nginx:1', arm = false } = {},
) => ({
  family,
  networkMode: 'awsvpc' as const,
  requiresCompatibilities: ['FARGATE' as const],
  cpu: '256',
  memory: '512',
  executionRoleArn: roleArn,
  ...(arm ? { runtimePlatform: { cpuArchitecture: 'ARM64' as const } } : {}),
  containerDefinitions: [
    {
      name: 'web',
      image,
      portMappings: [{ containerPort: 3000 }],
      logConfiguration: {
        logDriver: 'awslogs' as const,
        options: {
          'awslogs-group': '/ecs/web',
          'awslogs-region': region,
          'awslogs-stream-prefix': 'app',
        },
      },
    },
  ],
});

/** The input of a CreateService for the service `web`, behind the target group if one is given. */
export const service = (targetGroupArn?: string) => ({
  cluster: 'previews',
  serviceName: 'web',
  taskDefinition: 'web',
  desiredCount: 1,
  networkConfiguration: {
    awsvpcConfiguration: {
      subnets: ['subnet-b', 'subnet-a'],
      securityGroups: ['sg-1'],
      assignPublicIp: 'ENABLED' as const,
    },
  },
  ...(targetGroupArn
    ? { loadBalancers: [{ targetGroupArn, containerName: 'web', containerPort: 3000 }] }
    : {}),
});
