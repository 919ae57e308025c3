import type { Input, Output } from '../../aws/api.ts';
import type { Request } from '../../permissions/evaluate.ts';
import { dependsOn, type Judgement, unknownKeys } from './verdict.ts';

export type SimulationInput = Omit<Input<'iam:SimulatePrincipalPolicy'>, 'PolicySourceArn'>;
export type Result = NonNullable<
  Output<'iam:SimulatePrincipalPolicy'>['EvaluationResults']
>[number];

/** Requests that one call can ask about: one service, one resource and one context. */
export interface Group<R extends Request> {
  requests: R[];
  input: SimulationInput;
}

/** Actions that take more than one type of resource, which IAM asks about apart from those that take one. */
const ofManyTypes = /^(?:ecs|elasticloadbalancing):\w*Tag|^ecs:\w+ServiceDeployments?$/;

/**
 * Sorts requests into calls. IAM refuses actions together that it authorises differently, and
 * answers wrongly for a resource of another type (IAM API Reference, SimulatePrincipalPolicy), so
 * only requests that are alike in all but the action go together.
 */
export function groupRequests<R extends Request>(requests: readonly R[]): Group<R>[] {
  const groups = new Map<string, R[]>();
  for (const request of requests) {
    const service = request.action.split(':', 1)[0];
    const [apart = ''] = ofManyTypes.exec(request.action) ?? [];
    const kind = apart.replace(/:\w+(Tag|ServiceDeployment)s?$/, '$1');
    const key = JSON.stringify([service, request.resource, kind, request.context ?? {}]);
    const same = groups.get(key);
    if (same) same.push(request);
    else groups.set(key, [request]);
  }
  return [...groups.values()].map((alike) => ({ requests: alike, input: inputOf(alike) }));
}

/** The same group as one call for each action, for when IAM will not have them together. */
export const splitGroup = <R extends Request>({ requests }: Group<R>): Group<R>[] =>
  requests.map((request) => ({ requests: [request], input: inputOf([request]) }));

function inputOf(requests: readonly Request[]): SimulationInput {
  const [{ resource = '*', context = {} } = {}] = requests;
  return {
    ActionNames: [...new Set(requests.map(({ action }) => action))],
    // An action without resource types never matches an ARN; left out means `*`.
    ...(resource === '*' ? {} : { ResourceArns: [resource] }),
    ContextEntries: Object.entries(context).map(([ContextKeyName, value]) => ({
      ContextKeyName,
      ContextKeyType: typeof value === 'string' ? typeOf(ContextKeyName) : 'stringList',
      ContextKeyValues: [value].flat(),
    })),
  };
}

const booleans = ['aws:securetransport', 'aws:viaawsservice'];
const typeOf = (key: string) => (booleans.includes(key.toLowerCase()) ? 'boolean' : 'string');

/**
 * Judges one request by the results of its call. IAM has two shapes of answer: one result for each
 * action, with the resources inside it, or (until mid-2026, and elsewhere still) one for each action
 * and resource. The strictest that concerns the request counts, and none at all is no answer.
 */
export function judgeResults(request: Request, results: readonly Result[]): Judgement {
  const concerning = results.filter(
    ({ EvalActionName: name }) => name?.toLowerCase() === request.action.toLowerCase(),
  );
  const judgements = concerning.flatMap((result) => partsOf(result, request.resource)).map(judge);
  const strictest = ['denied', 'unknown', 'allowed'] as const;
  const found = strictest.map((state) => judgements.find((each) => each.state === state));
  return found.find((each) => each) ?? { state: 'unknown', why: 'IAM gave no answer' };
}

interface Part {
  decision: string | undefined;
  missing: string[];
  byBoundary: boolean | undefined;
  byOrganization: boolean | undefined;
  policies: string[];
}

function partsOf(result: Result, resource: string): Part[] {
  const whole = partOf({
    decision: result.EvalDecision,
    statements: result.MatchedStatements,
    missing: result.MissingContextValues,
    boundary: result.PermissionsBoundaryDecisionDetail,
    result,
  });
  const specific = (result.ResourceSpecificResults ?? []).filter(
    ({ EvalResourceName: name }) => name === resource,
  );
  if (specific.length > 0) {
    return specific.map((each) =>
      partOf({
        decision: each.EvalResourceDecision,
        statements: each.MatchedStatements,
        missing: each.MissingContextValues,
        boundary:
          each.PermissionsBoundaryDecisionDetail ?? result.PermissionsBoundaryDecisionDetail,
        result,
      }),
    );
  }
  // The older shape names the resource; the newer one a template of its type, or `*`.
  const other = result.EvalResourceName ?? '*';
  const another = other.startsWith('arn:') && !/[*${]/.test(other) && other !== resource;
  return another ? [] : [whole];
}

function partOf(of: {
  decision: string | undefined;
  statements: Result['MatchedStatements'];
  missing: string[] | undefined;
  boundary: { AllowedByPermissionsBoundary?: boolean | undefined } | undefined;
  result: Result;
}): Part {
  return {
    decision: of.decision,
    missing: of.missing ?? [],
    byBoundary: of.boundary?.AllowedByPermissionsBoundary,
    byOrganization: of.result.OrganizationsDecisionDetail?.AllowedByOrganizations,
    policies: (of.statements ?? []).flatMap(({ SourcePolicyId: id }) => id ?? []),
  };
}

function judge({ decision, missing, byBoundary, byOrganization, policies }: Part): Judgement {
  const undecided = unknownKeys(missing);
  if (decision === 'allowed') {
    if (byOrganization === false) return denied('a service control policy does not allow it');
    if (byBoundary === false) return denied('the permissions boundary does not allow it');
    return { state: 'allowed' };
  }
  if (undecided.length > 0) return dependsOn(undecided);
  if (decision === 'explicitDeny') {
    const source =
      policies.length > 0 ? `policy ${policies.join(', ')}` : 'a service control policy';
    return { ...denied(`${source} denies it explicitly`), explicit: true };
  }
  if (decision !== 'implicitDeny') return { state: 'unknown', why: 'IAM gave no decision' };
  if (byOrganization === false) return denied('a service control policy does not allow it');
  if (byBoundary === false) return denied('the permissions boundary does not allow it');
  return { state: 'denied' };
}

const denied = (why: string): Judgement => ({ state: 'denied', why });
