import type { ResourceSpecificResult, Statement as StatementShape } from '@aws-sdk/client-iam';
import { evaluate, type Policies, type Request } from '../../permissions/evaluate.ts';
import { everything } from '../managed-policies.ts';
import type { Source } from '../principals.ts';

export type Decision = 'allowed' | 'implicitDeny' | 'explicitDeny';

/** What the policies of a principal say to one action on one resource. */
export interface Finding {
  resource: string;
  decision: Decision;
  matched: StatementShape[];
  missing: string[];
  /** Absent when there is no boundary, or no organisation. */
  byBoundary?: boolean;
  byOrganization?: boolean;
}

export interface Rights extends Omit<Policies, 'identity'> {
  sources: readonly Source[];
}

export function find(request: Request, { sources, boundary, scps }: Rights): Finding {
  const identity = sources.map(({ document }) => document);
  const limits = { ...(boundary ? { boundary } : {}), ...(scps ? { scps } : {}) };
  const { decision } = evaluate(request, { identity, ...limits });
  const within = (policies: Omit<Policies, 'identity'>) =>
    evaluate(request, { identity: [everything], ...policies }).decision === 'allowed';
  return {
    resource: request.resource,
    decision,
    matched: matchedOf(request, sources, decision),
    // Keys that only a boundary or a service control policy asks for are not told.
    missing: evaluate(request, { identity }).missingContext,
    ...(boundary ? { byBoundary: within({ boundary }) } : {}),
    ...(scps ? { byOrganization: within({ scps }) } : {}),
  };
}

/** An ARN of another type than the action is judged on: no statement covers it, however wide. */
export const strange = (resource: string): Finding => ({
  resource,
  decision: 'implicitDeny',
  matched: [],
  missing: [],
});

/** The statements of the identity policies that led to the decision: those that deny, or that allow. */
function matchedOf(request: Request, sources: readonly Source[], decision: Decision) {
  if (decision === 'implicitDeny') return [];
  return sources.flatMap(({ name, type, document }) => {
    const text = JSON.stringify(document);
    return [document.Statement].flat().flatMap((statement): StatementShape[] => {
      const alone = { ...document, Statement: [statement] };
      if (evaluate(request, { identity: [alone] }).decision !== decision) return [];
      const from = text.indexOf(JSON.stringify(statement)) + 1;
      const to = from + JSON.stringify(statement).length;
      return [
        {
          SourcePolicyId: name,
          SourcePolicyType: type,
          StartPosition: { Line: 1, Column: from },
          EndPosition: { Line: 1, Column: to },
        },
      ];
    });
  });
}

const harshness: readonly Decision[] = ['allowed', 'implicitDeny', 'explicitDeny'];

/** Over several resources the most restrictive decision counts. */
export const harshest = (findings: readonly Finding[]): Decision =>
  harshness.findLast((decision) => findings.some((f) => f.decision === decision)) ?? 'implicitDeny';

export const boundaryDetail = (allowed: boolean | undefined) =>
  allowed === undefined
    ? {}
    : { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: allowed } };

export const organizationDetail = (allowed: boolean | undefined) =>
  allowed === undefined ? {} : { OrganizationsDecisionDetail: { AllowedByOrganizations: allowed } };

export const resourceResult = (finding: Finding): ResourceSpecificResult => ({
  EvalResourceName: finding.resource,
  EvalResourceDecision: finding.decision,
  MatchedStatements: finding.matched,
  MissingContextValues: finding.missing,
  ...boundaryDetail(finding.byBoundary),
});
