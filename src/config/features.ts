import type { Features } from '../permissions/needs.ts';
import type { Draft } from './salvage.ts';
import type { Config } from './types.ts';

/** What of previewops a configuration uses, and so needs permissions for. */
export function featuresOf({
  providerConfig,
  hooks,
  idle,
}: Draft<Pick<Config, 'providerConfig' | 'hooks' | 'idle'>>): Features {
  return {
    dns: providerConfig?.hostedZoneId !== undefined,
    build: true,
    hooks: [hooks?.onCreate, hooks?.onDeploy, hooks?.onDestroy].some((hook) => hook !== undefined),
    idle: idle !== undefined,
  };
}
