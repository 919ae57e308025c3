import { describe, expect, it } from 'vitest';
import { tagKeys } from '../../../src/preview/tags.ts';
import type {
  DeployObservation,
  DestroyObservation,
} from '../../../src/providers/aws-ecs/observe.ts';
import { needsClaim, planDeploy, planDestroy } from '../../../src/providers/aws-ecs/plan.ts';
import type { Service } from '../../../src/providers/aws-ecs/resources/service.ts';
import { targetOf } from '../../../src/providers/aws-ecs/target.ts';
import { renderPlan } from '../../../src/report/plan.ts';
import { configOf } from '../../helpers/stage.ts';

const identity = { app: 'hello', id: 'pr-7', pr: 7, host: 'h.example.com', url: 'https://h' };
const target = (extra: string) => targetOf(configOf(extra), identity);
const hooks = `hooks:
  onCreate: npm run seed && echo ok
  onDeploy: [npm, run, migrate, it's]
  onDestroy: npm run drop
`;
const withHooks = target(hooks);

const service = (given: Partial<Service> = {}): Service => ({
  status: 'ACTIVE',
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/t:1',
  settings: {},
  tags: withHooks.tags,
  serviceDeployment: undefined,
  deployments: [],
  events: [],
  ...given,
});

const group = (mark?: string) => ({
  arn: 'arn:tg',
  vpc: 'vpc-0abc1234def56789a',
  balancers: [],
  healthCheck: {} as never,
  attributes: {},
  tags: { ...withHooks.tags, ...(mark === undefined ? {} : { [tagKeys.onCreate]: mark }) },
});

const empty: DeployObservation = {
  service: undefined,
  targetGroup: undefined,
  rules: [],
  logGroup: undefined,
  dnsRecord: undefined,
  previews: undefined,
  account: undefined,
  revisions: [],
  building: undefined,
  given: { reference: 'nginx:1', warning: undefined } as never,
};

const plan = (given: Partial<DeployObservation>, of = withHooks) =>
  planDeploy(of, { ...empty, ...given }, { commit: undefined, rebuild: false });
const ids = (given: Partial<DeployObservation>) =>
  plan(given)
    .steps.map(({ id }) => id)
    .filter((id) => id.startsWith('hook:'));

describe('a new preview', () => {
  const { steps } = plan({});
  const step = (id: string) => steps.find((one) => one.id === id);

  it('runs onCreate, then onDeploy, then starts', () => {
    expect(step('hook:onCreate')).toEqual({
      id: 'hook:onCreate',
      action: 'run',
      resource: 'hook',
      name: 'onCreate',
      changes: ['npm run seed && echo ok'],
      after: ['task-definition', 'log-group', 'target-group'],
    });
    expect(step('hook:onDeploy')?.after).toEqual([
      'task-definition',
      'log-group',
      'target-group',
      'hook:onCreate',
    ]);
    expect(step('service')?.after).toEqual(
      expect.arrayContaining(['hook:onCreate', 'hook:onDeploy']),
    );
    expect(step('listener-rule')?.after).not.toContain('hook:onCreate');
  });

  it('shows the commands in its plan', () => {
    const lines = renderPlan(plan({})).filter((line) => line.startsWith('>'));
    expect(lines).toEqual([
      '> run hook onCreate  npm run seed && echo ok',
      String.raw`> run hook onDeploy  npm run migrate 'it'\''s'`,
    ]);
  });

  it('without hooks has neither steps nor waits for them', () => {
    const bare = plan({}, target(''));
    expect(bare.steps.filter(({ resource }) => resource === 'hook')).toEqual([]);
    expect(JSON.stringify(bare)).not.toContain('hook');
  });

  it('needs the claim for its hooks alone', () => {
    const alone = steps.filter(({ resource }) => resource === 'hook');
    expect(alone).toHaveLength(2);
    expect(needsClaim(alone)).toBe(true);
  });
});

