import type { Config } from '../config/types.ts';
import { type Identity, identify, previewHost } from '../preview/identity.ts';
import type { PreviewSummary } from '../providers/provider.ts';

/**
 * The identity of a preview that was found. The host that it has counts, whatever the configuration
 * would give it today; where nothing tells, it is what the configuration gives.
 */
export function identityOf(
  found: Pick<PreviewSummary, 'app' | 'id' | 'pr' | 'branch' | 'host' | 'url'>,
  config: Config,
): Identity {
  const { app, id, pr, branch } = found;
  const ref = { ...(pr === null ? {} : { pr }), ...(branch === null ? {} : { branch }) };
  const rules = { ...config, app, baseDomain: config.providerConfig.baseDomain };
  const named = pr === null && branch === null ? undefined : identify(ref, rules);
  const host =
    found.host ??
    (named?.id === id ? named.host : previewHost(id, { ...ref, pr: undefined }, rules));
  return { ...ref, app, id, host, url: found.url ?? `https://${host}` };
}
