import type { Features } from '../permissions/needs.ts';
import type { Config } from './types.ts';

/** What of previewops a configuration uses, and so needs permissions for. */
export function featuresOf({ providerConfig, hooks, idle }: Config): Features {
  return {
    dns: providerConfig.hostedZoneId !== undefined,
    build: true,
    hooks: [hooks.onCreate, hooks.onDeploy, hooks.onDestroy].some((hook) => hook !== undefined),
    idle: idle !== undefined,
  };
}
