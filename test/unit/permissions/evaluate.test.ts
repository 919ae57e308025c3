// Long because it is tables: one row for each sentence of the IAM User Guide.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: IAM writes its variables so.
import { describe, expect, test } from 'vitest';
import { PreviewopsError } from '../../../src/errors.ts';
import {
  evaluate,
  type PolicyDocument,
  type Request,
  type Statement,
} from '../../../src/permissions/evaluate.ts';

/** Known answers from the IAM User Guide; the oracle test covers the same ground at random. */
const version = '2012-10-17';
const document = (...statements: Statement[]): PolicyDocument => ({
  Version: version,
  Statement: statements,
});
const allow = (more: Partial<Statement> = {}): Statement => ({
  Effect: 'Allow',
  ...(more.NotAction ? {} : { Action: '*' }),
  ...(more.NotResource ? {} : { Resource: '*' }),
  ...more,
});
const deny = (more: Partial<Statement> = {}): Statement => ({ ...allow(more), Effect: 'Deny' });
const service = 'arn:aws:ecs:us-east-1:123456789012:service/previews/pr-42';
const request: Request = { action: 'ecs:DeleteService', resource: service };

describe('policy evaluation logic', () => {
  const yes = document(allow());
  const no = document(deny());
  const other = document(allow({ Action: 's3:*' }));
  test.each([
    ['nothing allows by itself', { identity: [] }, 'implicitDeny', 'identity'],
    ['an allow suffices', { identity: [other, yes] }, 'allowed', 'identity'],
    ['an explicit deny wins', { identity: [no, yes] }, 'explicitDeny', 'identity'],
    ['a boundary limits', { identity: [yes], boundary: [other] }, 'implicitDeny', 'boundary'],
    ['a boundary grants nothing', { identity: [], boundary: [yes] }, 'implicitDeny', 'identity'],
    ['both allow', { identity: [yes], boundary: [yes] }, 'allowed', 'identity'],
    ['a boundary denies', { identity: [yes], boundary: [yes, no] }, 'explicitDeny', 'boundary'],
    ['an empty boundary is none', { identity: [yes], boundary: [] }, 'allowed', 'identity'],
    ['every level must allow', { identity: [yes], scps: [[yes], [other]] }, 'implicitDeny', 'scp'],
    ['a level without policies', { identity: [yes], scps: [[yes], []] }, 'implicitDeny', 'scp'],
    [
      'one policy of a level suffices',
      { identity: [yes], scps: [[other, yes]] },
      'allowed',
      'identity',
    ],
    ['a level denies', { identity: [yes], scps: [[yes, no], [yes]] }, 'explicitDeny', 'scp'],
    ['an SCP grants nothing', { identity: [], scps: [[yes]] }, 'implicitDeny', 'identity'],
  ] as const)('%s', (_, policies, decision, by) => {
    const { identity, boundary, scps } = {
      boundary: undefined,
      scps: undefined,
      ...policies,
    };
    const verdict = evaluate(request, {
      identity: [...identity],
      ...(boundary ? { boundary: [...boundary] } : {}),
      ...(scps ? { scps: scps.map((level) => [...level]) } : {}),
    });
    expect(verdict).toMatchObject({ decision, by });
  });

  test('names the statement that decided', () => {
    const granting = allow({ Sid: 'Grants' });
    const refusing = deny({ Sid: 'Refuses', Action: 'ecs:Delete*' });
    const identity = [document(deny({ Action: 's3:*' }), granting)];
    expect(evaluate(request, { identity }).statement).toBe(granting);
    const boundary = [document(allow(), refusing)];
    expect(evaluate(request, { identity, boundary }).statement).toBe(refusing);
    expect(evaluate(request, { identity: [] }).statement).toBeUndefined();
  });

  test('STS answers GetCallerIdentity whatever the policies say', () => {
    const who = { action: 'sts:GetCallerIdentity', resource: '*' };
    expect(evaluate(who, { identity: [no], scps: [[no]] }).decision).toBe('allowed');
  });
});