describe('onCreate is due', () => {
  const started = 'started 1 2026-11-21T20:00:00.000Z';
  it.each<[string, Partial<DeployObservation>, boolean]>([
    ['without anything', {}, true],
    ['with a target group that has no mark', { targetGroup: group() }, true],
    ['while the old service drains', { service: service({ status: 'DRAINING' }) }, true],
    ['after an attempt that began', { targetGroup: group(started) }, true],
    ['after an attempt that failed', { targetGroup: group('failed 2'), service: service() }, true],
    ['never again once it is done', { targetGroup: group('done') }, false],
    ['not for a preview from before the hook', { targetGroup: group(), service: service() }, false],
    ['not after a mark that somebody else wrote', { targetGroup: group('whatever') }, false],
  ])('%s', (_, given, due) => {
    expect(ids(given).includes('hook:onCreate')).toBe(due);
  });

  it('and a preview from before it is told how to run it', () => {
    const { warnings } = plan({ targetGroup: group(), service: service() });
    expect(warnings).toEqual([
      "hooks.onCreate is newer than this preview, and is not run: to run it by hand, previewops run --pr 7 -- sh -c 'npm run seed && echo ok'",
    ]);
    expect(plan({ targetGroup: group('done'), service: service() }).warnings).toEqual([]);
  });
});

describe('onDeploy is due', () => {
  it.each<[string, Partial<DeployObservation>, boolean]>([
    ['for a new service', { targetGroup: group('done') }, true],
    ['for another revision', { targetGroup: group('done'), service: service() }, true],
  ])('%s', (_, given, due) => {
    expect(ids(given).includes('hook:onDeploy')).toBe(due);
  });
});

describe('onDestroy', () => {
  const there: DestroyObservation = {
    ...empty,
    service: service(),
    logGroup: { retentionDays: 14, tags: withHooks.tags },
    targetGroup: group('done'),
    revisions: { active: [], inactive: [] } as never,
    imageTags: [],
  };
  const destroyed = (given: Partial<DestroyObservation>) =>
    planDestroy(withHooks, { ...there, ...given }).steps;

  it('comes before all that is removed', () => {
    const [hook, ...others] = destroyed({});
    expect(hook).toMatchObject({ id: 'hook:onDestroy', changes: ['npm run drop'], after: [] });
    expect(others.length).toBeGreaterThan(2);
    for (const step of others) expect(step.after).toContain('hook:onDestroy');
  });

  it('comes after tasks that go on, but for one of its own, which it takes up', () => {
    const running = ['onCreate', 'onDestroy'].map((hook) => ({
      id: hook,
      startedBy: `previewops/hook-${hook}`,
    }));
    const ids = (given: Partial<DestroyObservation>) =>
      planDestroy(withHooks, { ...there, ...given }, running).steps.map(({ id, name, after }) => ({
        id,
        name,
        after,
      }));
    const [task, hook, ...others] = ids({});
    expect(task).toEqual({ id: 'task:onCreate', name: 'onCreate (hook onCreate)', after: [] });
    expect(hook).toMatchObject({ id: 'hook:onDestroy', after: ['task:onCreate'] });
    expect(others.map(({ id }) => id)).not.toContain('task:onDestroy');
    const bare = ids({ service: undefined });
    const both = ['task:onCreate', 'task:onDestroy'];
    expect(bare.slice(0, 2).map(({ id }) => id)).toEqual(both);
    for (const { id, after } of bare) {
      const waits = id === 'log-group' || id === 'target-group';
      expect(
        after.filter((other) => both.includes(other)),
        id,
      ).toEqual(waits ? both : []);
    }
  });

  it.each<[string, Partial<DestroyObservation>]>([
    ['a service', { service: undefined }],
    ['a service that runs', { service: service({ status: 'DRAINING' }) }],
    ['a service of ours', { service: service({ tags: {} }) }],
    ['a log group', { logGroup: undefined }],
  ])('does not run without %s', (_, given) => {
    expect(JSON.stringify(destroyed(given))).not.toContain('hook');
  });
});
