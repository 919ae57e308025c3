// Long because it is mostly pools of values and the list of what the oracle gets wrong.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: IAM writes its variables so.
import * as fc from 'fast-check';
import type { Policies, PolicyDocument, Request } from '../../../src/permissions/evaluate.ts';
import { manifest } from '../../../src/permissions/manifest.ts';
import { resources } from '../../../src/permissions/scope.ts';
import { sampleScope } from '../../unit/permissions/sample-scope.ts';

/**
 * Random documents and requests for the comparison with the oracle. What is left out on purpose,
 * because the oracle contradicts the IAM User Guide there (the table test holds our answers):
 * - variables in documents older than 2012-10-17: the guide calls them literal text, the oracle replaces them;
 * - `${*}`, `${?}`, `${$}` under StringEquals: "any string where you can use regular policy variables";
 * - empty strings under ForAllValues/ForAnyValue: the guide counts them as no value, the oracle as one;
 * - empty lists under Null, and empty defaults and values of variables: same reason;
 * - variables before an ARN's fifth colon: the oracle cuts the variable's own name at its colon;
 * - epoch seconds beside ISO dates: the oracle takes them for milliseconds; and times without a zone;
 * - `/0` in IPv4, and addresses without a prefix, which the oracle compares as text;
 * - unreadable IP addresses among several in the request: the oracle's answers depend on their number;
 * - `NotResource` with an abbreviated ARN for a call that asks for `*`: the oracle lets that ARN cover
 *   `*` there, but not in `Resource`;
 * - newlines, where the oracle ends a `*`.
 * AWS does not allow these, so no answer is right: wildcards in an action's service, wildcards in an
 * ARN's resource type before its separator, ARNs with less than six parts that do not end in `*`.
 */
const sometimes = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: rare });

const texts = ['shop', 'Shop', 'sho', 'shop*', 'a.b+c', 'pr-42', 'pr-43', 'x y', '1'];
const numbers = ['0', '1', '1.0', '-1', '10', '9', '2.5', 'x'];
const dates = [
  '2026-01-01T00:00:00Z',
  '2026-01-01T01:00:00+01:00',
  '2026-01-01',
  '2025-12-31T23:59:59Z',
  '2026-06-01T12:00:00.5Z',
  'x',
];
const epochs = ['1767225600', '1767225601', '1700000000'];
const booleans = ['true', 'false', 'TRUE', 'x'];
const bytes = ['QQ==', 'Qg==', 'QUI='];
const addresses = ['10.1.2.3', '10.200.0.1', '192.0.2.7', '2001:db8::1', '2001:db8:8000::1'];
const ranges = ['10.0.0.0/8', '10.1.2.3/32', '10.128.0.0/9', '192.0.2.0/29', '2001:db8::/33', 'x'];
const arns = [
  'arn:aws:ecs:us-east-1:123456789012:cluster/previews',
  'arn:aws:ecs:us-east-1:123456789012:cluster/other',
  'arn:aws:ecs:eu-west-1:123456789012:cluster/previews',
  'arn:aws:sns:us-east-1:123456789012:a:b:c',
  'x',
];
const arnPatterns = [
  ...arns,
  'arn:aws:ecs:*:*:cluster/*',
  'arn:aws:ecs:us-????-1:123456789012:cluster/p*',
  'arn:aws:sns:us-east-1:123456789012:a*c',
  'arn:aws:ecs:us-east-1:123456789012:CLUSTER/previews',
];
const textPatterns = [...texts, '*', 's?op', 'pr-*', '?hop*', '*4?', ''];
const textVariables = [
  '${aws:username}',
  '${AWS:UserName}',
  'pr-${aws:PrincipalTag/number}',
  "${aws:absent, 'shop'}",
  '${aws:absent}',
  '${aws:TagKeys}',
  "x${aws:absent, ' y'}",
];
const likeVariables = [...textVariables, '${*}', 'shop${*}', '${?}*', '${$}{aws:username}'];
const arnVariables = [
  'arn:aws:ecs:us-east-1:123456789012:cluster/${aws:username}',
  "arn:aws:ecs:us-east-1:123456789012:${aws:absent, 'cluster'}/*",
  'arn:aws:ecs:*:*:cluster/${aws:absent}',
];

