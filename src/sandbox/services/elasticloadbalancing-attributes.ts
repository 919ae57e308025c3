import { validationError } from './elasticloadbalancing-common.ts';

const flag = /^(true|false)$/;
const integer = (least: number, most: number) => (value: string) =>
  /^\d{1,7}$/.test(value) && Number(value) >= least && Number(value) <= most;
const oneOf = (pattern: RegExp) => (value: string) => pattern.test(value);

interface Attribute {
  initial: string;
  accepts: (value: string) => boolean;
}

// TargetGroupAttribute, Elastic Load Balancing API reference: those of an ALB's target groups.
const attributes: Record<string, Attribute> = {
  'deregistration_delay.timeout_seconds': { initial: '300', accepts: integer(0, 3600) },
  'slow_start.duration_seconds': {
    initial: '0',
    accepts: (value) => value === '0' || integer(30, 900)(value),
  },
  'load_balancing.algorithm.type': {
    initial: 'round_robin',
    accepts: oneOf(/^(round_robin|least_outstanding_requests|weighted_random)$/),
  },
  'load_balancing.algorithm.anomaly_mitigation': {
    initial: 'off',
    accepts: oneOf(/^(on|off)$/),
  },
  'load_balancing.cross_zone.enabled': {
    initial: 'use_load_balancer_configuration',
    accepts: oneOf(/^(true|false|use_load_balancer_configuration)$/),
  },
  'stickiness.enabled': { initial: 'false', accepts: oneOf(flag) },
  'stickiness.type': { initial: 'lb_cookie', accepts: oneOf(/^(lb_cookie|app_cookie)$/) },
  'stickiness.lb_cookie.duration_seconds': { initial: '86400', accepts: integer(1, 604800) },
  'stickiness.app_cookie.cookie_name': { initial: '', accepts: oneOf(/^[^\s]{0,1024}$/) },
  'stickiness.app_cookie.duration_seconds': { initial: '86400', accepts: integer(1, 604800) },
  'target_group_health.dns_failover.minimum_healthy_targets.count': {
    initial: '1',
    accepts: oneOf(/^(off|[1-9]\d{0,3})$/),
  },
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': {
    initial: 'off',
    accepts: oneOf(/^(off|[1-9]\d?|100)$/),
  },
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': {
    initial: '1',
    accepts: oneOf(/^[1-9]\d{0,3}$/),
  },
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': {
    initial: 'off',
    accepts: oneOf(/^(off|[1-9]\d?|100)$/),
  },
};

/** What a new target group has; the deregistration delay of 300 s is the one that is felt. */
export function initialAttributes(): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([key, { initial }]) => [key, initial]));
}

/** Throws as AWS does for an attribute it does not know or a value it does not take. */
export function checkAttribute(key: string, value: string): void {
  const attribute = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
  if (!attribute) throw validationError(`Target group attribute key '${key}' is not recognized`);
  if (!attribute.accepts(value)) {
    throw validationError(`'${key}' has an invalid value '${value}'`);
  }
}
