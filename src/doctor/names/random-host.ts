import type { Tools } from '../facts/tools.ts';

/** A host that no preview has. */
export function randomHost({ random, config }: Pick<Tools, 'random' | 'config'>): string {
  const digits = Math.floor(random() * 2 ** 32).toString(36);
  return `previewops-doctor-${digits}.${config.providerConfig.baseDomain}`;
}
