import type {
  DeploymentConfiguration,
  ThresholdConfiguration,
  UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { awsError } from '../errors.ts';

const bad = (message: string) => awsError('InvalidParameterException', message);

/** Parts of ECS that the sandbox does not simulate: a call that uses one is refused, not half done. */
const notSimulated = [
  'serviceRegistries',
  'placementConstraints',
  'placementStrategy',
  'serviceConnectConfiguration',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
  'gatewayConnectors',
  'monitoring',
  'role',
] as const;

export function refuseUnsimulated(input: object): void {
  for (const key of notSimulated) {
    const value = (input as Record<string, unknown>)[key];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    throw awsError('UnsupportedFeatureException', `The sandbox does not simulate ${key}.`);
  }
  const { deploymentController, deploymentConfiguration } = input as UpdateServiceCommandInput;
  const controller = deploymentController?.type ?? 'ECS';
  const strategy = deploymentConfiguration?.strategy ?? 'ROLLING';
  if (controller !== 'ECS' || strategy !== 'ROLLING') {
    throw awsError(
      'UnsupportedFeatureException',
      'The sandbox simulates rolling deployments of the ECS controller only.',
    );
  }
}

// Defaults of the deployment circuit breaker: API reference, DeploymentCircuitBreaker.
const defaultThreshold: ThresholdConfiguration = { type: 'BOUNDED_PERCENT', value: 50 };

/** The settings given on top of `current`, checked, with AWS's defaults filled in. */
export function resolveDeploymentConfiguration(
  input: DeploymentConfiguration = {},
  current: DeploymentConfiguration = {},
): DeploymentConfiguration {
  const breaker = input.deploymentCircuitBreaker ?? current.deploymentCircuitBreaker;
  const early = input.earlySuccessCriteria ?? current.earlySuccessCriteria;
  const settings: DeploymentConfiguration = {
    deploymentCircuitBreaker: {
      enable: breaker?.enable ?? false,
      rollback: breaker?.rollback ?? false,
      resetOnHealthyTask: breaker?.resetOnHealthyTask ?? true,
      thresholdConfiguration: structuredClone(breaker?.thresholdConfiguration) ?? defaultThreshold,
    },
    maximumPercent: input.maximumPercent ?? current.maximumPercent ?? 200,
    minimumHealthyPercent: input.minimumHealthyPercent ?? current.minimumHealthyPercent ?? 100,
    strategy: 'ROLLING',
    ...(early ? { earlySuccessCriteria: structuredClone(early) } : {}),
  };
  checkPercents(settings);
  checkThreshold(settings);
  return settings;
}

function checkPercents(settings: DeploymentConfiguration): void {
  const { maximumPercent = 0, minimumHealthyPercent = 0, earlySuccessCriteria } = settings;
  if (minimumHealthyPercent < 0 || minimumHealthyPercent > 100 || maximumPercent < 100) {
    throw bad(
      'Invalid deployment configuration: minimumHealthyPercent is 0 to 100 and maximumPercent at least 100.',
    );
  }
  if (maximumPercent === 100 && minimumHealthyPercent === 100) {
    throw bad(
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    );
  }
  if (!earlySuccessCriteria?.enable) return;
  const { healthyPercent, sourceServiceRevisionCleanup } = earlySuccessCriteria;
  if (healthyPercent === undefined || sourceServiceRevisionCleanup === undefined) {
    throw bad(
      'earlySuccessCriteria needs healthyPercent and sourceServiceRevisionCleanup when enabled.',
    );
  }
  if (healthyPercent > 100 || healthyPercent < minimumHealthyPercent) {
    throw bad('healthyPercent must be between minimumHealthyPercent and 100.');
  }
}

function checkThreshold({ deploymentCircuitBreaker }: DeploymentConfiguration): void {
  const value = deploymentCircuitBreaker?.thresholdConfiguration?.value;
  if (!Number.isInteger(value) || (value ?? 0) < 1) {
    throw bad('The value of thresholdConfiguration must be a whole number of at least 1.');
  }
}

/**
 * AZ rebalancing needs room above 100 percent. Without a value AWS enables it on creation where it can
 * be used, and keeps the old value on update.
 */
export function resolveRebalancing(
  given: 'ENABLED' | 'DISABLED' | undefined,
  { maximumPercent = 200 }: DeploymentConfiguration,
): 'ENABLED' | 'DISABLED' {
  if (given === 'ENABLED' && maximumPercent <= 100) {
    throw bad('availabilityZoneRebalancing needs a maximumPercent above 100.');
  }
  return given ?? (maximumPercent > 100 ? 'ENABLED' : 'DISABLED');
}

export function checkDesiredCount(count: number | undefined): void {
  if (count !== undefined && (!Number.isInteger(count) || count < 0)) {
    throw bad('The desired count must be a whole number of at least 0.');
  }
}

export function checkGrace(seconds: number | undefined, bindings: readonly unknown[]): void {
  if (seconds === undefined) return;
  if (bindings.length === 0) {
    throw bad(
      'Health check grace period is only valid for services configured to use load balancers',
    );
  }
  if (seconds < 0 || seconds > 2_147_483_647) throw bad('Invalid health check grace period.');
}
