import { hash } from '../../preview/hash.ts';
import { ownRules, type Rule } from './resources/listener-rule.ts';
import { type Fill, fillOf } from './room/limits.ts';
import { loadBalancerArn, type Target } from './target.ts';

/** What decides which listener a preview is on. */
export interface Seen {
  /** Of all listeners; tags on those that concern the preview. */
  rules: readonly Rule[];
  /** Load balancers that forward to its target group: at most one, says AWS. */
  balancers: readonly string[];
  /** The load balancer that its DNS record leads to. */
  recordAt: string | undefined;
  /** What AWS refused in this run, by load balancer. */
  refused?: ReadonlyMap<string, Fill>;
}

/** Where a preview is or may go; or, where it can go nowhere, what is full. */
export type Place = { listenerArn: string } | { full: Fill[] };

/**
 * A preview stays on the listener that has its rule, at the load balancer that has its target group,
 * and if it can where its record leads. A new one goes where most room is: pure.
 */
export function placeOf(target: Target, seen: Seen): Place {
  const [own] = ownRules(target, seen.rules);
  if (own) return { listenerArn: own.listenerArn };
  const { albListenerArns } = target.config.providerConfig;
  const bound = albListenerArns.filter((arn) => seen.balancers.includes(loadBalancerArn(arn)));
  const candidates = bound.length > 0 ? bound : albListenerArns;
  const judged = candidates.map((listenerArn) => ({
    listenerArn,
    fill: fillOf(target, { listenerArn, rules: seen.rules, refused: seen.refused }),
  }));
  const open = judged.filter(({ fill }) => fill === undefined).map((one) => one.listenerArn);
  const recorded = open.find((arn) => loadBalancerArn(arn) === seen.recordAt);
  const listenerArn = recorded ?? roomiest(target, seen.rules, open);
  if (listenerArn !== undefined) return { listenerArn };
  const full = judged.flatMap(({ fill }) => fill ?? []);
  return { full: full.filter(({ text }, i) => full.findIndex((one) => one.text === text) === i) };
}

/**
 * The fewest rules at the load balancer, then on the listener. Where that is equal, each preview has
 * an order of its own, so that many at once do not all choose the same.
 */
function roomiest(
  { config, identity }: Target,
  rules: readonly Rule[],
  open: readonly string[],
): string | undefined {
  const others = (arn: string) =>
    config.providerConfig.albListenerArns.filter(
      (other) => loadBalancerArn(other) === loadBalancerArn(arn),
    );
  const count = (arns: readonly string[]) =>
    rules.filter((rule) => arns.includes(rule.listenerArn)).length;
  const ranked = open.map((listenerArn) => ({
    listenerArn,
    atBalancer: count(others(listenerArn)),
    own: count([listenerArn]),
    order: hash(8, listenerArn, identity.app, identity.id),
  }));
  const [best] = ranked.sort(
    (a, b) => a.atBalancer - b.atBalancer || a.own - b.own || (a.order < b.order ? -1 : 1),
  );
  return best?.listenerArn;
}
