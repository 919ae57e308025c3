import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Rule } from '../types.ts';
import { validationError } from './elasticloadbalancing-common.ts';

export type Conditions = Pick<Rule, 'hosts' | 'otherConditions'>;

// Quotas for Application Load Balancers: condition values per rule, wildcards per rule.
const maxValues = 5;
const maxWildcards = 5;

const fields = [
  'host-header',
  'path-pattern',
  'http-header',
  'http-request-method',
  'query-string',
  'source-ip',
];

/** The conditions of a rule as the world keeps them; throws as AWS does for what it refuses. */
export function conditionsOf(given: readonly RuleCondition[]): Conditions {
  if (given.length === 0) throw validationError('A condition must be specified');
  const hosts: string[] = [];
  for (const condition of given) {
    if (!fields.includes(condition.Field ?? '')) {
      throw validationError(
        `Condition field '${condition.Field}' must be one of '[${fields.join(', ')}]'`,
      );
    }
    if (condition.Field === 'host-header') hosts.push(...hostsOf(condition));
  }
  if (given.filter(({ Field }) => Field === 'host-header').length > 1) {
    throw validationError("A rule can only have one 'host-header' condition");
  }
  const otherConditions = given.filter(({ Field }) => Field !== 'host-header');
  checkQuotas([...hosts, ...otherConditions.flatMap(valuesOf)]);
  return { hosts, otherConditions };
}

function hostsOf({ Values, HostHeaderConfig }: RuleCondition): string[] {
  if (Values && HostHeaderConfig) {
    throw validationError("You cannot specify both 'Values' and 'HostHeaderConfig'");
  }
  const values = HostHeaderConfig?.Values ?? Values ?? [];
  if (values.length === 0) throw validationError('A condition value must be specified');
  for (const value of values) checkHost(value);
  return [...values];
}

// HostHeaderConditionConfig, Elastic Load Balancing API reference.
function checkHost(value: string): void {
  const problem =
    value.length > 128
      ? 'is longer than 128 characters'
      : !/^[A-Za-z0-9.*?-]+$/.test(value)
        ? 'contains a character that is not valid'
        : !value.includes('.')
          ? "must include at least one '.'"
          : !/\.[A-Za-z]+$/.test(value)
            ? "can include only alphabetical characters after the final '.'"
            : undefined;
  if (problem) throw validationError(`Condition value '${value}' ${problem}`);
}

function valuesOf(condition: RuleCondition): string[] {
  return [
    ...(condition.Values ?? []),
    ...(condition.PathPatternConfig?.Values ?? []),
    ...(condition.HttpHeaderConfig?.Values ?? []),
    ...(condition.HttpRequestMethodConfig?.Values ?? []),
    ...(condition.SourceIpConfig?.Values ?? []),
    ...(condition.QueryStringConfig?.Values ?? []).map(({ Value }) => Value ?? ''),
  ];
}

function checkQuotas(values: readonly string[]): void {
  if (values.length > maxValues) {
    throw validationError(`The maximum number of condition values per rule is ${maxValues}`);
  }
  const wildcards = values.join('').replace(/[^*?]/g, '').length;
  if (wildcards > maxWildcards) {
    throw validationError(`The maximum number of wildcards per rule is ${maxWildcards}`);
  }
}

/** Conditions as the API shows them: host values both in the old field and in the new one. */
export function shapeOfConditions({ hosts, otherConditions }: Conditions): RuleCondition[] {
  const host: RuleCondition = {
    Field: 'host-header',
    Values: [...hosts],
    HostHeaderConfig: { Values: [...hosts] },
  };
  return [...(hosts.length > 0 ? [host] : []), ...(otherConditions as RuleCondition[])];
}
