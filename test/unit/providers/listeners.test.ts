import { describe, expect, it } from 'vitest';
import { previewTags } from '../../../src/preview/tags.ts';
import { placeOf, type Seen } from '../../../src/providers/aws-ecs/listeners.ts';
import type { Rule } from '../../../src/providers/aws-ecs/resources/listener-rule.ts';
import { fillOf, refusedFill } from '../../../src/providers/aws-ecs/room/limits.ts';
import { loadBalancerArn, targetOf } from '../../../src/providers/aws-ecs/target.ts';
import { configOf } from '../../helpers/stage.ts';

const listenerOf = (name: string, listener = 'aa') =>
  `arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/${name}/0123456789abcdef/${listener}`;
const [a, b, c] = [listenerOf('a'), listenerOf('b'), listenerOf('c')];
const identity = { app: 'hello', id: 'pr-1', host: 'pr-1.x.com', url: 'https://pr-1.x.com' };

function targetOn(listeners: readonly string[], priorities = '{ from: 1, to: 50000 }') {
  const config = configOf('', (text) =>
    text.replace(
      /albListenerArn: .*/,
      `albListenerArns: [${listeners.join(', ')}]\n  hostedZoneId: Z0\n  rulePriority: ${priorities}`,
    ),
  );
  return targetOf(config, identity);
}

const rule = (listenerArn: string, n: number, more: Partial<Rule> = {}): Rule => ({
  arn: `${listenerArn.replace(':listener/', ':listener-rule/')}/${n}`,
  listenerArn,
  priority: n,
  hosts: [`${n}.example.org`],
  otherConditions: false,
  targetGroupArn: `group-${listenerArn}-${n}`,
  tags: undefined,
  ...more,
});
const rules = (listenerArn: string, count: number, more: Partial<Rule> = {}) =>
  Array.from({ length: count }, (_, i) => rule(listenerArn, i + 1, more));
const seen = (all: Rule[], more: Partial<Seen> = {}): Seen => ({
  rules: all,
  balancers: [],
  recordAt: undefined,
  ...more,
});
const own = (listenerArn: string) =>
  rule(listenerArn, 900, { tags: previewTags('hello', 'pr-1', {}) });
const at = (listenerArn: string) => ({ listenerArn });

describe('where a preview goes', () => {
  const on = targetOn([a, b, c]);
  const usual = [...rules(a, 5), ...rules(b, 3), ...rules(c, 4)];

  it.each<[string, Seen, string]>([
    ['where the fewest rules are', seen(usual), b],
    ['where its rule is, however full', seen([...rules(a, 100), own(a)]), a],
    ['where its target group is', seen(usual, { balancers: [loadBalancerArn(c)] }), c],
    ['where its record leads, if there is room', seen(usual, { recordAt: loadBalancerArn(a) }), a],
    [
      'not where its record leads, if there is none',
      seen([...rules(a, 100), ...rules(b, 9), ...rules(c, 8)], { recordAt: loadBalancerArn(a) }),
      c,
    ],
    [
      'not where AWS refused it',
      seen(usual, {
        refused: new Map([[loadBalancerArn(b), { limit: 'listener-rules', text: '', advice: '' }]]),
      }),
      c,
    ],
    [
      'where the rules have no target groups',
      seen([...rules(a, 100), ...rules(b, 100, { targetGroupArn: undefined }), ...rules(c, 100)]),
      b,
    ],
  ])('%s', (_, given, expected) => {
    expect(placeOf(on, given)).toEqual(at(expected));
  });

  it('of two listeners of one load balancer, both count', () => {
    const twin = listenerOf('a', 'bb');
    const all = [...rules(a, 4), ...rules(twin, 4), ...rules(b, 7)];
    expect(placeOf(targetOn([a, twin, b]), seen(all))).toEqual(at(b));
    expect(placeOf(targetOn([a, twin]), seen(all))).not.toHaveProperty('full');
    const full = [...rules(a, 50), ...rules(twin, 50)];
    expect(placeOf(targetOn([a, twin]), seen(full))).toMatchObject({
      full: [{ text: 'load balancer a has 100 of 100 target groups in use' }],
    });
  });

  it('nowhere, with what is full of each', () => {
    const all = [...rules(a, 100), ...rules(b, 10)];
    expect(placeOf(targetOn([a, b], '{ from: 1, to: 10 }'), seen(all))).toMatchObject({
      full: [
        { limit: 'target-groups', text: expect.stringContaining('load balancer a') },
        {
          limit: 'priorities',
          text: 'listener aa of load balancer b has 10 of 10 rule priorities from 1 to 10 in use',
        },
      ],
    });
    const bound = seen(all, { balancers: [loadBalancerArn(a)] });
    expect(placeOf(targetOn([a, b]), bound)).toMatchObject({ full: [{ limit: 'target-groups' }] });
  });

  it('is spread where there is equal room', () => {
    const places = Array.from({ length: 60 }, (_, i) =>
      placeOf({ ...on, identity: { ...identity, id: `pr-${i}` } }, seen([])),
    );
    const used = new Map<unknown, number>();
    for (const place of places) {
      const key = 'full' in place ? 'full' : place.listenerArn;
      used.set(key, (used.get(key) ?? 0) + 1);
    }
    expect([...used.keys()].sort()).toEqual([a, b, c]);
    expect(Math.min(...used.values())).toBeGreaterThan(10);
  });
});

describe('what is full', () => {
  it('is told by rules that forward, the default ones and others too', () => {
    const target = targetOn([a, b]);
    const judge = (all: Rule[]) => fillOf(target, { listenerArn: a, rules: all });
    expect(judge(rules(a, 99))).toBeUndefined();
    expect(judge([...rules(a, 99), ...rules(b, 99)])).toBeUndefined();
    const byDefault = rule(a, 100, { priority: undefined, hosts: [] });
    expect(judge([...rules(a, 99), byDefault])?.limit).toBe('target-groups');
    expect(judge(rules(a, 200, { targetGroupArn: 'one for all' }))).toBeUndefined();
  });

  it('is told by AWS where only AWS knows', () => {
    const error = (name: string) => Object.assign(new Error(name), { name });
    const tried = {
      listenerArn: a,
      rules: [...rules(a, 120), rule(a, 0, { priority: undefined })],
    };
    expect(refusedFill(error('TooManyRulesException'), tried)).toMatchObject({
      balancer: loadBalancerArn(a),
      fill: { text: 'load balancer a has 120 of 120 listener rules in use' },
    });
    expect(
      refusedFill(error('TooManyUniqueTargetGroupsPerLoadBalancerException'), tried)?.fill.limit,
    ).toBe('target-groups');
    expect(refusedFill(error('PriorityInUseException'), tried)).toBeUndefined();
  });
});
