import { type Tags, tagKeys } from './tags.ts';

/** What a preview was like that `previewops stop` or `prune --idle` scaled to zero. */
export interface Stopped {
  /** Milliseconds since the epoch. */
  at: number;
  /** Tasks that ran, and run again after a start. */
  count: number;
}

/** Of a preview that was stopped once and runs: to delete a tag would take another permission. */
const none = 'no';

/** e.g. `2026-11-21T20:00:00.000Z/1`; `undefined` for one that runs. */
export function stoppedTag(stopped: Stopped | undefined): Tags {
  const { at, count } = stopped ?? {};
  const text = at === undefined ? none : `${new Date(at).toISOString()}/${count}`;
  return { [tagKeys.stopped]: text };
}

/** Undefined where the tag is absent, says that it runs, or was not written by this tool. */
export function stoppedIn(tags: Tags): Stopped | undefined {
  const [, moment = '', count] =
    /^([^/]+)\/([1-9]\d{0,3})$/.exec(tags[tagKeys.stopped] ?? '') ?? [];
  const at = Date.parse(moment);
  return Number.isNaN(at) ? undefined : { at, count: Number(count) };
}
