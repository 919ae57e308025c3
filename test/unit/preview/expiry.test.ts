import { describe, expect, it } from 'vitest';
import { expiryOf, type Keep, keptTag } from '../../../src/preview/expiry.ts';
import { momentTags, type Tags } from '../../../src/preview/tags.ts';

const now = Date.UTC(2030, 0, 15, 12);
const hour = 3_600_000;
const day = 24 * hour;
const deployed = (at: number, ttlMs?: number) =>
  momentTags({ created: now - 9 * day, deployed: at, ...(ttlMs ? { ttlMs } : {}) });
const kept = (keep: Keep, at = now) => keptTag(keep, at);

describe('when a preview expires', () => {
  it.each<[string, Tags, number | undefined]>([
    ['by its last deploy', deployed(now, 7 * day), now + 7 * day],
    ['never, without a ttl', deployed(now), undefined],
    ['never, when nobody wrote anything', {}, undefined],
    ['never, when nobody can read it', { 'previewops:expires': 'soon' }, undefined],
    [
      'later than that, when kept longer',
      { ...deployed(now - day, 2 * day), ...kept({ forMs: 3 * day }) },
      now + 3 * day,
    ],
    [
      'sooner than that, when kept shorter',
      { ...deployed(now - day, 7 * day), ...kept({ forMs: hour }) },
      now + hour,
    ],
    [
      'though there is no ttl, when kept for a time',
      { ...deployed(now - day), ...kept({ forMs: hour }) },
      now + hour,
    ],
    [
      'not at all, when kept for ever',
      { ...deployed(now - day, hour), ...kept('forever') },
      undefined,
    ],
    [
      'not at all, when kept for ever and pushed since',
      { ...deployed(now + day, hour), ...kept('forever') },
      undefined,
    ],
    [
      'by its last deploy again, when that was taken back',
      { ...deployed(now, day), ...kept('as-deployed') },
      now + day,
    ],
    [
      'by a push since, which renews',
      { ...deployed(now + hour, 7 * day), ...kept({ forMs: day }) },
      now + hour + 7 * day,
    ],
    [
      'not sooner for a push since',
      { ...deployed(now + hour, day), ...kept({ forMs: 9 * day }) },
      now + 9 * day,
    ],
    [
      'never, for a push since without a ttl',
      { ...deployed(now + hour), ...kept({ forMs: day }) },
      undefined,
    ],
    [
      'by its last deploy, when somebody wrote nonsense',
      { ...deployed(now, day), 'previewops:kept': 'x/y' },
      now + day,
    ],
  ])('%s', (_, tags, at) => {
    expect(expiryOf(tags).at).toBe(at);
  });

  it('tells what was said, for what must be kept in spite of all', () => {
    expect(expiryOf(kept('forever')).kept).toBe('forever');
    expect(expiryOf(kept({ forMs: day })).kept).toBe(now + day);
    expect(expiryOf(kept('as-deployed')).kept).toBeUndefined();
  });

  it('is within what ECS takes as a tag', () => {
    for (const keep of ['forever', 'as-deployed', { forMs: day }] as const) {
      for (const value of Object.values(kept(keep))) expect(value).toMatch(/^[\w.:/=+\-@]{1,256}$/);
    }
  });
});