interface Family {
  keys: readonly string[];
  given: readonly string[];
  operators: readonly string[];
  wanted: readonly string[];
  variables?: readonly string[];
}
const comparisons = ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals'].concat([
  'GreaterThan',
  'GreaterThanEquals',
]);
const textKeys = ['aws:RequestTag/previewops:app', 'aws:TagKeys', 'ecs:CreateAction'];
const families: readonly Family[] = [
  {
    keys: textKeys,
    given: texts,
    operators: ['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase'].concat(
      'StringNotEqualsIgnoreCase',
    ),
    wanted: texts,
    variables: textVariables,
  },
  {
    keys: textKeys,
    given: texts,
    operators: ['StringLike', 'StringNotLike'],
    wanted: textPatterns,
    variables: likeVariables,
  },
  {
    keys: ['s3:max-keys'],
    given: numbers,
    operators: comparisons.map((name) => `Numeric${name}`),
    wanted: numbers,
  },
  {
    keys: ['aws:CurrentTime'],
    given: dates,
    operators: comparisons.map((name) => `Date${name}`),
    wanted: dates,
  },
  {
    keys: ['aws:EpochTime'],
    given: epochs,
    operators: comparisons.map((name) => `Date${name}`),
    wanted: epochs,
  },
  {
    keys: ['aws:SecureTransport'],
    given: booleans,
    operators: ['Bool'],
    wanted: booleans,
    variables: ['${aws:MultiFactorAuthPresent}'],
  },
  { keys: ['app:bytes'], given: bytes, operators: ['BinaryEquals'], wanted: bytes },
  {
    keys: ['aws:SourceIp'],
    given: addresses,
    operators: ['IpAddress', 'NotIpAddress'],
    wanted: ranges,
  },
  {
    keys: ['ecs:cluster', 'aws:SourceArn'],
    given: arns,
    operators: ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'],
    wanted: arnPatterns,
    variables: arnVariables,
  },
];

const anyCase = (text: string) =>
  sometimes(fc.constant(text), fc.constantFrom(text.toUpperCase(), text.toLowerCase()));
const oneOrMore = <T>(item: fc.Arbitrary<T>) =>
  fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 3 }));

const context: fc.Arbitrary<Record<string, string | string[]>> = fc
  .record(
    Object.fromEntries([
      ['aws:username', fc.constantFrom('shop', 'pr-42', 's*')],
      ['aws:PrincipalTag/number', fc.constantFrom('42', '4?')],
      ['aws:MultiFactorAuthPresent', fc.constantFrom('true', 'false')],
      ...families.flatMap(({ keys, given }) => {
        const value = fc.constantFrom(...given);
        const list = fc.array(value, { minLength: 1, maxLength: 3 });
        return keys.map((key) => [key, fc.oneof(value, list)] as const);
      }),
    ]),
    { requiredKeys: [] },
  )
  .map((drawn) => ({ ...drawn }) as Record<string, string | string[]>);

const condition = (variables: boolean) =>
  fc.constantFrom(...families).chain((family) => {
    const plain = fc.constantFrom(...family.wanted);
    const wanted =
      variables && family.variables
        ? sometimes(plain, fc.constantFrom(...family.variables))
        : plain;
    const set = fc.constantFrom('', '', 'ForAllValues:', 'ForAnyValue:');
    const suffix = fc.constantFrom('', '', 'IfExists');
    const operator = fc
      .tuple(set, fc.constantFrom(...family.operators), suffix)
      .map((parts) => parts.join(''));
    const key = fc.constantFrom(...family.keys).chain(anyCase);
    return fc.oneof(
      { weight: 9, arbitrary: fc.tuple(operator, key, oneOrMore(wanted)) },
      {
        weight: 1,
        arbitrary: fc.tuple(fc.constant('Null'), key, oneOrMore(fc.constantFrom('true', 'false'))),
      },
    );
  });

const conditionBlock = (variables: boolean) =>
  fc.array(condition(variables), { maxLength: 2 }).map((drawn) => {
    const block: Record<string, Record<string, string | string[]>> = {};
    for (const [operator, key, values] of drawn) {
      block[operator] = { ...block[operator], [key]: values };
    }
    return block;
  });

const actions = [
  ...new Set(Object.values(manifest).flatMap(({ needs }) => needs.map(({ action }) => action))),
];
const requestResources = Object.values(resources)
  .flatMap((template) => template(sampleScope))
  .filter((arn) => arn !== '*')
  .flatMap((arn) => ['pr-42', 'pr-43', 'a:b'].map((text) => arn.replaceAll('*', text)));

const actionPattern = (action: string) => {
  const [service = '', name = ''] = action.split(':');
  return fc
    .oneof(
      { weight: 3, arbitrary: fc.constant(action) },
      fc.constantFrom('*', `${service}:*`, `${service}:${name.slice(0, 4)}*`),
      fc.constantFrom(`${service}:*${name.slice(-5)}`, `${service}:?${name.slice(1)}`),
      fc.constantFrom(`${service}:${name}s`, `${service}:${name.slice(1)}`, `${service}:${name}?`),
      fc.constantFrom(...actions),
    )
    .chain(anyCase);
};

const segmentPattern = (segment: string) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(segment) },
    fc.constantFrom('*', `${segment.slice(0, 3)}*`, `*${segment.slice(-3)}`, `${segment}?`),
    fc.constant(`${segment.slice(0, 3)}*${segment.slice(-2)}`),
    fc
      .nat(Math.max(segment.length - 1, 0))
      .map((i) => `${segment.slice(0, i)}?${segment.slice(i + 1)}`),
  );