const decide = (statement: Statement, asked: Partial<Request> = {}) =>
  evaluate({ ...request, ...asked }, { identity: [document(statement)] }).decision === 'allowed';

describe('actions and resources', () => {
  test.each([
    ['ecs:DeleteService', true],
    ['ECS:deleteservice', true],
    ['ecs:Delete*', true],
    ['ecs:*Service', true],
    ['ecs:Delete?ervice', true],
    ['ecs:DeleteService?', false],
    ['ecs:Delete', false],
    ['s3:*', false],
    ['*', true],
  ])('action %s: %s', (action, matches) => {
    expect(decide(allow({ Action: action }))).toBe(matches);
    expect(decide(allow({ NotAction: action }))).toBe(!matches);
  });

  test.each([
    ['*', service, true],
    [service, service, true],
    ['arn:aws:ecs:*:*:service/*', service, true],
    ['arn:aws:ecs:*', service, true],
    ['arn:aws:ecs:us-east-1*', service, true],
    ['arn:aws:ecs:us-east-?:123456789012:service/previews/pr-4?', service, true],
    ['arn:aws:ecs:us-east-1:123456789012:service/previews/PR-42', service, false],
    ['arn:aws:ecs:us-east-1:123456789012:service/previews/pr-4', service, false],
    // A wildcard stays in its part of the ARN ...
    ['arn:aws:ecs:u*2:*:service/previews/pr-42', service, false],
    ['arn:aws:ecs:us-east-1:12*/previews/pr-42*', service, false],
    // ... but the name is one part, with its slashes and colons.
    ['arn:aws:s3:::b/*/test/*', 'arn:aws:s3:::b/1/2/test/3/object.jpg', true],
    ['arn:aws:s3:::b/*/test/*', 'arn:aws:s3:::b/1-test/object.jpg', false],
    ['arn:aws:logs:r:1:log-group:/ecs/x*', 'arn:aws:logs:r:1:log-group:/ecs/x1:log-stream:s', true],
    ['arn:aws:logs:r:1:log-group:/ecs/x', 'arn:aws:logs:r:1:log-group:/ecs/x:*', false],
    // Actions without resource types ask for `*`, which no ARN covers.
    ['arn:aws:ecs:*:*:*', '*', false],
    ['arn:*', '*', false],
    ['arn:*', 'arn:aws:ecs', false],
  ])('resource %s on %s: %s', (value, resource, matches) => {
    expect(decide(allow({ Resource: value }), { resource })).toBe(matches);
    expect(decide(allow({ NotResource: value }), { resource })).toBe(!matches);
  });

  test('a hostile pattern does not take exponential time', () => {
    const value = `arn:aws:s3:::${'*a'.repeat(2000)}b`;
    expect(
      decide(allow({ Resource: value }), { resource: `arn:aws:s3:::${'a'.repeat(3000)}` }),
    ).toBe(false);
  });
});

type Value = string | string[];
type Case = [operator: string, wanted: Value, given: Value | undefined, holds: boolean];

const holds = ([operator, wanted, given]: Case, key = 'app:key') =>
  decide(allow({ Condition: { [operator]: { [key]: wanted } } }), {
    context: given === undefined ? {} : { 'APP:Key': given },
  });

