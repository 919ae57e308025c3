import { type Rule, readDocument } from './document.ts';
import { type Match, matchesAction, matchesResource } from './match.ts';
import type { Lookup, Reading } from './pattern.ts';

/** A policy document as IAM takes it. */
export interface PolicyDocument {
  Version?: string;
  Id?: string;
  Statement: Statement | Statement[];
}
export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Record<string, Record<string, string | string[] | boolean | number>>;
}

/** One thing to authorise, e.g. `ecs:DeleteService` on a service's ARN. */
export interface Request {
  /** `<service>:<Action>`, in any case. */
  action: string;
  /** An ARN without wildcards, or `*` for actions that have no resource type. */
  resource: string;
  /** Condition keys, in any case. A list is a key of many values, even with one element. */
  context?: Record<string, string | string[]>;
}

/** Documents must not be changed once they were given to `evaluate`. */
export interface Policies {
  identity: PolicyDocument[];
  /** The permissions boundary; none when absent or empty. */
  boundary?: PolicyDocument[];
  /** Service control policies: one list for each level of the organisation, the root first. */
  scps?: PolicyDocument[][];
}

export type PolicyKind = 'identity' | 'boundary' | 'scp';

export interface Verdict {
  decision: 'allowed' | 'implicitDeny' | 'explicitDeny';
  /** The kind of policy that decided: the one that denies, or the first that fails to allow. Absent when none is asked. */
  by?: PolicyKind;
  /** The statement that decided: the Deny, or the identity policy's Allow. */
  statement?: Statement;
  /** Keys that statements on this action and resource ask for and the request lacks, sorted. */
  missingContext: string[];
}

/** STS answers it to every caller, even against an explicit deny (STS API Reference, GetCallerIdentity). */
const alwaysAllowed = 'sts:getcalleridentity';

interface Layer {
  by: PolicyKind;
  rules: Rule[];
}

/**
 * Decides a request of a principal in its own account as IAM does, without asking AWS: an explicit
 * deny anywhere wins; otherwise each level of service control policies, the identity policies and
 * the boundary must each allow (IAM User Guide, "Policy evaluation logic").
 * Throws `config-invalid` when a document is malformed, saying where.
 */
export function evaluate(request: Request, policies: Policies): Verdict {
  const context = new Map(
    Object.entries(request.context ?? {}).map(([key, value]) => [key.toLowerCase(), value]),
  );
  const missing = new Map<string, string>();
  const lookup: Lookup = (key) => {
    const value = context.get(key.toLowerCase());
    if (value === undefined && !missing.has(key.toLowerCase())) missing.set(key.toLowerCase(), key);
    return value;
  };
  const outcomes = layersOf(policies).map(({ by, rules }) => {
    const applying = rules.filter((rule) => applies(rule, request, lookup));
    return {
      by,
      deny: applying.find((rule) => rule.deny)?.statement,
      allow: applying.find((rule) => !rule.deny)?.statement,
    };
  });
  const verdict =
    request.action.toLowerCase() === alwaysAllowed
      ? { decision: 'allowed' as const }
      : decide(outcomes);
  return { ...verdict, missingContext: [...missing.values()].sort() };
}

function decide(
  outcomes: { by: PolicyKind; deny: Statement | undefined; allow: Statement | undefined }[],
): Omit<Verdict, 'missingContext'> {
  for (const { by, deny } of outcomes) {
    if (deny) return { decision: 'explicitDeny', by, statement: deny };
  }
  const silent = outcomes.find(({ allow }) => !allow);
  if (silent) return { decision: 'implicitDeny', by: silent.by };
  const allow = outcomes.find(({ by }) => by === 'identity')?.allow;
  return { decision: 'allowed', by: 'identity', ...(allow ? { statement: allow } : {}) };
}

/** Documents are values: one that was read is not read again for each of thousands of requests. */
const read = new WeakMap<object, Rule[]>();

function rulesOf(document: PolicyDocument, where: string): Rule[] {
  const known = typeof document === 'object' && document !== null ? read.get(document) : undefined;
  if (known) return known;
  const rules = readDocument(document, where);
  read.set(document, rules);
  return rules;
}

/** In the order in which IAM asks them. */
function layersOf({ identity, boundary = [], scps = [] }: Policies): Layer[] {
  const layer = (by: PolicyKind, documents: PolicyDocument[], name: string): Layer => ({
    by,
    rules: documents.flatMap((document, i) => rulesOf(document, `${name} ${i + 1}`)),
  });
  return [
    ...scps.map((level, i) => layer('scp', level, `level ${i + 1} service control policy`)),
    layer('identity', identity, 'identity policy'),
    ...(boundary.length > 0 ? [layer('boundary', boundary, 'permissions boundary')] : []),
  ];
}

/** Whether a rule is about an action: of few actions, and asked for each of thousands of requests. */
const concerned = new WeakMap<Rule, Map<string, boolean>>();

function concerns(rule: Rule, action: string): boolean {
  const known = concerned.get(rule) ?? new Map<string, boolean>();
  concerned.set(rule, known);
  const before = known.get(action);
  if (before !== undefined) return before;
  const { values, negated } = rule.actions;
  const answer = holds(
    values.map((value) => matchesAction(value, action)),
    negated,
  );
  known.set(action, answer);
  return answer;
}

function applies(rule: Rule, request: Request, lookup: Lookup): boolean {
  if (!concerns(rule, request.action.toLowerCase())) return false;
  const reading: Reading = { variables: rule.variables, lookup };
  const resources = rule.resources.values.map((value) =>
    matchesResource(value, request.resource, reading),
  );
  if (!holds(resources, rule.resources.negated)) return false;
  // Every test is asked, so that each key that the request lacks is noted.
  return !rule.tests.map((test) => test(reading)).includes(false);
}

/** A value that cannot be read for this request neither matches nor counts as a difference. */
const holds = (matches: Match[], negated: boolean): boolean =>
  negated ? matches.every((match) => match === false) : matches.includes(true);
