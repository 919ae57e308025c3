import { describe, expect, it } from 'vitest';
import { explain } from '../../src/aws/errors.ts';
import type { World } from '../../src/sandbox/types.ts';
import { budgets, latencyMs } from '../helpers/budgets.ts';
import { commitOf, configOf, createStage, depth, outcome, writes } from '../helpers/stage.ts';

const listenerOf = (name: string) =>
  `arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/${name}/0123456789abcdef/00000000000000aa`;
const [first, second] = [listenerOf('edge-1'), listenerOf('edge-2')];
const on = (...arns: string[]) =>
  configOf('', (text) =>
    text.replace(
      /albListenerArn: .*/,
      `albListenerArns: [${arns.join(', ')}]\n  hostedZoneId: Z0123456789ABCDEFGHIJ`,
    ),
  );
const both = on(first, second);
const image = 'public.ecr.aws/nginx/nginx:latest';
const pr = 42;

const rulesOf = ({ elasticloadbalancing }: World) =>
  Object.values(elasticloadbalancing.rules).filter(({ hosts }) => hosts.length > 0);
const whereIs = (world: World) => rulesOf(world).map(({ listenerArn }) => listenerArn);

/** Rules of somebody else, so that the other listener has more room. */
function crowd(world: World, listenerArn: string, count = 10): void {
  for (let n = 1; n <= count; n++) {
    const arn = `${listenerArn.replace(':listener/', ':listener-rule/')}/${String(n).padStart(16, '0')}`;
    const hosts = [`${n}.example.org`];
    world.elasticloadbalancing.rules[arn] = {
      arn,
      listenerArn,
      priority: n,
      hosts,
      otherConditions: [],
      otherActions: [],
      tags: {},
    };
  }
}

/** Where the record of the preview's host leads to. */
function recordOf({ route53, elasticloadbalancing }: World, host: string): string | undefined {
  const records = Object.values(route53.zones).flatMap(
    (zone) => zone.records as { Name: string; AliasTarget?: { DNSName: string } }[],
  );
  const name = records.find(({ Name }) => Name.startsWith(host))?.AliasTarget?.DNSName;
  return Object.values(elasticloadbalancing.loadBalancers).find(
    ({ dnsName }) => dnsName === name?.replace(/\.$/, ''),
  )?.name;
}

