import { type Tags, tagKeys } from './tags.ts';

/**
 * What `previewops keep` is asked for. `as-deployed` takes back what an earlier one said: the
 * preview expires by its last deploy again.
 */
export type Keep = { forMs: number } | 'forever' | 'as-deployed';

export interface Expiry {
  /** Milliseconds since the epoch; absent: it does not expire. */
  at: number | undefined;
  /** What `keep` said that still holds: nothing, for ever, or until then. */
  kept: 'forever' | number | undefined;
}

const forever = 'forever';
const none = 'no';

/**
 * The tag that `keep` writes. Deploys never touch it, so that a push cannot take back what a person
 * said; they write `previewops:expires`, which this does not touch.
 */
export function keptTag(keep: Keep, now: number): Tags {
  if (keep === 'forever') return { [tagKeys.kept]: forever };
  if (keep === 'as-deployed') return { [tagKeys.kept]: none };
  return { [tagKeys.kept]: `${iso(now + keep.forMs)}/${iso(now)}` };
}

/**
 * When a preview expires, by its service's tags. What `keep` said holds as it is, be it sooner or
 * later than the last deploy would have it, until the next push: that renews, and never shortens.
 */
export function expiryOf(tags: Tags): Expiry {
  const kept = tags[tagKeys.kept];
  if (kept === forever) return { at: undefined, kept: forever };
  const byDeploy = momentOf(tags[tagKeys.expires]);
  const [until, since] = (kept ?? '').split('/').map(momentOf);
  if (until === undefined || since === undefined) return { at: byDeploy, kept: undefined };
  const pushedSince = (momentOf(tags[tagKeys.deployed]) ?? 0) > since;
  const longer = byDeploy === undefined ? undefined : Math.max(byDeploy, until);
  return { at: pushedSince ? longer : until, kept: until };
}

const iso = (at: number) => new Date(at).toISOString();

/** Undefined for `never`, and for what nobody can read. */
function momentOf(text: string | undefined): number | undefined {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? undefined : at;
}
