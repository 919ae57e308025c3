import type { Input, Output, ServiceKey } from '../../../src/aws/api.ts';
import { services } from '../../../src/aws/api.ts';
import type { SdkClient } from '../../../src/aws/aws.ts';
import type { CallKey } from '../../../src/permissions/manifest.ts';
import { createSandbox, type MemoryOptions, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import type { Seed } from '../../../src/sandbox/seed.ts';
import type { World } from '../../../src/sandbox/types.ts';
import { createVirtualClock, type VirtualClock } from '../../helpers/virtual-clock.ts';

// Importing a client takes real time, in which a virtual clock must not run: all of it comes first.
await Promise.all(Object.values(services).map((load) => load()));

export const account = '123456789012';
export const region = 'us-east-1';
export const balancerArn = `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/shared/0123456789abcdef`;
export const listenerArn = `arn:aws:elasticloadbalancing:${region}:${account}:listener/app/shared/0123456789abcdef/fedcba9876543210`;
export const zoneId = 'Z0ABCDEFGHIJKL';

export const seed: Seed = {
  account,
  region,
  cluster: 'previews',
  vpc: 'vpc-0abc',
  subnets: ['subnet-0a', 'subnet-0b'],
  securityGroups: ['sg-0abc'],
  listenerArn,
  roleArns: [`arn:aws:iam::${account}:role/tasks`],
  baseDomain: 'previews.example.com',
  hostedZone: { id: zoneId, name: 'previews.example.com' },
};

export type Call = <K extends CallKey>(key: K, input: Input<K>) => Promise<Output<K>>;

/** One call through a real SDK client, with the sandbox in front of it. */
export function callerOf(sandbox: Sandbox): Call {
  const clients = new Map<string, Promise<{ client: SdkClient; commands: object }>>();
  const connect = (service: ServiceKey) => {
    const made =
      clients.get(service) ??
      services[service]().then(({ Client, commands }) => {
        const client = new Client({ region, maxAttempts: 1 }) as unknown as SdkClient;
        sandbox.instrument(client);
        return { client, commands };
      });
    clients.set(service, made);
    return made;
  };
  return async (key, input) => {
    const [service, operation] = key.split(':') as [ServiceKey, string];
    const { client, commands } = await connect(service);
    const Command = (commands as Record<string, new (input: object) => unknown>)[operation];
    if (!Command) throw new Error(`no command for ${key}`);
    return (await client.send(new Command(input as object))) as never;
  };
}

export interface TestAccount {
  sandbox: Sandbox;
  clock: VirtualClock;
  call: Call;
}

/** A seeded account on a virtual clock. */
export function openAccount(options: Partial<MemoryOptions> = {}): TestAccount {
  const clock = createVirtualClock();
  const sandbox = createSandbox({ clock, seed, ...options });
  return { sandbox, clock, call: callerOf(sandbox) };
}

/** The seeded account after `edit`, as a test wants it broken. */
export function openEdited(edit: (world: World) => void, options: Partial<MemoryOptions> = {}) {
  const first = openAccount(options.seed ? { seed: options.seed } : {});
  const world = first.sandbox.world();
  edit(world);
  const { seed: _, ...others } = options;
  const sandbox = createSandbox({ clock: first.clock, world, ...others });
  return { sandbox, clock: first.clock, call: callerOf(sandbox) };
}

/** What a call is expected to fail with. */
export async function failure(work: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  return work.then(
    () => {
      throw new Error('the call succeeded, but was expected to fail');
    },
    (error: Error & Record<string, unknown>) => error,
  );
}

/** The error of a call as `Name: message`. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  const { name, message } = await failure(work);
  return `${name}: ${message}`;
}

/** A target group of the given name with AWS's defaults. */
export async function makeGroup(call: Call, name: string, tags: Record<string, string> = {}) {
  const { TargetGroups } = await call('elasticloadbalancing:CreateTargetGroup', {
    Name: name,
    Protocol: 'HTTP',
    Port: 80,
    VpcId: seed.vpc,
    TargetType: 'ip',
    ...(Object.keys(tags).length > 0
      ? { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
      : {}),
  });
  return TargetGroups?.[0]?.TargetGroupArn ?? '';
}

/** A rule that forwards a host to a target group. */
export async function makeRule(
  call: Call,
  rule: { host: string; priority: number; targetGroupArn: string; listener?: string },
) {
  const { Rules } = await call('elasticloadbalancing:CreateRule', {
    ListenerArn: rule.listener ?? listenerArn,
    Priority: rule.priority,
    Conditions: [{ Field: 'host-header', Values: [rule.host] }],
    Actions: [{ Type: 'forward', TargetGroupArn: rule.targetGroupArn }],
  });
  return Rules?.[0]?.RuleArn ?? '';
}
