import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { branchId, identify, maxIdLength, slug } from '../../../src/preview/identity.ts';
import { imageTag, isImageTagOf, type Names, previewNames } from '../../../src/preview/names.ts';

const rules = {
  app: 'shop',
  baseDomain: 'previews.example.com',
  hostPattern: '{id}.{baseDomain}',
  branchPrefix: '',
};

describe('the id of a branch', () => {
  it.each([
    ['feature-a', '', 'feature-a'],
    ['qanote/issue-7', 'qanote/', 'issue-7'],
    ['2026', '', '2026'],
  ])('%s with prefix %j is readable as it is: %s', (branch, prefix, id) => {
    expect(branchId(branch, prefix)).toBe(id);
  });

  it.each([
    'feature/a',
    'Feature-A',
    'pr-42',
    'x-0123abcd',
    '---',
    'ünïcode',
    '日本語',
    'a--b',
    'a'.repeat(200),
  ])('%s is closed with a hash', (branch) => {
    expect(branchId(branch)).toMatch(/^[a-z0-9][a-z0-9-]*-[0-9a-f]{8}$/);
  });

  it('keeps a branch outside the prefix apart from the one inside it', () => {
    expect(branchId('issue-7', 'qanote/')).not.toBe(branchId('qanote/issue-7', 'qanote/'));
  });

  it('is a slug of at most 40 characters, and never a pull request’s', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (branch) => {
        const id = branchId(branch);
        expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(id.length).toBeLessThanOrEqual(maxIdLength);
        expect(id).not.toMatch(/^pr-\d+$/);
      }),
    );
  });

  it('differs wherever branches differ, also where they look alike', () => {
    const similar = fc.stringMatching(/^[aA\-_/.]{1,6}$/);
    fc.assert(
      fc.property(similar, similar, (a, b) => {
        fc.pre(a !== b);
        expect(branchId(a)).not.toBe(branchId(b));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the host', () => {
  it.each([
    ['{id}.{baseDomain}', { pr: 42 }, 'pr-42.previews.example.com'],
    [
      '{branch}-preview.{baseDomain}',
      { branch: 'issue-7' },
      'issue-7-preview.previews.example.com',
    ],
    ['{app}-{pr}.{baseDomain}', { pr: 7 }, 'shop-7.previews.example.com'],
    ['{branch}.{baseDomain}', { pr: 7 }, 'pr-7.previews.example.com'],
  ])('%s gives %o %s', (hostPattern, ref, host) => {
    expect(identify(ref, { ...rules, hostPattern })).toMatchObject({
      host,
      url: `https://${host}`,
    });
  });

  it('is a DNS name with labels of at most 63 characters, whatever the branch', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), (branch) => {
        const hostPattern = '{app}-{branch}-is-the-preview-of-this-branch.{baseDomain}';
        const { host } = identify({ branch }, { ...rules, hostPattern });
        const [label = '', ...rest] = host.split('.');
        expect(label).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
        expect(rest.join('.')).toBe(rules.baseDomain);
      }),
    );
  });
});

describe('names', () => {
  const word = fc.stringMatching(/^[a-z0-9]+(-[a-z0-9]+){0,3}$/).map((s) => s.slice(0, 40));
  const part = word.filter((s) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(s));

  it('are inside every limit of AWS', () => {
    fc.assert(
      fc.property(part, part, (app, id) => {
        const names = previewNames(app, id, 'previewops');
        expect(names.targetGroup).toMatch(/^(?!.*--)[a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/);
        expect(names.service).toMatch(/^[A-Za-z0-9_-]{1,255}$/);
        expect(names.project).toMatch(/^[A-Za-z0-9][A-Za-z0-9\-_]{1,149}$/);
        expect(names.repository).toMatch(
          /^[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/,
        );
        expect(names.logGroup).toMatch(/^[.\-_/#A-Za-z0-9]{1,512}$/);
        const tag = imageTag(id, 'a'.repeat(40), '01234567');
        expect(tag).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/);
        expect(isImageTagOf(id, tag)).toBe(true);
      }),
    );
  });

  it('differ wherever app or id differ', () => {
    const small = fc.stringMatching(/^[ab](-[ab])?(-[ab])?$/);
    const long = small.map((s) => `${s}-with-a-long-end`);
    const any = fc.oneof(small, long);
    fc.assert(
      fc.property(any, any, any, any, (app1, id1, app2, id2) => {
        fc.pre(app1 !== app2 || id1 !== id2);
        const one = previewNames(app1, id1, 'p');
        const two = previewNames(app2, id2, 'p');
        for (const key of ['service', 'targetGroup', 'logGroup'] satisfies (keyof Names)[]) {
          expect(one[key]).not.toBe(two[key]);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('of images are told apart by id, also where one id begins like another', () => {
    const tag = imageTag('pr-4-x', 'c'.repeat(40), '01234567');
    expect(isImageTagOf('pr-4', tag)).toBe(false);
    expect(isImageTagOf('pr-4-x', tag)).toBe(true);
  });

  it('are readable where AWS leaves the room', () => {
    expect(previewNames('shop', 'pr-42', 'previewops')).toEqual({
      service: 'previewops-shop--pr-42',
      family: 'previewops-shop--pr-42',
      targetGroup: 'previewops-shop-pr-42',
      logGroup: '/ecs/previewops-shop--pr-42',
      project: 'previewops-shop',
      repository: 'previewops/shop',
    });
  });
});

it('slug keeps letters that only wear an accent', () => {
  expect(slug('Crème Brûlée!')).toBe('creme-brulee');
});
