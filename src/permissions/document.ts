import { PreviewopsError } from '../errors.ts';
import { readTest, type Test } from './conditions.ts';
import type { PolicyDocument, Statement } from './evaluate.ts';
import { splitArn } from './match.ts';
import { operatorNames } from './operators.ts';

/** `Action` or `NotAction`, `Resource` or `NotResource`: the values, and which of the two. */
interface Element {
  values: string[];
  negated: boolean;
}

/** A statement whose every part has been checked. */
export interface Rule {
  deny: boolean;
  /** Lower case. */
  actions: Element;
  resources: Element;
  tests: Test[];
  variables: boolean;
  statement: Statement;
}

const versions = ['2008-10-17', '2012-10-17'];
const documentKeys = ['Version', 'Id', 'Statement'];
const statementKeys = [
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];

function malformed(where: string, what: string): PreviewopsError {
  return new PreviewopsError('config-invalid', `Malformed policy: ${where}: ${what}`, {
    hint: 'Correct the policy document; IAM would refuse to store it as it is (IAM User Guide, "Grammar of the IAM JSON policy language").',
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Checks a policy document and makes it ready to evaluate. `where` names it in errors.
 * Throws `config-invalid` where IAM would refuse to store the document.
 */
export function readDocument(document: PolicyDocument, where: string): Rule[] {
  const given: unknown = document;
  if (!isRecord(given)) throw malformed(where, 'a policy must be a JSON object');
  refuseUnknownKeys(given, documentKeys, where);
  const { Version: version, Statement: statements } = given;
  if (version !== undefined && !versions.includes(version as string)) {
    throw malformed(where, `Version must be ${versions.join(' or ')}`);
  }
  if (statements === undefined) throw malformed(where, 'Statement is missing');
  const list: unknown[] = Array.isArray(statements) ? statements : [statements];
  return list.map((statement, i) =>
    readStatement(statement, version === '2012-10-17', `${where}, statement ${i + 1}`),
  );
}

function readStatement(statement: unknown, variables: boolean, at: string): Rule {
  if (!isRecord(statement)) throw malformed(at, 'a statement must be a JSON object');
  const { Sid: sid, Effect: effect } = statement;
  if (sid !== undefined && typeof sid !== 'string') throw malformed(at, 'Sid must be a string');
  const where = sid ? `${at} (${JSON.stringify(sid)})` : at;
  refuseUnknownKeys(statement, statementKeys, where);
  if (effect !== 'Allow' && effect !== 'Deny') {
    throw malformed(where, 'Effect must be "Allow" or "Deny"');
  }
  const actions = readElement(statement, 'Action', where);
  for (const action of actions.values) checkAction(action, where);
  const resources = readElement(statement, 'Resource', where);
  for (const resource of resources.values) checkResource(resource, { variables, where });
  return {
    deny: effect === 'Deny',
    actions: { ...actions, values: actions.values.map((action) => action.toLowerCase()) },
    resources,
    tests: readConditions(statement.Condition, where),
    variables,
    statement: statement as unknown as Statement,
  };
}

function refuseUnknownKeys(given: object, known: readonly string[], where: string): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw malformed(where, `unknown element ${JSON.stringify(unknown)}; known: ${known.join(', ')}`);
}

function readElement(
  statement: Record<string, unknown>,
  name: 'Action' | 'Resource',
  where: string,
): Element {
  const [plain, negation] = [statement[name], statement[`Not${name}`]];
  if ((plain === undefined) === (negation === undefined)) {
    throw malformed(where, `it needs either ${name} or Not${name}, and not both`);
  }
  const negated = plain === undefined;
  const label = negated ? `Not${name}` : name;
  const values: unknown[] = [plain ?? negation].flat();
  if (values.length === 0) throw malformed(where, `${label} must not be empty`);
  if (!values.every((value): value is string => typeof value === 'string')) {
    throw malformed(where, `${label} must be a string or a list of strings`);
  }
  return { values, negated };
}

function checkAction(action: string, where: string): void {
  if (/^\*+$/.test(action) || /^[^:\s]+:[^:\s]+$/.test(action)) return;
  throw malformed(where, `action ${JSON.stringify(action)} must be "*" or like "ecs:ListServices"`);
}

function checkResource(
  resource: string,
  { variables, where }: { variables: boolean; where: string },
): void {
  if (/^\*+$/.test(resource)) return;
  const whole = splitArn(resource, variables).length === 6 || resource.endsWith('*');
  if (/^arn[:*]/i.test(resource) && whole) return;
  throw malformed(where, `resource ${JSON.stringify(resource)} must be "*" or an ARN`);
}

function readConditions(block: unknown, where: string): Test[] {
  if (block === undefined) return [];
  if (!isRecord(block)) throw malformed(where, 'Condition must be a JSON object');
  return Object.entries(block).flatMap(([operator, keys]) => {
    if (!isRecord(keys)) throw malformed(where, `${operator} must hold condition keys`);
    return Object.entries(keys).map(([key, given]) => {
      const values: unknown[] = [given].flat();
      const scalar = (value: unknown) => ['string', 'boolean', 'number'].includes(typeof value);
      if (!values.every(scalar)) {
        throw malformed(where, `${operator} ${key} must hold a value or a list of values`);
      }
      const test = readTest(operator, key, values.map(String));
      if (test) return test;
      const known = operatorNames.join(', ');
      throw malformed(
        where,
        `unknown condition operator ${JSON.stringify(operator)}; known: ${known}`,
      );
    });
  });
}
