import { beforeAll, describe, expect, it } from 'vitest';
import { explain } from '../../src/aws/errors.ts';
import type { Config } from '../../src/config/types.ts';
import type { PreviewopsError } from '../../src/errors.ts';
import type { CallKey } from '../../src/permissions/manifest.ts';
import { vcpuQuotas } from '../../src/preview/quotas.ts';
import { countRequest } from '../../src/sandbox/requests.ts';
import type { World } from '../../src/sandbox/types.ts';
import { budgets, latencyMs } from '../helpers/budgets.ts';
import {
  commitOf,
  configOf,
  createStage,
  depth,
  outcome,
  type Process,
  type Stage,
  writes,
} from '../helpers/stage.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';

const image = 'public.ecr.aws/nginx/nginx:latest';
const given = { image, wait: false };
const listenerOf = (name: string) =>
  `arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/${name}/0123456789abcdef/00000000000000aa`;
const twoListeners = configOf('', (text) =>
  text.replace(
    /albListenerArn: .*/,
    `albListenerArns: [${listenerOf('edge-1')}, ${listenerOf('edge-2')}]\n  hostedZoneId: Z0123456789ABCDEFGHIJ`,
  ),
);

/** An account whose quotas of vCPU are in nobody's way. */
async function createRoomyStage(config?: Config): Promise<Stage> {
  const stage = await createStage(config ? { config } : {});
  await stage.change((world) => setVcpu(world, 1000));
  return stage;
}

const errorOf = (work: Promise<unknown>): Promise<PreviewopsError> =>
  work.then(
    () => Promise.reject(new Error('it went well')),
    (error: unknown) => explain(error),
  );

const rulesOf = ({ elasticloadbalancing }: World) =>
  Object.values(elasticloadbalancing.rules).filter(({ hosts }) => hosts.length > 0);
const bare = (name: string) => name.replace(/\.$/, '');
const notesOf = ({ events }: Process) =>
  events.flatMap((event) => (event.type === 'note' ? [event.text] : []));

/** So many at once, each in a process of its own; how they ended, by code. */
async function deployMany(stage: Stage, count: number) {
  const ends: Record<string, number> = {};
  const errors: PreviewopsError[] = [];
  const prs = Array.from({ length: count }, (_, i) => i + 1);
  await Promise.all(
    prs.map(async (pr) => {
      const work = stage.process({ latencyMs: 50, seed: pr }).deploy({ pr }, given);
      const error = await work.then(() => undefined, explain);
      const end = error?.code ?? 'done';
      ends[end] = (ends[end] ?? 0) + 1;
      if (error) errors.push(error);
    }),
  );
  return { ends, errors };
}

