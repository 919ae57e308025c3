import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PreviewopsError } from '../../../src/errors.ts';
import type { PolicyDocument, Statement } from '../../../src/permissions/evaluate.ts';
import { callingCommands } from '../../../src/permissions/manifest.ts';
import { policyFor } from '../../../src/permissions/policy.ts';
import {
  inlinePolicyLimit,
  managedPolicyLimit,
  readPolicies,
  sizeOf,
  splitPolicy,
} from '../../../src/permissions/split.ts';
import { sampleScope } from './sample-scope.ts';

const statementsOf = ({ Statement: given }: PolicyDocument): Statement[] => [given].flat();

/** The longest names that a configuration can have. */
const long = 'x'.repeat(40);
const longScope = {
  ...sampleScope,
  partition: 'aws-us-gov',
  region: 'ap-southeast-99',
  app: long,
  cluster: 'c'.repeat(255),
  names: {
    service: `previewops-${long}--*`,
    targetGroup: 'previewops-xxxxxxxxxx-*',
    logGroup: `/ecs/previewops-${long}--*`,
    project: `previewops-${long}`,
    repository: `${'p'.repeat(200)}/${long}`,
  },
  executionRoleArn: `arn:aws-us-gov:iam::123456789012:role/${'p'.repeat(400)}/execution`,
  recordNames: [`*.${'d'.repeat(60)}.${'e'.repeat(60)}.example.com`],
};

describe('a policy', () => {
  test('of ordinary names is one inline document, and a managed one without DNS', () => {
    const policy = policyFor(sampleScope);
    expect(sizeOf(policy)).toBeLessThanOrEqual(inlinePolicyLimit);
    expect(splitPolicy(policy, inlinePolicyLimit)).toEqual([policy]);
    const plain = policyFor(sampleScope, { features: { dns: false, build: true } });
    expect(splitPolicy(plain)).toEqual([plain]);
  });

  test('of the longest names is cut into documents within the limit that say the same', () => {
    const policy = policyFor(longScope, { commands: callingCommands });
    expect(sizeOf(policy)).toBeGreaterThan(managedPolicyLimit);
    const documents = splitPolicy(policy);
    expect(documents.length).toBeGreaterThan(1);
    for (const document of documents) {
      expect(document.Version).toBe('2012-10-17');
      expect(sizeOf(document)).toBeLessThanOrEqual(managedPolicyLimit);
    }
    const sids = (all: Statement[]) => all.map(({ Sid }) => Sid).sort();
    expect(sids(documents.flatMap(statementsOf))).toEqual(sids(statementsOf(policy)));
    expect(documents.flatMap(statementsOf)).toEqual(
      expect.arrayContaining(statementsOf(policy).map((s) => expect.objectContaining(s))),
    );
  });

  test('is cut so that nothing gets lost or twice, whatever the statements', () => {
    const statement = fc.integer({ min: 0, max: 300 }).map((size) => ({
      Effect: 'Allow' as const,
      Action: `ecs:${'A'.repeat(size)}`,
      Resource: '*',
    }));
    fc.assert(
      fc.property(fc.array(statement), (statements) => {
        const policy = { Version: '2012-10-17', Statement: statements };
        const documents = splitPolicy(policy, 500);
        for (const document of documents) expect(sizeOf(document)).toBeLessThanOrEqual(500);
        const byText = (all: Statement[]) => all.map((s) => JSON.stringify(s)).sort();
        expect(byText(documents.flatMap(statementsOf))).toEqual(byText(statements));
      }),
    );
  });

  test('without a statement is one document without one', () => {
    const policy = { Version: '2012-10-17', Statement: [] };
    expect(splitPolicy(policy)).toEqual([policy]);
  });

  test('counts what AWS counts: no white space', () => {
    const policy: PolicyDocument = {
      Version: '2012-10-17',
      Statement: { Sid: 'With two spaces', Effect: 'Allow', Action: '*', Resource: '*' },
    };
    expect(sizeOf(policy)).toBe(JSON.stringify(policy).length - 2);
  });
});

describe('the policies of a file', () => {
  const one = policyFor(sampleScope, { commands: ['list'] });
  const two = policyFor(sampleScope, { commands: ['destroy'] });

  test.each<[string, unknown, PolicyDocument[]]>([
    ['one document', one, [one]],
    ['a list of them', [one, two], [one, two]],
    ['what get-policy-version answers', { PolicyVersion: { Document: one } }, [one]],
    ['what get-role-policy answers', { RoleName: 'ci', PolicyDocument: one }, [one]],
    ['a list of answers', [{ PolicyDocument: one }, two], [one, two]],
  ])('%s', (_, given, expected) => {
    expect(readPolicies(JSON.stringify(given, undefined, 2), 'p.json')).toEqual(expected);
  });

  test.each([
    ['{', /^p\.json is not JSON: /],
    ['', /^p\.json is not JSON: /],
    ['[]', /^p\.json holds no IAM policy/],
    ['{}', /^p\.json holds no IAM policy/],
    ['null', /^p\.json holds no IAM policy/],
    ['"Statement"', /^p\.json holds no IAM policy/],
    ['{"PolicyVersion":null}', /^p\.json holds no IAM policy/],
    ['[{"Statement":[]},{}]', /^p\.json holds no IAM policy/],
  ])('%j is refused', (text, message) => {
    const read = () => readPolicies(text, 'p.json');
    expect(read).toThrow(PreviewopsError);
    expect(read).toThrow(message);
  });
});
