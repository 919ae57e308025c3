import { describe, expect, it } from 'vitest';
import { bigWorld } from '../helpers/big-world.ts';
import { budgets, latencyMs } from '../helpers/budgets.ts';
import { measureListMemory } from '../helpers/list-memory.ts';
import { listAmongMany } from '../helpers/round-trips.ts';
import { configOf, createStage, depth } from '../helpers/stage.ts';

const config = configOf();

const everythingBut = (action: string) => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow' as const, Action: '*', Resource: '*' },
    { Effect: 'Deny' as const, Action: action, Resource: '*' },
  ],
});

describe('1,000 previews among 5,000 other services, on 3 listeners', () => {
  it('are listed within AWS’s rates, no deeper than the listing of services and two calls', async () => {
    const { previews, calls, events, tookMs, chain } = await listAmongMany(config);

    expect(previews.map(({ id }) => id)).toEqual(
      Array.from({ length: 1000 }, (_, at) => `pr-${at + 1}`),
    );
    expect(previews.map(({ status }) => status)).toEqual(
      Array.from({ length: 1000 }, (_, at) => (at < 300 ? 'expired' : 'ready')),
    );
    expect(chain).toBe(60);
    const most = chain + budgets.list.depthBesideChain;
    expect(depth(calls)).toBeLessThanOrEqual(most);
    expect(tookMs).toBeLessThanOrEqual(most * latencyMs);
    // Nothing was refused, and nothing asked for one by one.
    expect(calls.filter(({ error }) => error !== null)).toEqual([]);
    expect(calls.length).toBeLessThanOrEqual(budgets.list.calls);
    expect(events).toEqual([]);
  });

  const most = budgets.list.megabytes;

  it(`take at most ${most.all} MB, the simulated account included`, async () => {
    const { previews, account, listing } = await measureListMemory({ most: most.all });
    expect(previews).toBe(1000);
    expect(listing).toBeLessThanOrEqual(most.listing);
    expect(account + listing).toBeLessThanOrEqual(most.all);
  });
});

describe('what a permission is missing for', () => {
  const world = bigWorld(config, { previews: 25 });
  const lostOf: Record<string, string> = {
    'tag:GetResources': 'previews of other clusters are not told apart',
    'ecs:ListTaskDefinitionFamilies': 'task definitions that are left of a preview are not seen',
    'ecr:ListImages': 'images in previewops/hello are not seen',
  };

  it.each(Object.entries(lostOf))('%s is said once, and the rest goes on', async (action, lost) => {
    const stage = await createStage({ config, world: await world });
    const process = stage.process({ policies: [everythingBut(action)] });
    const previews = await process.provider.list({ app: 'hello' });
    expect(new Set(previews.map(({ status }) => status))).toEqual(new Set(['ready']));
    expect(previews).toHaveLength(25);
    const told = process.events.map((event) => (event.type === 'note' ? event.text : event.type));
    expect(told).toEqual([expect.stringContaining(lost)]);
    expect(told[0]).toContain(`${action} is missing`);
  });

  it('without the index another app’s leftover is listed, and no orphan to be removed', async () => {
    const leftover = structuredClone(await world);
    for (const [arn, service] of Object.entries(leftover.ecs.services)) {
      if (service.name.endsWith('--pr-7')) delete leftover.ecs.services[arn];
    }
    const of = async (app: string) => {
      const stage = await createStage({ config, world: leftover });
      const process = stage.process({
        config: { ...config, app },
        policies: [everythingBut('tag:GetResources')],
      });
      const previews = await process.provider.list({});
      return previews.find(({ id }) => id === 'pr-7')?.elsewhere;
    };
    expect(await of('hello')).toBeNull();
    expect(await of('another')).toBe('another cluster, perhaps');
  });
});

it('a rule that vanishes between two calls costs its own tags only', async () => {
  const stage = await createStage({ config, world: await bigWorld(config, { previews: 45 }) });
  const gone = async () => {
    await stage.change((world) => {
      const { rules } = world.elasticloadbalancing;
      for (const [arn, { hosts }] of Object.entries(rules)) {
        if (hosts[0] === 'pr-30.previews.example.com') delete rules[arn];
      }
    });
  };
  const process = stage.process({
    latencyMs,
    onCall: () => {
      if (process.calls.at(-1)?.call === 'elasticloadbalancing:DescribeRules') void gone();
    },
  });
  const previews = await process.provider.list({ app: 'hello' });
  const refused = process.calls.filter(({ error }) => error !== null);
  expect(refused.map(({ call, error }) => `${call} ${error}`)).toContain(
    'elasticloadbalancing:DescribeTags RuleNotFoundException',
  );
  const odd = previews.filter(({ resources }) => !resources.includes('listener-rule'));
  expect(odd.map(({ id }) => id)).toEqual(['pr-30']);
  expect(previews).toHaveLength(45);
});