describe('120 deploys at once', () => {
  it('fill one load balancer: 100 end well, 20 leave nothing and say what to do', async () => {
    const stage = await createRoomyStage();
    const { ends, errors } = await deployMany(stage, 120);
    expect(ends).toEqual({ done: 100, 'limit-reached': 20 });
    for (const error of errors) {
      expect(error.exitCode).toBe(4);
      expect(error.message).toMatch(
        /^There is no room for preview pr-\d+: load balancer my-alb has 100 of 100 (target groups|listener rules) in use$/,
      );
      expect(error.hint).toMatch(/^Longest without a deploy: pr-\d+ \(\d+ s\), /);
      expect(error.hint).toContain('previewops prune');
      expect(error.hint).toContain('--evict oldest-idle');
      expect(error.hint).toContain('providerConfig.albListenerArns');
    }
    const { elasticloadbalancing, logs, ecs } = stage.world();
    expect(Object.keys(elasticloadbalancing.targetGroups)).toHaveLength(100);
    expect(Object.keys(logs.groups)).toHaveLength(100);
    expect(Object.values(ecs.services).filter(({ status }) => status === 'ACTIVE')).toHaveLength(
      100,
    );

    // One more is refused before anything is made; those that are there are updated all the same.
    const further = stage.process();
    const refused = await errorOf(further.deploy({ pr: 900 }, given));
    expect(refused.message).toContain('load balancer my-alb has 100 of 100 target groups in use');
    expect(writes(further.calls)).toEqual([]);
    const own = rulesOf(stage.world())[0]?.tags['previewops:preview'] ?? '';
    const again = stage.process();
    await again.deploy({ pr: Number(own.slice(3)) }, { ...given, commit: commitOf(2) });
    expect(writes(again.calls).map(({ call }) => call)).toContain('ecs:UpdateService');
  });

  it('find room on two load balancers, with a record that leads to the right one each', async () => {
    const stage = await createRoomyStage(twoListeners);
    const { ends } = await deployMany(stage, 120);
    expect(ends).toEqual({ done: 120 });
    const { elasticloadbalancing: elb, route53 } = stage.world();
    const rules = rulesOf(stage.world());
    expect(rules).toHaveLength(120);
    const records = new Map(
      Object.values(route53.zones)
        .flatMap((zone) => zone.records as { Name: string; AliasTarget?: { DNSName: string } }[])
        .map(({ Name, AliasTarget }) => [bare(Name), bare(AliasTarget?.DNSName ?? '')]),
    );
    for (const { hosts, listenerArn } of rules) {
      const balancer = elb.loadBalancers[elb.listeners[listenerArn]?.loadBalancerArn ?? ''];
      expect(records.get(hosts[0] ?? '')).toBe(balancer?.dnsName);
    }
  });
});

