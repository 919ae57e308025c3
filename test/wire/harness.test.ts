import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { actionsOnly, createUser } from '../helpers/wire/iam.ts';
import { connect, openWireWorld, type WireWorld } from '../helpers/wire/world.ts';

let world: WireWorld;

/** The tool's AWS as this user of the world; the SDK reads endpoint and keys from the environment. */
function connectAs(user?: Parameters<WireWorld['env']>[0]) {
  for (const [name, value] of Object.entries(world.env(user))) vi.stubEnv(name, value);
  return connect();
}

beforeAll(async () => {
  world = await openWireWorld();
});
beforeEach(() => world.proxy.clear());
afterAll(async () => {
  vi.unstubAllEnvs();
  await world?.close(); // absent when moto did not start
});

describe('faults of the proxy', () => {
  const cluster = () => world.config.providerConfig.cluster;
  const create = (logGroupName: string) =>
    connectAs().call('logs:CreateLogGroup', { logGroupName });

  it('throttles in each protocol, and the tool waits it out', async () => {
    const aws = connectAs();
    world.proxy.fail('ecs:ListServices', 'throttle', 2);
    await aws.call('ecs:ListServices', { cluster: cluster() });
    world.proxy.fail('elasticloadbalancing:DescribeRules', 'throttle');
    const { albListenerArn: ListenerArn } = world.config.providerConfig;
    await aws.call('elasticloadbalancing:DescribeRules', { ListenerArn });
    world.proxy.fail('route53:GetChange', 'throttle');
    await aws.call('route53:GetChange', { Id: 'C1' });
    expect(world.proxy.seen).toEqual([
      ...Array(3).fill('ecs:ListServices'),
      ...Array(2).fill('elasticloadbalancing:DescribeRules'),
      ...Array(2).fill('route53:GetChange'),
    ]);
  });

  it.each(['error', 'reset', 'lost'] as const)('repeats a read after %s', async (fault) => {
    world.proxy.fail('ecs:ListServices', fault);
    await connectAs().call('ecs:ListServices', { cluster: cluster() });
    expect(world.proxy.seen).toEqual(['ecs:ListServices', 'ecs:ListServices']);
  });

  it.each([
    ['error', false],
    ['reset', false],
    ['lost', true],
  ] as const)('does not repeat a write after %s; done by AWS: %s', async (fault, done) => {
    const name = `/fault/${fault}`;
    world.proxy.fail('logs:CreateLogGroup', fault);
    await expect(create(name)).rejects.toThrow();
    const found = await connectAs().call('logs:DescribeLogGroups', { logGroupNamePrefix: name });
    expect(found.logGroups).toHaveLength(done ? 1 : 0);
    expect(world.proxy.seen).toEqual(['logs:CreateLogGroup', 'logs:DescribeLogGroups']);
  });
});

describe('IAM in moto', () => {
  it('refuses what the policy does not list, and says which action, in each protocol', async () => {
    const { cluster, albListenerArn: ListenerArn } = world.config.providerConfig;
    const scoped = {
      Statement: [
        {
          Effect: 'Allow' as const,
          Action: 'ecs:ListServices',
          Resource: 'arn:aws:ecs:*:*:service/x',
        },
      ],
    };
    const user = await createUser(world.moto.url, 'lister', actionsOnly(scoped));
    await world.moto.enforceIam();
    try {
      const aws = connectAs(user);
      await aws.call('ecs:ListServices', { cluster });
      const refused = {
        'ecs:DescribeServices': () =>
          aws.call('ecs:DescribeServices', { cluster, services: ['a'] }),
        'codebuild:UpdateProject': () => aws.call('codebuild:UpdateProject', { name: 'a' }),
        'elasticloadbalancing:DescribeRules': () =>
          aws.call('elasticloadbalancing:DescribeRules', { ListenerArn }),
        'route53:GetChange': () => aws.call('route53:GetChange', { Id: 'C1' }),
      };
      for (const [action, call] of Object.entries(refused)) {
        // AWS names it AccessDeniedException in the JSON services, and says the resource as well.
        await expect(call()).rejects.toMatchObject({
          name: 'AccessDenied',
          message: expect.stringContaining(`not authorized to perform: ${action}`),
        });
      }
    } finally {
      await world.moto.allowEverything();
    }
  });

  it('checks signatures, so that the proxy must leave the signed headers alone', async () => {
    await world.moto.enforceIam();
    try {
      const { cluster } = world.config.providerConfig;
      await connectAs().call('ecs:ListServices', { cluster });
      const forged = connectAs({ ...world.admin, secretAccessKey: 'guessed' });
      await expect(forged.call('ecs:ListServices', { cluster })).rejects.toMatchObject({
        name: 'SignatureDoesNotMatch',
      });
    } finally {
      await world.moto.allowEverything();
    }
  });
});
