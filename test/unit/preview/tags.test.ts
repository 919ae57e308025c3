import fc from 'fast-check';
import { expect, it } from 'vitest';
import { momentTags, owns, previewTags, tagKeys, tagValue } from '../../../src/preview/tags.ts';

it('a preview owns what carries its tags, and nothing else', () => {
  const tags = previewTags('shop', 'pr-1', { team: 'web' });
  expect(owns(tags, 'shop', 'pr-1')).toBe(true);
  expect(owns(tags, 'shop')).toBe(true);
  expect(owns(tags, 'shop', 'pr-2')).toBe(false);
  expect(owns(tags, 'other', 'pr-1')).toBe(false);
  expect(owns({ ...tags, [tagKeys.managedBy]: 'someone' }, 'shop', 'pr-1')).toBe(false);
  expect(owns(undefined, 'shop')).toBe(false);
});

it('a user cannot write over the tags of ownership', () => {
  expect(previewTags('shop', 'pr-1', { [tagKeys.app]: 'other' })[tagKeys.app]).toBe('shop');
});

it('any text becomes a tag value that AWS takes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      expect(tagValue(text)).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u);
    }),
  );
});

it('expiry counts from the deploy, and is never without a time to live', () => {
  const created = Date.UTC(2026, 0, 1);
  const deployed = Date.UTC(2026, 0, 2);
  expect(momentTags({ created, deployed, ttlMs: 3_600_000 })).toEqual({
    [tagKeys.created]: '2026-01-01T00:00:00.000Z',
    [tagKeys.deployed]: '2026-01-02T00:00:00.000Z',
    [tagKeys.expires]: '2026-01-02T01:00:00.000Z',
  });
  expect(momentTags({ created, deployed })[tagKeys.expires]).toBe('never');
});