describe('a new preview and maxPreviews', () => {
  const limited = configOf('maxPreviews: 3\n');
  const clock = createVirtualClock();
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage({ config: limited, clock });
    for (const pr of [1, 2, 3]) {
      await stage.process().deploy({ pr }, { image });
      await clock.sleep(30 * 60_000);
    }
  });

  it('is refused with the oldest by name, before anything is made', async () => {
    const process = stage.process({ latencyMs: 50 });
    const error = await errorOf(process.deploy({ pr: 4 }, given));
    expect(error).toMatchObject({ code: 'limit-reached', exitCode: 4 });
    expect(error.message).toBe('There is no room for preview pr-4: app hello has 3 of 3 previews');
    expect(error.hint).toMatch(
      /^Longest without a deploy: pr-1 \(1 h\), pr-2 \(1 h\), pr-3 \(30 m\)\.\n/,
    );
    expect(error.hint).toContain('raise maxPreviews');
    expect(error.details).toMatchObject({
      limits: ['max-previews'],
      oldest: [{ app: 'hello', id: 'pr-1' }, { id: 'pr-2' }, { id: 'pr-3' }],
    });
    expect(writes(process.calls)).toEqual([]);
  });

  it('is shown by a dry run as what is in its way', async () => {
    const { provider } = stage.process();
    const identity = { app: 'hello', id: 'pr-4', pr: 4, host: 'pr-4.x', url: 'https://pr-4.x' };
    const request = { identity, image, wait: false, timeoutMs: 60_000 };
    const { plan } = await provider.deploy(request);
    expect(plan.conflicts).toMatchObject([
      { name: 'pr-4.x', reason: 'finds no room: app hello has 3 of 3 previews' },
    ]);
    const evicting = await provider.deploy({ ...request, evict: 'oldest-idle' });
    expect(evicting.plan.conflicts).toEqual([]);
    expect(evicting.plan.warnings).toContain(
      '--evict oldest-idle would remove a preview first: app hello has 3 of 3 previews',
    );
  });

  it('counts this app alone, and leaves what exists alone', async () => {
    const other = configOf('maxPreviews: 3\n', (text) =>
      text.replace('app: hello', "app: other\nhostPattern: 'other-{id}.{baseDomain}'"),
    );
    const copy = await createStage({ config: limited, world: stage.world(), clock });
    expect(await outcome(copy.process({ config: other }).deploy({ pr: 1 }, given))).toBe('done');
    expect(await outcome(copy.process().deploy({ pr: 2 }, { ...given, commit: commitOf(2) }))).toBe(
      'done',
    );
    const first = copy.process({ latencyMs, config: configOf('maxPreviews: 9\n') });
    await first.deploy({ pr: 4 }, given);
    expect(depth(first.calls)).toBeLessThanOrEqual(budgets.depth.firstDeploy);
  });

  const evict = { ...given, evict: 'oldest-idle' } as const;
  const copyOf = () => createStage({ config: limited, world: stage.world(), clock });
  const idsIn = async (copy: Stage) =>
    (await copy.process().provider.list({})).map(({ id }) => id).toSorted();

  it('--evict frees the oldest for it, says so, and leaves the young and the kept', async () => {
    await clock.sleep(10 * 60_000); // the probe of its own deploy was a request, too
    const copy = await copyOf();
    await copy.process().provider.keep(identityOf(1), 'forever');
    const process = copy.process();
    const { warnings } = await process.deploy({ pr: 4 }, evict);
    expect(warnings).toContain('removed preview pr-2, last deployed 1 h ago, to make room');
    expect(notesOf(process)).toContain(
      '--evict oldest-idle removes preview pr-2, last deployed 1 h ago: app hello has 3 of 3 previews',
    );
    expect(await idsIn(copy)).toEqual(['pr-1', 'pr-3', 'pr-4']);

    // pr-1 is kept, pr-3 and pr-4 are young.
    const next = copy.process();
    const error = await errorOf(next.deploy({ pr: 5 }, evict));
    expect(error.hint).toContain('--evict oldest-idle found none that may go');
    expect(writes(next.calls)).toEqual([]);
  });

  it('--evict removes none where one is not enough', async () => {
    const strict = (await copyOf()).process({ config: configOf('maxPreviews: 2\n') });
    const error = await errorOf(strict.deploy({ pr: 4 }, evict));
    expect(error.message).toContain('app hello has 3 of 2 previews');
    expect(error.hint).toContain('--evict oldest-idle removes one, and more have to go');
    const dry = { ...evict, identity: identityOf(4), timeoutMs: 60_000 };
    const { plan } = await strict.provider.deploy(dry);
    expect(plan.warnings).not.toContainEqual(expect.stringContaining('would remove a preview'));
    expect(plan.conflicts[0]?.hint).toMatch(
      /^--evict oldest-idle removes one, and more have to go\.\nRemove what nobody needs: /,
    );
    expect(writes(strict.calls)).toEqual([]);
  });

  it.each([
    ['has not expired', 3_600_000],
    ['has expired', -3_600_000],
  ])('--evict leaves what got requests within the hour and %s', async (_, expiresInMs) => {
    if (expiresInMs > 0) await clock.sleep(10 * 60_000);
    const copy = await copyOf();
    await copy.change((world) => {
      for (const { name, tags } of Object.values(world.ecs.services)) {
        const at = new Date(world.now + expiresInMs).toISOString();
        if (name.endsWith('--pr-1')) tags['previewops:expires'] = at;
      }
      const [arn = ''] = Object.keys(world.elasticloadbalancing.targetGroups).filter((one) =>
        one.includes('/previewops-hello-pr-1/'),
      );
      countRequest(world, arn, world.now - 5 * 60_000);
    });
    const process = copy.process();
    await process.deploy({ pr: 4 }, evict);
    expect(process.calls.map(({ call }) => call)).toContain('cloudwatch:GetMetricData');
    expect(await idsIn(copy)).toEqual(['pr-1', 'pr-3', 'pr-4']);
  });

  it('--evict that was killed half way takes no second preview', async () => {
    const copy = await copyOf();
    const fault = { call: 'ecs:DeleteService', nth: 1, fault: 'kill' } as const;
    const dying = copy.process({ faults: [fault] });
    await Promise.race([outcome(dying.deploy({ pr: 4 }, evict)), dying.killed]);
    await copy.process().deploy({ pr: 4 }, evict);
    const listed = await copy.process().provider.list({});
    expect(listed.filter(({ status }) => status === 'ready').map(({ id }) => id)).toEqual(
      expect.arrayContaining(['pr-2', 'pr-3']),
    );
  });
});