describe('condition operators', () => {
  const arn =
    'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt';
  const pattern = 'arn:aws:someservice:*:111122223333:finance/*';
  const cases: Case[] = [
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringEquals', 'a*', 'ab', false],
    ['StringEquals', ['a', 'b'], 'b', true],
    ['StringNotEquals', ['a', 'b'], 'b', false],
    ['StringNotEquals', ['a', 'b'], 'c', true],
    ['StringEqualsIgnoreCase', 'Abc', 'aBC', true],
    ['StringNotEqualsIgnoreCase', 'Abc', 'aBC', false],
    ['StringLike', 'pr-*', 'pr-42', true],
    ['StringLike', 'PR-*', 'pr-42', false],
    ['StringNotLike', 'pr-?', 'pr-42', true],
    ['StringLike', pattern, arn, true],
    ['ArnLike', pattern, arn, false],
    ['ArnEquals', 'arn:aws:ecs:*:*:cluster/*', 'arn:aws:ecs:r:1:cluster/c', true],
    ['ArnEquals', 'arn:aws:ecs:r:1:cluster/C', 'arn:aws:ecs:r:1:cluster/c', false],
    ['ArnNotLike', 'arn:aws:ecs:*:*:cluster/*', 'arn:aws:ecs:r:1:service/c', true],
    ['ArnNotEquals', 'arn:aws:ecs:*:*:cluster/*', 'arn:aws:ecs:r:1:cluster/c', false],
    ['ArnLike', '*', 'not an arn', false],
    ['NumericEquals', '1', '1.0', true],
    ['NumericEquals', 'one', 'one', false],
    ['NumericNotEquals', '1', '2', true],
    ['NumericNotEquals', '1', 'one', false],
    ['NumericLessThan', '10', '9', true],
    ['NumericLessThan', '10', '10', false],
    ['NumericLessThanEquals', '10', '10', true],
    ['NumericGreaterThan', '9', '10', true],
    ['NumericGreaterThanEquals', '10', '9.9', false],
    ['DateEquals', '2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00Z', true],
    ['DateEquals', '2026-01', '2026-01-01T00:00:00Z', true],
    ['DateEquals', '2026', '2026-01-01T00:00:00Z', true],
    ['DateEquals', '1767225600', '2026-01-01T00:00:00Z', true],
    ['DateEquals', '1767225600.5', '2026-01-01T00:00:00.5Z', true],
    ['DateEquals', '2026-02-30', '2026-03-02', false],
    ['DateLessThan', '2026-01-01T00:00:00.500Z', '2026-01-01T00:00:00.250Z', true],
    ['DateLessThanEquals', '2026-01-01', '2026-01-01', true],
    ['DateGreaterThan', '2020-01-01T00:00:01Z', '2026-01-01T00:00:00Z', true],
    ['DateGreaterThanEquals', '2026-01-01T00:00-01:00', '2026-01-01T00:30Z', false],
    ['DateNotEquals', '2026-01-01', '2026-01-02', true],
    ['DateNotEquals', 'yesterday', '2026-01-02', false],
    ['Bool', 'true', 'TRUE', true],
    ['Bool', 'false', 'true', false],
    ['Bool', 'maybe', 'maybe', false],
    ['BinaryEquals', 'QmluYXJ5VmFsdWVJbkJhc2U2NA==', 'QmluYXJ5VmFsdWVJbkJhc2U2NA==', true],
    ['BinaryEquals', 'QQ==', 'Qg==', false],
    ['BinaryEquals', '?', '?', false],
    ['IpAddress', '203.0.113.0/24', '203.0.113.255', true],
    ['IpAddress', '203.0.113.0/24', '203.0.114.0', false],
    ['IpAddress', '203.0.113.7', '203.0.113.7', true],
    ['IpAddress', '203.0.113.7', '203.0.113.8', false],
    ['IpAddress', '0.0.0.0/0', '203.0.113.7', true],
    ['IpAddress', '203.0.113.0/33', '203.0.113.0', false],
    ['IpAddress', '203.0.113.300', '203.0.113.300', false],
    ['IpAddress', '2001:DB8:1234:5678::/64', '2001:db8:1234:5678:9::1', true],
    ['IpAddress', '2001:DB8:1234:5678::/64', '2001:db8:1234:5679::1', false],
    ['IpAddress', '2001:DB8:0:0::1', '2001:db8::1', true],
    ['IpAddress', '::ffff:1.2.3.4', '::ffff:102:304', true],
    ['IpAddress', '::/0', '1.2.3.4', false],
    ['IpAddress', '1::2::3', '1::2::3', false],
    ['NotIpAddress', '203.0.113.0/24', '203.0.114.0', true],
    ['NotIpAddress', '203.0.113.0/24', '2001:db8::1', true],
    ['NotIpAddress', ['203.0.113.0/24', '198.51.100.0/24'], '198.51.100.1', false],
    ['Null', 'true', undefined, true],
    ['Null', 'true', 'a', false],
    ['Null', 'false', 'a', true],
    ['Null', 'false', '', true],
    ['Null', 'false', [], false],
    ['Null', 'false', undefined, false],
    ['stringequals', 'a', 'a', true],
  ];
  test.each(cases)('%s %j on %j: %s', (...row) => expect(holds(row)).toBe(row[3]));

  const absent: [operator: string, holds: boolean][] = [
    ['StringEquals', false],
    ['StringNotEquals', true],
    ['ArnNotLike', true],
    ['NotIpAddress', true],
    ['NumericLessThan', false],
    ['DateNotEquals', true],
    ['StringEqualsIfExists', true],
    ['StringNotEqualsIfExists', true],
    ['ForAllValues:StringEquals', true],
    ['ForAllValues:StringNotEquals', true],
    ['ForAnyValue:StringEquals', false],
    ['ForAnyValue:StringNotEquals', false],
    ['ForAnyValue:StringEqualsIfExists', false],
  ];
  test.each(absent)('%s without the key: %s', (operator, expected) => {
    expect(holds([operator, 'a', undefined, expected])).toBe(expected);
  });

  const columns = ['PostDateTime', 'Message', 'Tags'];
  const sets: Case[] = [
    ['ForAllValues:StringLike', columns, ['PostDateTime', 'Message'], true],
    ['ForAllValues:StringLike', columns, ['PostDateTime', 'UserName'], false],
    ['ForAnyValue:StringLike', columns, ['PostDateTime', 'UserName'], true],
    ['ForAnyValue:StringLike', columns, ['UserName'], false],
    ['ForAllValues:StringLike', columns, 'Message', true],
    ['ForAnyValue:StringNotEquals', columns, ['Tags', 'UserName'], true],
    ['ForAllValues:StringNotEquals', columns, ['Tags', 'UserName'], false],
    // The guide counts an empty string and an empty list as no value.
    ['ForAllValues:StringEquals', columns, [], true],
    ['ForAllValues:StringEquals', columns, '', true],
    ['ForAnyValue:StringNotEquals', columns, [''], false],
    // A key of many values needs a set operator.
    ['StringEquals', columns, ['Tags'], false],
    ['StringNotEquals', columns, ['UserName'], false],
  ];
  test.each(sets)('%s %j on %j: %s', (...row) => expect(holds(row)).toBe(row[3]));

  test('all operators and keys must hold', () => {
    const Condition = { StringEquals: { a: '1', b: ['2', '3'] }, NumericLessThan: { c: 5 } };
    const decideWith = (context: Record<string, string>) =>
      decide(allow({ Condition }), { context });
    expect(decideWith({ a: '1', b: '3', c: '4' })).toBe(true);
    expect(decideWith({ a: '1', b: '4', c: '4' })).toBe(false);
    expect(decideWith({ a: '1', b: '3', c: '5' })).toBe(false);
  });

  test('a deny with a negated IfExists applies when the key is absent', () => {
    const Condition = { StringNotEqualsIfExists: { 'aws:ResourceTag/previewops:app': 'shop' } };
    const identity = [document(allow(), deny({ Condition }))];
    expect(evaluate(request, { identity }).decision).toBe('explicitDeny');
  });
});