const namePattern = (name: string, variables: boolean) =>
  variables
    ? sometimes(
        segmentPattern(name),
        fc.constantFrom(
          name.replace('pr-42', '${aws:username}'),
          name.replace('42', '${aws:PrincipalTag/number}'),
          name.replace('pr-42', "${aws:absent, 'pr-42'}"),
          `${name}\${aws:absent}`,
          name.replace('-', '${*}'),
        ),
      )
    : segmentPattern(name);

const hasWildType = (name: string) =>
  /^[^:/]*[*?][^:/]*[:/]/.test(name.replaceAll(/\$\{[^}]*\}/g, '?'));

const resourcePattern = (arn: string, variables: boolean): fc.Arbitrary<string> => {
  const parts = arn.split(':');
  const prefix = parts.slice(0, 5);
  const name = parts.slice(5).join(':');
  const whole = fc
    .tuple(
      ...prefix.slice(1).map(segmentPattern),
      namePattern(name, variables).filter((drawn) => !hasWildType(drawn)),
    )
    .map((drawn) => ['arn', ...drawn].join(':'));
  const short = fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.nat(4))
    .map(
      ([count, kept]) => `${prefix.slice(0, count).join(':')}:${prefix[count]?.slice(0, kept)}*`,
    );
  const shouted = fc.constant(`${prefix.join(':').toUpperCase()}:${name}`);
  return fc.oneof(
    { weight: 5, arbitrary: whole },
    { weight: 2, arbitrary: fc.constantFrom('*', 'arn:*') },
    { weight: 2, arbitrary: short },
    { weight: 1, arbitrary: shouted },
    { weight: 2, arbitrary: fc.constantFrom(...requestResources) },
  );
};

const statement = ({ action, resource }: Request, variables: boolean) =>
  fc
    .record({
      Effect: sometimes(fc.constant('Allow' as const), fc.constant('Deny' as const)),
      action: oneOrMore(actionPattern(action)),
      resource: oneOrMore(resourcePattern(resource, variables)),
      notAction: sometimes(fc.constant(false), fc.constant(true)),
      notResource: sometimes(fc.constant(false), fc.constant(true)),
      Condition: conditionBlock(variables),
    })
    .map((drawn) => ({
      Effect: drawn.Effect,
      [drawn.notAction ? 'NotAction' : 'Action']: drawn.action,
      [drawn.notResource ? 'NotResource' : 'Resource']: drawn.resource,
      ...(Object.keys(drawn.Condition).length > 0 ? { Condition: drawn.Condition } : {}),
    }));

const document = (request: Request): fc.Arbitrary<PolicyDocument> =>
  fc.constantFrom('2012-10-17', '2012-10-17', '2008-10-17', undefined).chain((version) =>
    fc
      .array(statement(request, version === '2012-10-17'), { minLength: 1, maxLength: 4 })
      .map((drawn) => ({
        ...(version ? { Version: version } : {}),
        Statement: drawn.length === 1 && drawn[0] ? drawn[0] : drawn,
      })),
  );

const fullAccess: PolicyDocument = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
};

const policies = (request: Request): fc.Arbitrary<Policies> => {
  const guard = sometimes(fc.constant(fullAccess), document(request));
  const guards = fc.array(guard, { minLength: 1, maxLength: 2 });
  return fc.record(
    {
      identity: fc.array(document(request), { minLength: 1, maxLength: 3 }),
      boundary: guards,
      scps: fc.array(sometimes(guards, fc.constant([])), { maxLength: 3 }),
    },
    { requiredKeys: ['identity'] },
  );
};

export const randomCase: fc.Arbitrary<{ request: Request; policies: Policies }> = fc
  .record({
    action: fc.constantFrom(...actions),
    resource: fc.constantFrom(...requestResources),
    context,
  })
  .chain((request) => fc.record({ request: fc.constant(request), policies: policies(request) }));

const abbreviatesNotResource = ({ Statement }: PolicyDocument) =>
  [Statement]
    .flat()
    .flatMap(({ NotResource = [] }) => NotResource)
    .some((value) => value !== '*' && value.split(':').length < 6);

/** Calls without resource types, which ask for `*`. */
export const randomStarCase: fc.Arbitrary<{ request: Request; policies: Policies }> = fc
  .constantFrom(
    'ecs:ListServices',
    'ecs:DescribeTaskDefinition',
    'elasticloadbalancing:DescribeRules',
    'logs:DescribeLogGroups',
  )
  .chain((action) => {
    const nearby = fc.constantFrom(...requestResources).map((resource) => ({ action, resource }));
    return fc.record({
      request: fc.constant({ action, resource: '*', context: {} }),
      policies: fc.record({
        identity: fc.array(
          nearby.chain(document).filter((d) => !abbreviatesNotResource(d)),
          { minLength: 1, maxLength: 3 },
        ),
      }),
    });
  });
