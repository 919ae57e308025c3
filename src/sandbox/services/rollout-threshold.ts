import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';

/** Failures after which the circuit breaker opens (API reference, ThresholdConfiguration). */
export function breakerThreshold(
  { deploymentCircuitBreaker }: DeploymentConfiguration,
  desiredCount: number,
): number {
  const { type = 'BOUNDED_PERCENT', value = 50 } =
    deploymentCircuitBreaker?.thresholdConfiguration ?? {};
  if (type === 'COUNT') return value;
  const share = Math.ceil((desiredCount * value) / 100);
  return type === 'BOUNDED_PERCENT' ? Math.min(200, Math.max(3, share)) : Math.max(1, share);
}
