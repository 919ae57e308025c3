import type { World } from '../types.ts';

/** "Quotas for your Application Load Balancers", under their names of DescribeAccountLimits. */
const defaults = {
  'application-load-balancers': 50,
  'listeners-per-application-load-balancer': 50,
  'rules-per-application-load-balancer': 100,
  'certificates-per-application-load-balancer': 25,
  'targets-per-application-load-balancer': 1000,
  'target-groups': 3000,
  'target-groups-per-application-load-balancer': 100,
  'target-groups-per-action-on-application-load-balancer': 5,
  'condition-values-per-alb-rule': 5,
  'condition-wildcards-per-alb-rule': 5,
} as const;

export type LimitName = keyof typeof defaults;

/** The applied limits of the account. */
export const limitsOf = ({ elasticloadbalancing }: World): Record<string, number> => ({
  ...defaults,
  ...elasticloadbalancing.limits,
});

export const limitOf = (world: World, name: LimitName): number =>
  limitsOf(world)[name] ?? defaults[name];
