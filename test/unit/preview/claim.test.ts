import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Claim, formatClaim, isNewer, parseClaim } from '../../../src/preview/claim.ts';

const claim = fc.record({
  kind: fc.constantFrom<Claim['kind']>('deploy', 'destroy', 'start', 'stop'),
  at: fc.integer({ min: 0, max: 4e12 }),
  id: fc.stringMatching(/^[0-9a-f]{8}$/),
});

it('a claim survives being written as a tag', () => {
  fc.assert(
    fc.property(claim, (c) => {
      expect(parseClaim(formatClaim(c))).toEqual(c);
      expect(formatClaim(c)).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u);
    }),
  );
});

it('of two different claims exactly one is the newer', () => {
  fc.assert(
    fc.property(claim, claim, (a, b) => {
      fc.pre(formatClaim(a) !== formatClaim(b));
      expect(isNewer(a, b)).toBe(!isNewer(b, a));
    }),
  );
});

it('at the same moment a destroy beats a deploy', () => {
  const at = 1_700_000_000_000;
  const destroy: Claim = { kind: 'destroy', at, id: '00000000' };
  const deploy: Claim = { kind: 'deploy', at, id: 'ffffffff' };
  expect(isNewer(destroy, deploy)).toBe(true);
});

it('at the same moment a deploy beats a start, and a start a stop', () => {
  const claims = (['deploy', 'start', 'stop'] as const).map((kind, index): Claim => {
    return { kind, at: 1_700_000_000_000, id: String(index).repeat(8) };
  });
  const [deploy, start, stop] = claims as [Claim, Claim, Claim];
  expect([isNewer(deploy, start), isNewer(start, stop)]).toEqual([true, true]);
});

it.each([
  undefined,
  '',
  'deploy',
  'deploy/yesterday/00000000',
  'steal/2026-01-01T00:00:00Z/00000000',
])('what this tool did not write is no claim: %j', (text) => {
  expect(parseClaim(text)).toBeUndefined();
});
