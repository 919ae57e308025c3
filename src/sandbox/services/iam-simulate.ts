import type {
  EvaluationResult,
  SimulatePolicyResponse,
  SimulatePrincipalPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { throttled } from '../faults.ts';
import { boundaryOf, type Source, sourcesOf } from '../principals.ts';
import type { Authorization, Ctx, Operation } from '../types.ts';
import type { ResourceType } from './iam-actions.ts';
import { pageOf } from './iam-common.ts';
import {
  needSource,
  readActions,
  readContext,
  readDocuments,
  refuseUnknown,
} from './iam-simulate-input.ts';
import {
  boundaryDetail,
  type Finding,
  find,
  harshest,
  organizationDetail,
  type Rights,
  resourceResult,
  strange,
} from './iam-simulate-verdict.ts';

// AWS does not publish the rate; these are the sandbox's assumption, on the careful side.
const burst = 20;
const perSecond = 5;

export const SimulatePrincipalPolicy = {
  authorize: ({ PolicySourceArn = '*' }: SimulatePrincipalPolicyCommandInput): Authorization[] => [
    { action: 'iam:SimulatePrincipalPolicy', resource: PolicySourceArn },
  ],
  run(input: SimulatePrincipalPolicyCommandInput, ctx: Ctx): SimulatePolicyResponse {
    spend(ctx);
    refuseUnknown(input);
    const principal = needSource(ctx, input.PolicySourceArn);
    const { actions, types } = readActions(input.ActionNames);
    const given = readDocuments(input.PermissionsBoundaryPolicyInputList);
    const boundary = given.length > 0 ? given : boundaryOf(ctx, principal);
    const added = readDocuments(input.PolicyInputList).map(
      (document, index): Source => ({
        name: `PolicyInputList.${index + 1}`,
        type: principal.kind,
        document,
      }),
    );
    const rights: Rights = {
      sources: [...sourcesOf(ctx, principal), ...added],
      ...(boundary ? { boundary } : {}),
      ...(ctx.rights.scps ? { scps: ctx.rights.scps } : {}),
    };
    const resources = [...new Set(input.ResourceArns?.length ? input.ResourceArns : ['*'])];
    const question = { context: readContext(input), resources, types, rights };
    const results = actions.flatMap((action) => {
      const findings = judge(action, question);
      return ctx.simulator.shape === 'old'
        ? findings.map((finding) => oldResult(action, finding))
        : [currentResult(action, findings, question)];
    });
    const { items, end } = pageOf(results, input, ctx.simulator.pageSize);
    return { EvaluationResults: items, ...end };
  },
} satisfies Operation;

/** Takes one call from the account's allowance, or refuses it. */
function spend({ world, now }: Ctx): void {
  const { left, asOf } = world.iam.simulations ?? { left: burst, asOf: now };
  const available = Math.min(burst, left + ((now - asOf) / 1000) * perSecond);
  if (available < 1) throw throttled('iam:SimulatePrincipalPolicy');
  world.iam.simulations = { left: available - 1, asOf: now };
}

interface Question {
  context: Record<string, string | string[]>;
  resources: readonly string[];
  types: readonly ResourceType[] | undefined;
  rights: Rights;
}

function judge(action: string, { context, resources, types, rights }: Question): Finding[] {
  return resources.map((resource) => {
    const fits = resource === '*' || !types || types.some((type) => type.matches(resource));
    // An action without resource types is judged on `*` when it is called, so it is here.
    if (types?.length === 0)
      return { ...find({ action, resource: '*', context }, rights), resource };
    return fits ? find({ action, resource, context }, rights) : strange(resource);
  });
}

/** One result an action; each resource has its own inside. */
function currentResult(
  action: string,
  findings: readonly Finding[],
  { resources, types }: Question,
): EvaluationResult {
  const type = types?.find(({ matches }) => resources.some(matches)) ?? types?.[0];
  const decision = harshest(findings);
  const deciding = findings.filter((finding) => finding.decision === decision);
  const named = resources.some((resource) => resource !== '*');
  return {
    EvalActionName: action,
    EvalResourceName: named && type ? type.template : '*',
    EvalDecision: decision,
    MatchedStatements: deciding.flatMap(({ matched }) => matched).filter(isFirst),
    MissingContextValues: [...new Set(findings.flatMap(({ missing }) => missing))].sort(),
    ...organizationDetail(all(findings.map(({ byOrganization }) => byOrganization))),
    ...boundaryDetail(all(findings.map(({ byBoundary }) => byBoundary))),
    ...(named ? { EvalDecisionDetails: {} } : {}),
    ResourceSpecificResults: named ? findings.map(resourceResult) : [],
  };
}

/** As it was until mid-2026: one result for each action and resource, under the resource's own ARN. */
const oldResult = (action: string, finding: Finding): EvaluationResult => ({
  EvalActionName: action,
  EvalResourceName: finding.resource,
  EvalDecision: finding.decision,
  MatchedStatements: finding.matched,
  MissingContextValues: finding.missing,
  ...organizationDetail(finding.byOrganization),
  ...boundaryDetail(finding.byBoundary),
});

/** Whether all are true; absent when none is known. */
function all(values: readonly (boolean | undefined)[]): boolean | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.every(Boolean);
}

const isFirst = <T>(item: T, index: number, items: readonly T[]) =>
  items.findIndex((other) => JSON.stringify(other) === JSON.stringify(item)) === index;
