import type { CreateTargetGroupInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TargetGroup } from '../types.ts';
import { validationError } from './elasticloadbalancing-common.ts';

export type HealthCheck = TargetGroup['healthCheck'];

type HealthCheckInput = Pick<
  CreateTargetGroupInput,
  | 'HealthCheckPath'
  | 'HealthCheckPort'
  | 'HealthCheckProtocol'
  | 'HealthCheckIntervalSeconds'
  | 'HealthCheckTimeoutSeconds'
  | 'HealthyThresholdCount'
  | 'UnhealthyThresholdCount'
  | 'Matcher'
>;

// CreateTargetGroup, Elastic Load Balancing API reference: the defaults of an HTTP target group.
export const defaultHealthCheck: HealthCheck = {
  path: '/',
  port: 'traffic-port',
  protocol: 'HTTP',
  intervalSeconds: 30,
  timeoutSeconds: 6,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  matcher: '200',
};

const ranges = [
  ['intervalSeconds', 'Health check interval', 5, 300],
  ['timeoutSeconds', 'Health check timeout', 2, 120],
  ['healthyThreshold', 'Healthy threshold count', 2, 10],
  ['unhealthyThreshold', 'Unhealthy threshold count', 2, 10],
] as const;

/** The health check that results from `input` over `before`; throws as AWS does for one it refuses. */
export function healthCheckOf(input: HealthCheckInput, before: HealthCheck): HealthCheck {
  const check: HealthCheck = {
    path: input.HealthCheckPath ?? before.path,
    port: input.HealthCheckPort ?? before.port,
    protocol: input.HealthCheckProtocol ?? before.protocol,
    intervalSeconds: input.HealthCheckIntervalSeconds ?? before.intervalSeconds,
    timeoutSeconds: input.HealthCheckTimeoutSeconds ?? before.timeoutSeconds,
    healthyThreshold: input.HealthyThresholdCount ?? before.healthyThreshold,
    unhealthyThreshold: input.UnhealthyThresholdCount ?? before.unhealthyThreshold,
    matcher: input.Matcher?.HttpCode ?? before.matcher,
  };
  for (const [field, label, least, most] of ranges) {
    if (!Number.isInteger(check[field]) || check[field] < least || check[field] > most) {
      throw validationError(`${label} '${check[field]}' must be between ${least} and ${most}`);
    }
  }
  if (check.timeoutSeconds >= check.intervalSeconds) {
    throw validationError(
      `Health check timeout '${check.timeoutSeconds}' must be smaller than the interval '${check.intervalSeconds}'`,
    );
  }
  checkPath(check.path);
  checkPort(check.port);
  if (check.protocol !== 'HTTP' && check.protocol !== 'HTTPS') {
    throw validationError(
      `Health check protocol '${check.protocol}' is not supported for target groups with the protocol HTTP or HTTPS`,
    );
  }
  if (!isMatcher(check.matcher)) {
    throw validationError(`Health check matcher HTTP code '${check.matcher}' is not valid`);
  }
  return check;
}

function checkPath(path: string): void {
  if (!path.startsWith('/') || path.length > 1024 || /\s/.test(path)) {
    throw validationError(`Health check path '${path}' must begin with '/' and be a valid path`);
  }
}

function checkPort(port: string): void {
  const number = Number(port);
  const valid = /^\d+$/.test(port) && number >= 1 && number <= 65535;
  if (port !== 'traffic-port' && !valid) {
    throw validationError(`Health check port '${port}' must be 'traffic-port' or 1 to 65535`);
  }
}

/** Codes 200 to 499: one, a list ("200,202") or ranges ("200-299"). */
function isMatcher(text: string): boolean {
  return text.split(',').every((part) => {
    const [, from, to] = /^(\d{3})(?:-(\d{3}))?$/.exec(part) ?? [];
    if (from === undefined) return false;
    const [low, high] = [Number(from), Number(to ?? from)];
    return low >= 200 && high <= 499 && low <= high;
  });
}