describe('policy variables', () => {
  const context = { 'aws:username': 'bob', 'aws:star': 'b*', 'aws:list': ['bob'], 'aws:empty': '' };
  const rows: [operator: string, wanted: string, given: string, holds: boolean][] = [
    ['StringEquals', 'home/${aws:username}/', 'home/bob/', true],
    ['StringEquals', '${AWS:UserName}', 'bob', true],
    ['StringLike', '${aws:username}*', 'bobby', true],
    ['StringLike', '${aws:star}', 'bcc', false],
    ['StringLike', '${aws:star}', 'b*', true],
    ['StringEquals', "${aws:absent, 'company-wide'}", 'company-wide', true],
    ['StringEquals', "${aws:username, 'company-wide'}", 'bob', true],
    ['StringEquals', "${aws:absent, ''}", '', true],
    ['StringEquals', "${aws:empty, 'x'}", '', true],
    ['StringEquals', '${aws:absent}', '${aws:absent}', false],
    ['StringNotEquals', '${aws:absent}', 'x', false],
    ['StringEquals', '${aws:list}', 'bob', false],
    ['StringEquals', '${*}${?}${$}', '*?$', true],
    ['StringLike', 'a${*}', 'ab', false],
    ['StringLike', 'a${*}', 'a*', true],
    ['StringEquals', '${$}{aws:username}', '${aws:username}', true],
    ['StringEquals', '${aws:username', '${aws:username', true],
    ['ArnLike', 'arn:aws:iam::1:user/${aws:username}', 'arn:aws:iam::1:user/bob', true],
    ['ArnLike', 'arn:aws:iam::${aws:username}:user/x', 'arn:aws:iam::bob:user/x', true],
    ['ArnLike', 'arn:aws:iam::1:user/${aws:absent}', 'arn:aws:iam::1:user/x', false],
    ['ArnNotLike', 'arn:aws:iam::1:user/${aws:absent}', 'arn:aws:iam::1:user/x', false],
    ['NumericEquals', '${aws:number}', '1', false],
  ];
  const at = (Version: string | undefined, [operator, wanted, given]: (typeof rows)[number]) =>
    evaluate(
      { ...request, context: { ...context, 'aws:number': '1', 'app:key': given } },
      {
        identity: [
          {
            ...(Version ? { Version } : {}),
            Statement: allow({ Condition: { [operator]: { 'app:key': wanted } } }),
          },
        ],
      },
    ).decision === 'allowed';
  test.each(rows)('%s %s on %s: %s', (...row) => expect(at(version, row)).toBe(row[3]));

  test.each(['2008-10-17', undefined])('are literal text in version %s', (old) => {
    expect(at(old, ['StringEquals', '${aws:username}', '${aws:username}', true])).toBe(true);
    expect(at(old, ['StringEquals', '${aws:username}', 'bob', false])).toBe(false);
    expect(at(old, ['StringLike', '${*}', '${anything}', true])).toBe(true);
  });

  const bucket = 'arn:aws:s3:::bucket';
  test.each([
    [`${bucket}/\${aws:username}/*`, `${bucket}/bob/file`, true],
    [`${bucket}/\${aws:username}/*`, `${bucket}/eve/file`, false],
    [`${bucket}/\${aws:star}`, `${bucket}/bcc`, false],
    ['arn:aws:s3:::${aws:username}', 'arn:aws:s3:::bob', true],
    // Not before the fifth colon.
    ['arn:aws:s3::${aws:username}:b', 'arn:aws:s3::bob:b', false],
  ])('resource %s on %s: %s', (value, resource, matches) => {
    expect(decide(allow({ Resource: value }), { resource, context })).toBe(matches);
  });

  test('that cannot be replaced make neither Resource nor NotResource apply', () => {
    const value = `${bucket}/\${aws:absent}`;
    for (const resource of [`${bucket}/x`, `${bucket}/`]) {
      expect(decide(allow({ Resource: value }), { resource })).toBe(false);
      expect(decide(allow({ NotResource: value }), { resource })).toBe(false);
    }
    const early = 'arn:aws:s3::${aws:username}:b';
    expect(decide(allow({ NotResource: early }), { resource: bucket, context })).toBe(false);
  });
});

