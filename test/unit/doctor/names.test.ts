import { describe, expect, test } from 'vitest';
import {
  type Certificate,
  nameCovers,
  namesOf,
  stateOf,
} from '../../../src/doctor/names/certificates.ts';
import { isZoneOf, parentDomains } from '../../../src/doctor/names/domains.ts';

test.each([
  ['*.previews.example.com', 'pr-1.previews.example.com', true],
  ['*.PREVIEWS.example.com', 'PR-1.previews.example.com', true],
  ['*.previews.example.com.', 'pr-1.previews.example.com', true],
  ['*.example.com', 'pr-1.previews.example.com', false],
  ['*.previews.example.com', 'a.pr-1.previews.example.com', false],
  ['*.previews.example.com', 'previews.example.com', false],
  ['previews.example.com', 'previews.example.com', true],
  ['pr-1.previews.example.com', 'pr-1.previews.example.com', true],
  ['*.previews.example.com', '.previews.example.com', false],
])('%s is good for %s: %s', (name, host, wanted) => {
  expect(nameCovers(name, host)).toBe(wanted);
});

test('the names of a certificate are its domain and its alternatives, each once', () => {
  const certificate: Certificate = { DomainName: 'a', SubjectAlternativeNames: ['a', 'b'] };
  expect(namesOf(certificate)).toEqual(['a', 'b']);
});

describe('the state of a certificate', () => {
  const now = Date.UTC(2030, 0, 15);
  const at = (days: number) => new Date(now + days * 24 * 3600_000);
  test.each([
    ['a year left', { Status: 'ISSUED', NotAfter: at(365) }, { kind: 'good', daysLeft: 365 }],
    ['14 days left', { Status: 'ISSUED', NotAfter: at(14) }, { kind: 'good', daysLeft: 14 }],
    ['13 days left', { Status: 'ISSUED', NotAfter: at(13.9) }, { kind: 'ending', daysLeft: 13 }],
    [
      'expired, whatever its status',
      { Status: 'ISSUED', NotAfter: at(0) },
      { kind: 'bad', why: 'expired on 2030-01-15' },
    ],
    ['pending', { Status: 'PENDING_VALIDATION' }, { kind: 'bad', why: 'is PENDING_VALIDATION' }],
    ['revoked', { Status: 'REVOKED', NotAfter: at(99) }, { kind: 'bad', why: 'is REVOKED' }],
    [
      'not begun',
      { Status: 'ISSUED', NotAfter: at(99), NotBefore: at(1) },
      { kind: 'bad', why: 'is not valid before 2030-01-16' },
    ],
    [
      'without an end',
      { Status: 'ISSUED' },
      { kind: 'bad', why: 'does not say how long it is valid' },
    ],
  ] as const)('%s', (_, certificate, wanted) => {
    expect(stateOf(certificate, now)).toEqual(wanted);
  });
});

test.each([
  ['previews.example.com', ['example.com']],
  ['a.b.example.com', ['b.example.com', 'example.com']],
  ['previews.example.co.uk', ['example.co.uk']],
  ['example.co.uk', []],
  ['previews.com.example', ['com.example']],
  ['example.com', []],
])('above %s are %j', (domain, wanted) => {
  expect(parentDomains(domain)).toEqual(wanted);
});

test.each([
  ['previews.example.com.', 'previews.example.com', true],
  ['example.com.', 'previews.example.com', true],
  ['Example.com', 'previews.example.com', true],
  ['ample.com.', 'previews.example.com', false],
  ['a.previews.example.com.', 'previews.example.com', false],
])('zone %s holds %s: %s', (zone, domain, wanted) => {
  expect(isZoneOf(zone, domain)).toBe(wanted);
});
