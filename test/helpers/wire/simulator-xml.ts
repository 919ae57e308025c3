/**
 * How IAM answers a simulation: `each` until mid-2026, one result for each action and resource;
 * `grouped` since, one for each action. In both the top says the worst of all the resources, and
 * only what stands below is about one (IAM API Reference, EvaluationResult). Other partitions may
 * still answer the first.
 */
export type Shape = 'each' | 'grouped';

export interface Decision {
  action: string;
  resource: string;
  decision: 'allowed' | 'implicitDeny' | 'explicitDeny';
  /** Keys that a condition asked for in vain. */
  missing?: readonly string[];
  /** False when a service control policy, or the boundary, does not allow it. */
  organization?: boolean;
  boundary?: boolean;
}

const namespace = 'https://iam.amazonaws.com/doc/2010-05-08/';

export function errorXml(code: string, message: string): string {
  return `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>0</RequestId></ErrorResponse>`;
}

export interface Page {
  /** Results before the page. */
  from: number;
  size: number;
}

/** A page of the results; its marker is where the next one starts. */
export function simulationXml(
  shape: Shape,
  decisions: readonly Decision[],
  { from, size }: Page,
): string {
  const results = byAction(decisions).flatMap((group) => {
    const worst = worstOf(group);
    if (shape === 'grouped') return [resultXml(worst, '*', group)];
    return group.map((decision) => resultXml(worst, decision.resource, [decision]));
  });
  const next = from + size;
  const more = next < results.length;
  return element('SimulatePrincipalPolicyResponse', { xmlns: namespace }, [
    element('SimulatePrincipalPolicyResult', {}, [
      element('EvaluationResults', {}, results.slice(from, next)),
      text('IsTruncated', String(more)),
      ...(more ? [text('Marker', String(next))] : []),
    ]),
  ]);
}

function element(name: string, attributes: Record<string, string>, content: readonly string[]) {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`);
  return `<${name}${written.join('')}>${content.join('')}</${name}>`;
}

const text = (name: string, value: string) => element(name, {}, [value]);

const byAction = (decisions: readonly Decision[]) =>
  [...new Set(decisions.map(({ action }) => action))].map((action) =>
    decisions.filter((decision) => decision.action === action),
  );

const severity = ['allowed', 'implicitDeny', 'explicitDeny'];

const worstOf = (decisions: readonly Decision[]) =>
  decisions.reduce((worst, next) =>
    severity.indexOf(next.decision) > severity.indexOf(worst.decision) ? next : worst,
  );

/** `name` is a resource's or stands for its type. A call about no resource has nothing below. */
function resultXml(worst: Decision, name: string, decisions: readonly Decision[]): string {
  const specific = decisions.filter(({ resource }) => resource !== '*').map(specificXml);
  const top = specific.length === 0 ? worst : { ...worst, missing: [] };
  return element('member', {}, [
    text('EvalActionName', worst.action),
    text('EvalResourceName', name),
    text('EvalDecision', worst.decision),
    ...details(top),
    ...(specific.length === 0 ? [] : [element('ResourceSpecificResults', {}, specific)]),
  ]);
}

/** What service control policies say stands at the top only. */
const specificXml = ({ organization: _, ...decision }: Decision) =>
  element('member', {}, [
    text('EvalResourceName', decision.resource),
    text('EvalResourceDecision', decision.decision),
    ...details(decision),
  ]);

/** Statements that matched have no name here, only a place in a policy. */
function details({ decision, missing = [], organization, boundary }: Decision): string[] {
  const statement = element('member', {}, [
    text('SourcePolicyId', 'previewops'),
    text('SourcePolicyType', 'IAM Policy'),
    element('StartPosition', {}, [text('Line', '3'), text('Column', '17')]),
    element('EndPosition', {}, [text('Line', '8'), text('Column', '6')]),
  ]);
  return [
    element('MatchedStatements', {}, decision === 'implicitDeny' ? [] : [statement]),
    element(
      'MissingContextValues',
      {},
      missing.map((key) => text('member', key)),
    ),
    ...detail('OrganizationsDecisionDetail', 'AllowedByOrganizations', organization),
    ...detail('PermissionsBoundaryDecisionDetail', 'AllowedByPermissionsBoundary', boundary),
  ];
}

const detail = (name: string, field: string, allowed: boolean | undefined) =>
  allowed === undefined ? [] : [element(name, {}, [text(field, String(allowed))])];
