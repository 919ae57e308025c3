import { beforeEach, expect, test } from 'vitest';
import { identify } from '../../../src/preview/identity.ts';
import { createSandbox } from '../../../src/sandbox/sandbox.ts';
import { cloudwatch } from '../../../src/sandbox/services/cloudwatch.ts';
import { ecs } from '../../../src/sandbox/services/ecs.ts';
import { configOf, createStage } from '../../helpers/stage.ts';
import {
  type Account,
  addLogGroup,
  addTargetGroup,
  createAccount,
  listenerArn,
  service,
  taskDefinition,
} from './direct.ts';

const minuteMs = 60_000;
const { GetMetricData } = cloudwatch;

let aws: Account;
let group = '';
beforeEach(() => {
  aws = createAccount();
  group = addTargetGroup(aws);
});

const dimensions = () => [
  { Name: 'TargetGroup', Value: group.split(':').at(-1) },
  { Name: 'LoadBalancer', Value: /app\/[^/]+\/[^/]+/.exec(listenerArn)?.[0] },
];
const query = (Id = 'q', Dimensions: object[] = dimensions(), MetricName = 'RequestCount') => ({
  Id,
  MetricStat: {
    Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions },
    Period: 300,
    Stat: 'Sum',
  },
});
const ask = (MetricDataQueries: object[] = [query()], more: object = {}) =>
  aws.run(GetMetricData, {
    StartTime: new Date(aws.world.now - 60 * minuteMs),
    EndTime: new Date(aws.world.now + minuteMs),
    MetricDataQueries: MetricDataQueries as never,
    ...more,
  });
/** So many requests in the minute that began so many minutes ago. */
function count(requests: Record<number, number>): void {
  const now = aws.world.now;
  aws.world.requests = {
    [group]: Object.fromEntries(
      Object.entries(requests).map(([ago, many]) => [now - Number(ago) * minuteMs, many]),
    ),
  };
}

test('[metric-1] requests are summed by whole periods, the newest first', () => {
  count({ 1: 1, 4: 2, 6: 4, 59: 8 });
  const at = (minutes: number) => new Date(aws.world.now - minutes * minuteMs);
  expect(ask().MetricDataResults).toEqual([
    {
      Id: 'q',
      Label: 'RequestCount',
      Timestamps: [at(5), at(10), at(60)],
      Values: [3, 4, 8],
      StatusCode: 'Complete',
    },
  ]);
});

test('[metric-1] another metric and one dimension alone have no data', () => {
  count({ 5: 1 });
  const [first] = dimensions();
  const others = [query('a', [first ?? {}]), query('b', dimensions(), 'HTTPCode_Target_2XX_Count')];
  const values = ask(others).MetricDataResults?.map(({ Values }) => Values);
  expect(values).toEqual([[], []]);
});

test('[metric-2] without requests there is no point, and the minute under way waits', () => {
  const none = [{ StatusCode: 'Complete', Values: [], Timestamps: [] }];
  expect(ask().MetricDataResults).toMatchObject(none);
  count({ 0: 5 });
  expect(ask().MetricDataResults).toMatchObject(none);
  aws.pass(60);
  expect(ask().MetricDataResults).toMatchObject([{ Values: [5] }]);
});

test.each([
  ['no queries', [], {}, 'MissingRequiredParameterException'],
  ['too many', Array.from({ length: 501 }, (_, i) => query(`q${i}`)), {}, 'At most 500'],
  ['an id twice', [query('a'), query('a')], {}, 'must differ'],
  ['an id in upper case', [query('Q')], {}, 'lower-case'],
  ['a start after the end', [query()], { StartTime: new Date(1e13) }, 'before EndTime'],
  ['an expression', [{ Id: 'a', Expression: 'SUM(METRICS())' }], {}, 'not simulated'],
  ['half a minute', [{ Id: 'a', MetricStat: { Period: 30, Stat: 'Sum' } }], {}, 'multiple of 60'],
  ['a mean', [{ Id: 'a', MetricStat: { Period: 60, Stat: 'Average' } }], {}, 'only the statistic'],
  ['a token of nobody', [query()], { NextToken: 'x' }, 'InvalidNextToken'],
])('[metric-3] %s: refused', (_, queries, more, text) => {
  const run = () => ask(queries, more);
  expect(run).toThrow(expect.objectContaining({ message: expect.any(String) }));
  try {
    run();
  } catch (error) {
    expect(String(error)).toContain(text);
  }
});

test('[metric-4] comes in pages that end, and is authorised on *', () => {
  const queries = Array.from({ length: 250 }, (_, i) => query(`q${i}`));
  const ids: (string | undefined)[] = [];
  let token: string | undefined;
  let pages = 0;
  do {
    const page = ask(queries, token === undefined ? {} : { NextToken: token });
    ids.push(...(page.MetricDataResults ?? []).map(({ Id }) => Id));
    token = page.NextToken;
    pages++;
  } while (token !== undefined);
  expect([pages, ids]).toEqual([3, queries.map(({ Id }) => Id)]);
  const [need] = GetMetricData.authorize();
  expect(need?.resource).toBe('*');
});

test('[metric-5] the vCPU of all tasks are reported minute by minute, Spot apart', () => {
  const usage = (capacity: string) => ({
    Id: capacity.toLowerCase(),
    MetricStat: {
      Metric: {
        Namespace: 'AWS/Usage',
        MetricName: 'ResourceCount',
        Dimensions: [
          { Name: 'Service', Value: 'Fargate' },
          { Name: 'Type', Value: 'Resource' },
          { Name: 'Resource', Value: 'vCPU' },
          { Name: 'Class', Value: `Standard/${capacity}` },
        ],
      },
      Period: 60,
      Stat: 'Maximum',
    },
  });
  const valuesOf = () =>
    ask([usage('OnDemand'), usage('Spot')]).MetricDataResults?.map(({ Values }) => Values);
  addLogGroup(aws, '/ecs/web');
  aws.run(ecs.RegisterTaskDefinition, taskDefinition());
  aws.run(ecs.CreateService, { ...service(group), desiredCount: 2 });
  aws.pass(30);
  expect(valuesOf()).toEqual([[], []]);
  aws.pass(90);
  expect(valuesOf()).toEqual([[0.5], []]);
  aws.run(ecs.UpdateService, { cluster: 'previews', service: 'web', desiredCount: 0 });
  aws.pass(300);
  const [onDemand = []] = valuesOf() ?? [];
  expect(new Set(onDemand)).toEqual(new Set([0.5]));
  expect(onDemand.length).toBeLessThan(5);
  aws.pass(3600);
  expect(valuesOf()).toEqual([[], []]);
});

test('[http-12] a request that a target gets is counted, and no other', async () => {
  const config = configOf();
  const stage = await createStage({ config });
  await stage.process().deploy({ pr: 1 });
  const world = stage.world();
  const made = Object.values(world.requests ?? {});
  expect(made).toHaveLength(1); // the deploy's own look at the URL
  const rules = { ...config, app: 'hello', baseDomain: config.providerConfig.baseDomain };
  const sandbox = createSandbox({ clock: stage.clock, world });
  await sandbox.answer(identify({ pr: 1 }, rules).url);
  await sandbox.answer(identify({ pr: 2 }, rules).url);
  const total = (requests: typeof world.requests) =>
    Object.values(requests ?? {})
      .flatMap((minutes) => Object.values(minutes))
      .reduce((sum, each) => sum + each, 0);
  expect(total(sandbox.world().requests) - total(world.requests)).toBe(1);
});
