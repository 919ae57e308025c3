import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordNames, scopeOf } from '../../../src/commands/scope.ts';
import { checkConfig } from '../../../src/config/check.ts';
import { exampleConfig } from '../../../src/config/example.ts';
import { identify } from '../../../src/preview/identity.ts';

const baseDomain = 'previews.example.com';

describe('the record names of a policy', () => {
  test.each([
    ['{id}.{baseDomain}', '*.previews.example.com'],
    ['{app}-{id}.{baseDomain}', 'hello-*.previews.example.com'],
    ['{pr}-preview.{baseDomain}', '*-preview.previews.example.com'],
    ['{id}-behind-a-suffix-that-may-be-cut.{baseDomain}', '*.previews.example.com'],
  ])('%s gives %s', (pattern, expected) => {
    expect(recordNames(pattern, 'hello', { baseDomain })).toEqual([expected]);
  });

  test('cover every host that a preview can get', () => {
    const pattern = fc.constantFrom(
      '{id}.{baseDomain}',
      'x-{app}-{id}.{baseDomain}',
      '{branch}-{app}-and-a-suffix.{baseDomain}',
      'a-very-long-prefix-that-nearly-fills-the-label-of-this-{id}.{baseDomain}',
      '{app}-{app}-{pr}-{branch}.{baseDomain}',
    );
    const app = fc.constantFrom('a', 'hello', 'an-app-with-the-longest-name-that-is-40');
    const ref = fc.oneof(
      fc.record({ pr: fc.integer({ min: 1, max: 2 ** 31 }) }),
      fc.record({ branch: fc.string({ minLength: 1, maxLength: 80 }) }),
    );
    fc.assert(
      fc.property(pattern, app, ref, (hostPattern, name, wanted) => {
        const rules = { app: name, baseDomain, hostPattern, branchPrefix: '' };
        const { host } = identify(wanted, rules);
        const [allowed = ''] = recordNames(hostPattern, name, { baseDomain });
        const [before = '', after = ''] = allowed.split(/\*(?:.*\*)?/);
        expect(host.startsWith(before)).toBe(true);
        expect(host.endsWith(after)).toBe(true);
      }),
    );
  });
});

test('the scope of the example names what the reference policy is about', () => {
  const checked = checkConfig({ file: 'example', text: exampleConfig() });
  if (!('config' in checked)) throw new Error('the example is not valid');
  expect(scopeOf(checked.config, 'hello')).toMatchObject({
    partition: 'aws',
    region: 'us-east-1',
    account: '123456789012',
    app: 'hello',
    cluster: 'previewops-cluster',
    names: { service: 'previewops-hello--*', repository: 'previewops/hello' },
    buildRoleArn: 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
  });
});