describe('a preview on one of two listeners', () => {
  it('goes where most room is, stays there when that changes, and leaves nothing', async () => {
    const stage = await createStage({ config: both });
    const before = stage.world();
    await stage.change((world) => crowd(world, first));
    await stage.process().deploy({ pr }, { image });
    const mine = () => rulesOf(stage.world()).filter(({ hosts }) => hosts[0]?.startsWith('pr-42.'));
    expect(mine()).toMatchObject([{ listenerArn: second }]);
    expect(recordOf(stage.world(), 'pr-42.')).toBe('edge-2');

    await stage.change((world) => crowd(world, second, 30));
    const again = stage.process({ latencyMs });
    await again.deploy({ pr }, { image });
    expect(writes(again.calls)).toEqual([]);
    expect(depth(again.calls)).toBeLessThanOrEqual(budgets.depth.unchanged);
    await stage.process().deploy({ pr }, { image, commit: commitOf(2) });
    expect(mine()).toMatchObject([{ listenerArn: second }]);
    expect(await stage.process().provider.list({})).toMatchObject([{ status: 'ready' }]);
    expect((await stage.process().status({ pr })).summary.status).toBe('ready');

    const { remaining } = await stage.process().destroy({ pr });
    expect(remaining).toEqual([]);
    await stage.change(({ elasticloadbalancing: { rules } }) => {
      for (const rule of rulesOf({ elasticloadbalancing: { rules } } as World))
        delete rules[rule.arn];
    });
    expect(stage.world().elasticloadbalancing).toEqual(before.elasticloadbalancing);
    expect(stage.world().route53.zones).toEqual(before.route53.zones);
  });

  it('takes no more round trips for its first deploy than on one', async () => {
    const stage = await createStage({ config: both });
    const process = stage.process({ latencyMs });
    await process.deploy({ pr }, { image, wait: false });
    expect(depth(process.calls)).toBeLessThanOrEqual(budgets.depth.firstDeploy);
  });

  it('comes back where its record leads when its rule was removed', async () => {
    const stage = await createStage({ config: both });
    await stage.process().deploy({ pr }, { image });
    const [home = ''] = whereIs(stage.world());
    await stage.change((world) => {
      for (const { arn } of rulesOf(world)) delete world.elasticloadbalancing.rules[arn];
      crowd(world, home);
    });
    await stage.process().deploy({ pr }, { image });
    expect(whereIs(stage.world()).filter((arn) => arn === home)).toHaveLength(11);
  });

  it('has its record lead to its rule again, in one change', async () => {
    const stage = await createStage({ config: both });
    await stage.process().deploy({ pr }, { image });
    const [home] = whereIs(stage.world());
    const wrong = home === first ? 'edge-2' : 'edge-1';
    await stage.change(({ route53, elasticloadbalancing }) => {
      const balancer = Object.values(elasticloadbalancing.loadBalancers).find(
        ({ name }) => name === wrong,
      );
      for (const { records } of Object.values(route53.zones)) {
        const record = records.find(({ Name }) => String(Name).startsWith('pr-42.'));
        if (record)
          Object.assign(record.AliasTarget as object, { DNSName: `${balancer?.dnsName}.` });
      }
    });
    expect(recordOf(stage.world(), 'pr-42.')).toBe(wrong);
    const process = stage.process();
    const { steps } = await process.deploy({ pr }, { image });
    expect(steps).toMatchObject([
      { action: 'update', resource: 'dns-record', changes: [`from load balancer ${wrong}`] },
    ]);
    expect(recordOf(stage.world(), 'pr-42.')).not.toBe(wrong);
    expect(writes(process.calls).map(({ call }) => call)).toEqual([
      'route53:ChangeResourceRecordSets',
    ]);
  });

  it.each([
    ['the first', first],
    ['the second', second],
  ])('found on both keeps one, whichever: its group is at %s', async (_, home) => {
    const stage = await createStage({ config: both });
    await stage.process({ config: on(home) }).deploy({ pr }, { image });
    await stage.change(({ elasticloadbalancing: { rules } }) => {
      const [own] = Object.values(rules).filter(({ hosts }) => hosts.length > 0);
      if (!own) throw new Error('nothing is deployed');
      const listenerArn = home === first ? second : first;
      const arn = `${listenerArn.replace(':listener/', ':listener-rule/')}/feedfeedfeedfeed`;
      const { targetGroupArn: __, ...rest } = structuredClone(own);
      const page = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } };
      rules[arn] = { ...rest, arn, listenerArn, otherActions: [page] };
    });
    await stage.process().deploy({ pr }, { image });
    const [kept, ...others] = rulesOf(stage.world());
    expect(others).toEqual([]);
    expect(kept?.targetGroupArn).toMatch(/targetgroup\/previewops-hello-pr-42/);
    const balancer = kept?.listenerArn === first ? 'edge-1' : 'edge-2';
    expect(recordOf(stage.world(), 'pr-42.')).toBe(balancer);
    const process = stage.process();
    await process.deploy({ pr }, { image });
    expect(writes(process.calls)).toEqual([]);
  });

  it.each([
    [0, first],
    [10, first],
    [60, first],
    [10, second],
    [60, second],
    [110, second],
  ])('of two first deploys %i ms apart is in one place', async (apart, full) => {
    const stage = await createStage({ config: both });
    const older = outcome(
      stage.process({ latencyMs: 50, seed: 1 }).deploy({ pr }, { image, commit: commitOf(1) }),
    );
    await stage.clock.sleep(apart);
    // One of the two makes the second run choose another listener, if nothing tells it not to.
    await stage.change((world) => crowd(world, full));
    const newer = outcome(
      stage.process({ latencyMs: 50, seed: 2 }).deploy({ pr }, { image, commit: commitOf(2) }),
    );
    expect((await Promise.all([older, newer])).toSorted()).toEqual(['done', 'superseded']);
    const mine = rulesOf(stage.world()).filter(({ hosts }) => hosts[0]?.startsWith('pr-42.'));
    expect(mine).toHaveLength(1);
    const balancer = mine[0]?.listenerArn === first ? 'edge-1' : 'edge-2';
    expect(recordOf(stage.world(), 'pr-42.')).toBe(balancer);
  });

  it('on a load balancer that the configuration does not name any more is a conflict', async () => {
    const stage = await createStage({ config: both });
    await stage.process({ config: on(first) }).deploy({ pr }, { image });
    const elsewhere = stage.process({ config: on(second) });
    const error = await elsewhere.deploy({ pr }, { image }).then(() => undefined, explain);
    expect(error).toMatchObject({ code: 'conflict', exitCode: 4 });
    expect(error?.message).toContain('belongs to load balancer edge-1');
    expect(error?.hint).toContain('albListenerArns');
    expect(writes(elsewhere.calls)).toEqual([]);
  });

  it('is not looked for where one listener is gone: that is said by its ARN', async () => {
    const stage = await createStage({ config: both });
    await stage.change(({ elasticloadbalancing }) => {
      delete elasticloadbalancing.listeners[second];
    });
    const error = await stage
      .process()
      .deploy({ pr }, { image })
      .then(() => undefined, explain);
    expect(error).toMatchObject({ code: 'not-found', message: `There is no listener ${second}` });
  });
});