describe('a new preview and the room of the account', () => {
  const clock = createVirtualClock();
  const minute = 60_000;
  const crowded = async (vcpu: number) => {
    const stage = await createStage({ clock });
    await stage.change((world) => setVcpu(world, vcpu));
    return stage;
  };

  it('is refused where all vCPU are in use, before anything is made', async () => {
    const stage = await crowded(0.75);
    await stage.process().deploy({ pr: 1 }, { image });
    await clock.sleep(2 * minute);
    const process = stage.process();
    const error = await errorOf(process.deploy({ pr: 2 }, { image }));
    expect(error).toMatchObject({ code: 'limit-reached', exitCode: 4 });
    expect(error.message).toBe(
      'There is no room for preview pr-2: the account runs 0.5 of 0.75 vCPU of Fargate in us-east-1, and a preview takes 0.5',
    );
    expect(error.hint).toMatch(/^Longest without a deploy: pr-1 \(\d m\)\./);
    expect(error.hint).toContain('Service Quotas, "Fargate On-Demand vCPU resource count"');
    expect(error.details).toMatchObject({ limits: ['vcpu'], oldest: [{ id: 'pr-1' }] });
    expect(writes(process.calls)).toEqual([]);
    // What is there is updated; ECS may find room for the new task once the old one is gone.
    await stage.process().deploy({ pr: 1 }, { ...given, commit: commitOf(2) });
  });

  it('is refused where CloudWatch has not counted yet', async () => {
    const stage = await crowded(0.5);
    await stage.process().deploy({ pr: 1 }, { image });
    const process = stage.process();
    const error = await errorOf(process.deploy({ pr: 2 }, { image }));
    expect(error.message).toContain('the account runs 0.5 of 0.5 vCPU of Fargate');
    expect(writes(process.calls)).toEqual([]);
  });

  it('is refused by ECS where nobody may count, with the oldest previews, too', async () => {
    const stage = await crowded(0.5);
    await stage.process().deploy({ pr: 1 }, { image });
    const denied = { call: 'cloudwatch:GetMetricData', nth: 1, fault: 'denied' } as const;
    const process = stage.process({ faults: [denied] });
    const error = await errorOf(process.deploy({ pr: 2 }, { image }));
    expect(writes(process.calls)).not.toEqual([]);
    expect(error).toMatchObject({ code: 'limit-reached', exitCode: 4 });
    expect(error.hint).toMatch(/Longest without a deploy: pr-1 \(\d+ [sm]\)\./);
  });

  it('tries at once what ECS would try again in a while, and then others may go for it', async () => {
    const stage = await crowded(0.5);
    await stage.process().deploy({ pr: 1 }, { image });
    await clock.sleep(90 * minute);
    const denied = { call: 'servicequotas:GetServiceQuota', nth: 1, fault: 'denied' } as const;
    await errorOf(stage.process({ faults: [denied] }).deploy({ pr: 2 }, { image }));
    await clock.sleep(5 * minute);

    // There is no room still: the deploy says what ECS says now.
    const again = stage.process();
    const error = await errorOf(again.deploy({ pr: 2 }, { image }));
    expect(error).toMatchObject({ code: 'limit-reached', exitCode: 4 });
    expect(writes(again.calls).map(({ call }) => call)).toContain('ecs:UpdateService');

    const { warnings } = await stage.process().deploy({ pr: 2 }, { image, evict: 'oldest-idle' });
    expect(warnings).toContainEqual(expect.stringMatching(/^removed preview pr-1, /));
    const listed = await stage.process().provider.list({});
    expect(listed.map(({ id, status }) => `${id} ${status}`)).toEqual(['pr-2 ready']);
  });

  it('needs nobody to go where its own task has the last place, on its way or on its way out', async () => {
    const stage = await crowded(1);
    await stage.process().deploy({ pr: 1 }, { image });
    await clock.sleep(90 * minute);
    const killedAt = async (
      call: CallKey,
      nth: number,
      begin: (process: Process) => Promise<unknown>,
    ) => {
      const dying = stage.process({ faults: [{ call, nth, fault: 'kill' }] });
      await Promise.race([outcome(begin(dying)), dying.killed]);
    };
    const evict = { image, evict: 'oldest-idle' } as const;
    const states = () => Object.values(stage.world().ecs.tasks).map((task) => task.lastStatus);

    await killedAt('ecs:DescribeServiceDeployments', 1, (one) => one.deploy({ pr: 2 }, { image }));
    await clock.sleep(3_000);
    expect(states()).toEqual(['RUNNING', 'PENDING']);
    await stage.process().deploy({ pr: 2 }, evict);
    expect(await idsOf(stage)).toEqual(['pr-1', 'pr-2']);

    await killedAt('ecs:DescribeServices', 2, (one) => one.destroy({ pr: 2 }));
    expect(Object.values(stage.world().ecs.services).map(({ status }) => status)).toEqual([
      'ACTIVE',
      'DRAINING',
    ]);
    await stage.process().deploy({ pr: 2 }, evict);
    expect(await idsOf(stage)).toEqual(['pr-1', 'pr-2']);
  });

  it('is not refused for what has just gone', async () => {
    const stage = await crowded(0.5);
    await stage.process().deploy({ pr: 1 }, { image });
    await clock.sleep(5 * minute);
    await stage.process().destroy({ pr: 1 });
    const process = stage.process();
    await process.deploy({ pr: 2 }, { image });
    expect(process.calls.map(({ call }) => call)).toContain('ecs:ListTasks');
  });

  it('takes the place of the oldest that runs with --evict', async () => {
    const stage = await crowded(1);
    await stage.process().deploy({ pr: 1 }, { image });
    await stage.process().deploy({ pr: 2 }, { image });
    await stage.process().provider.stop({ identity: identityOf(1) });
    await clock.sleep(minute); // its task has to end first
    await stage.process().deploy({ pr: 3 }, { image });
    await clock.sleep(90 * minute);
    const { warnings } = await stage.process().deploy({ pr: 4 }, { image, evict: 'oldest-idle' });
    expect(warnings).toContainEqual(
      expect.stringMatching(/^removed preview pr-2, .* to make room$/),
    );
    const listed = await stage.process().provider.list({});
    expect(listed.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'pr-1 stopped',
      'pr-3 ready',
      'pr-4 ready',
    ]);
  });

  it('removes none with --evict that runs on Spot for one that is to run on demand', async () => {
    const stage = await createStage({ clock });
    await stage.change(({ quotas }) => {
      const quota = quotas[vcpuQuotas.onDemand];
      if (quota) quota.value = 0.5;
    });
    const spot = configOf('task: { spot: true }\n');
    await stage.process({ config: spot }).deploy({ pr: 1 }, { image });
    await clock.sleep(minute);
    await stage.process().deploy({ pr: 2 }, { image });
    await clock.sleep(90 * minute);
    await stage.process().deploy({ pr: 3 }, { image, evict: 'oldest-idle' });
    expect(await idsOf(stage)).toEqual(['pr-1', 'pr-3']);
  });

  it('removes nobody with --evict where that would not help', async () => {
    const stage = await crowded(0.5);
    await stage.process().deploy({ pr: 1 }, { image });
    await clock.sleep(90 * minute);
    const large = configOf('task: { cpu: 1024, memory: 2048 }\n');
    const process = stage.process({ config: large });
    const error = await errorOf(process.deploy({ pr: 2 }, { image, evict: 'oldest-idle' }));
    expect(error.message).toContain('the account may run 0.5 vCPU of Fargate in us-east-1');
    expect(error.hint).toMatch(/^--evict oldest-idle would not help\.\nMore of them: /);
    expect(writes(process.calls)).toEqual([]);
    const { plan } = await process.provider.deploy({
      ...given,
      identity: identityOf(2),
      evict: 'oldest-idle',
      timeoutMs: 60_000,
    });
    expect(plan.conflicts).toMatchObject([{ name: 'previewops-hello--pr-2' }]);
  });

  it('takes the place of one that holds enough, though others are older', async () => {
    const stage = await crowded(1.5);
    const large = configOf('task: { cpu: 1024, memory: 2048 }\n');
    await stage.process().deploy({ pr: 1 }, { image });
    await stage.process({ config: large }).deploy({ pr: 2 }, { image });
    await clock.sleep(90 * minute);
    const evict = { image, evict: 'oldest-idle' } as const;
    const { warnings } = await stage.process({ config: large }).deploy({ pr: 3 }, evict);
    expect(warnings).toContainEqual(expect.stringMatching(/^removed preview pr-2, /));

    // Of what is left, the old one holds half of what is missing, and the other one is young.
    const next = stage.process({ config: large });
    const error = await errorOf(next.deploy({ pr: 4 }, evict));
    expect(error.hint).toContain('found none that may go');
    expect(writes(next.calls)).toEqual([]);
  });

  it('ends where there is room for some of its tasks only', async () => {
    const stage = await crowded(0.5);
    const two = configOf('task: { count: 2 }\n');
    const denied = { call: 'servicequotas:GetServiceQuota', nth: 1, fault: 'denied' } as const;
    const process = stage.process({ config: two, faults: [denied] });
    const error = await errorOf(process.deploy({ pr: 1 }, { image }));
    expect(error).toMatchObject({ code: 'limit-reached', exitCode: 4 });
  });

  it('waits for the addresses of what it removed', async () => {
    const stage = await createStage({ clock });
    const addresses = (free: number) =>
      stage.change(({ network }) => {
        for (const subnet of Object.values(network.subnets)) subnet.availableAddresses = free;
      });
    await stage.process().deploy({ pr: 1 }, { image });
    await clock.sleep(90 * minute);
    await addresses(0);
    const process = stage.process();
    const error = await errorOf(process.deploy({ pr: 2 }, { image }));
    expect(error.message).toContain('the 2 subnets have 0 free addresses, and a preview takes 1');
    const deploy = process.deploy({ pr: 2 }, { image, evict: 'oldest-idle' });
    while (Object.values(stage.world().ecs.services).some(({ status }) => status !== 'INACTIVE')) {
      await clock.sleep(1000);
    }
    await clock.sleep(20_000); // AWS takes a while to give an address back
    await addresses(10);
    expect((await deploy).warnings).toContainEqual(
      expect.stringMatching(/^removed preview pr-1, /),
    );
  });

  it('says whom it removed where that was not enough', async () => {
    const stage = await createStage({ clock });
    await stage.process().deploy({ pr: 1 }, { image });
    await clock.sleep(90 * minute);
    await stage.change(({ network }) => {
      for (const subnet of Object.values(network.subnets)) subnet.availableAddresses = 0;
    });
    const work = stage.process().deploy({ pr: 2 }, { image, evict: 'oldest-idle' });
    const { code, hint } = await errorOf(work);
    expect(code).toBe('limit-reached');
    expect(hint).toMatch(
      /^--evict oldest-idle removed preview pr-1, .* to make room, and that was not enough\.\n/,
    );
    expect(hint).not.toContain('or let the deploy remove one');
  });
});

const idsOf = async (stage: Stage) =>
  (await stage.process().provider.list({})).map(({ id }) => id).toSorted();

function setVcpu({ quotas }: World, value: number): void {
  for (const code of Object.values(vcpuQuotas)) {
    const quota = quotas[code];
    if (quota) quota.value = value;
  }
}

const identityOf = (pr: number) => ({
  app: 'hello',
  id: `pr-${pr}`,
  pr,
  host: `pr-${pr}.previews.example.com`,
  url: `https://pr-${pr}.previews.example.com`,
});