test('missing context lists each absent key once, of statements that concern the request', () => {
  const identity = [
    document(
      allow({ Condition: { StringEquals: { 'ecs:cluster': 'x', 'aws:Present': 'y' } } }),
      deny({ Condition: { StringEquals: { 'ECS:Cluster': 'x' }, Null: { 'aws:Other': 'true' } } }),
      allow({ Resource: 'arn:aws:ecs:us-east-1:123456789012:${aws:username}' }),
      allow({ Action: 's3:*', Condition: { StringEquals: { 's3:prefix': 'x' } } }),
    ),
  ];
  const { missingContext } = evaluate(
    { ...request, context: { 'aws:present': 'n' } },
    { identity },
  );
  expect(missingContext).toEqual(['aws:Other', 'aws:username', 'ecs:cluster']);
});

describe('malformed documents', () => {
  const statement = { Effect: 'Allow', Action: '*', Resource: '*' };
  const of = (more: object) => ({ Statement: [statement, { ...statement, ...more }] });
  const second = 'identity policy 2, statement 2';
  test.each<[string, unknown, string]>([
    ['no object', 'Allow', 'identity policy 2: a policy must be a JSON object'],
    ['a list', [], 'identity policy 2: a policy must be a JSON object'],
    ['no statement', {}, 'identity policy 2: Statement is missing'],
    ['version', { ...of({}), Version: '2012-10-18' }, 'identity policy 2: Version must be'],
    ['element of the document', { ...of({}), Statements: [] }, 'unknown element "Statements"'],
    ['statement', { Statement: ['x'] }, 'identity policy 2, statement 1: a statement must be'],
    ['effect', of({ Effect: 'allow' }), `${second}: Effect must be`],
    ['Sid', of({ Sid: 4 }), `${second}: Sid must be a string`],
    ['with the Sid', of({ Sid: 'Here', Effect: '' }), `${second} ("Here"): Effect`],
    ['element', of({ Principal: '*' }), `${second}: unknown element "Principal"`],
    ['no action', of({ Action: undefined }), `${second}: it needs either Action or NotAction`],
    ['both actions', of({ NotAction: '*' }), `${second}: it needs either Action or NotAction`],
    ['both resources', of({ NotResource: '*' }), `${second}: it needs either Resource or`],
    ['empty action', of({ Action: [] }), `${second}: Action must not be empty`],
    ['action type', of({ Action: [1] }), `${second}: Action must be a string or a list`],
    ['action', of({ Action: 'ListServices' }), `${second}: action "ListServices" must be`],
    ['resource', of({ Resource: 'service/x' }), `${second}: resource "service/x" must be`],
    ['short ARN', of({ Resource: 'arn:aws:ecs' }), `${second}: resource "arn:aws:ecs" must be`],
    [
      'ARN',
      of({ Resource: 'arn:aws:ecs:us-*:service/x' }),
      `${second}: resource "arn:aws:ecs:us-*`,
    ],
    ['condition', of({ Condition: [] }), `${second}: Condition must be a JSON object`],
    [
      'operator',
      of({ Condition: { StringIs: { a: '1' } } }),
      'unknown condition operator "StringIs"',
    ],
    [
      'NullIfExists',
      of({ Condition: { NullIfExists: { a: 'true' } } }),
      'unknown condition operator',
    ],
    ['keys', of({ Condition: { Bool: 'x' } }), `${second}: Bool must hold condition keys`],
    ['values', of({ Condition: { Bool: { a: {} } } }), `${second}: Bool a must hold a value`],
  ])('%s', (_, malformed, message) => {
    const identity = [document(allow()), malformed as PolicyDocument];
    let thrown: unknown;
    try {
      evaluate(request, { identity });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(PreviewopsError);
    expect(thrown).toMatchObject({ code: 'config-invalid' });
    expect(String(thrown)).toContain(message);
  });

  test('say which boundary or level is meant', () => {
    const broken = {} as PolicyDocument;
    const identity = [document(allow())];
    expect(() => evaluate(request, { identity, boundary: [broken] })).toThrow('boundary 1: ');
    expect(() => evaluate(request, { identity, scps: [[], [broken]] })).toThrow('level 2 service');
  });
});
