import {
  evaluate,
  type Policies,
  type PolicyDocument,
  type Request,
  type Statement,
} from '../../permissions/evaluate.ts';

/** What is known about one request. */
export interface Judgement {
  state: 'allowed' | 'denied' | 'unknown';
  /** Why, unless it is plainly allowed or nothing allows it. */
  why?: string;
  /** A Deny decided, so that one more Allow would not help. */
  explicit?: boolean;
}

/**
 * Keys of which doctor knows whether AWS sends them: when one of these lacks in the request, it
 * lacks in the real call too. Any other key that a policy asks for may be there, and so its absence
 * here decides nothing.
 */
const known =
  /^aws:(?:RequestTag\/|ResourceTag\/|TagKeys$)|:CreateAction$|^iam:PassedToService$|^ecs:cluster$|^route53:ChangeResourceRecordSets/i;

export const unknownKeys = (keys: readonly string[]): string[] =>
  [...new Set(keys)].filter((key) => !known.test(key)).sort();

export const dependsOn = (keys: readonly string[]): Judgement => ({
  state: 'unknown',
  why: `it depends on ${keys.join(', ')}, which only the real call has`,
});

/** Judges a request by documents alone, without AWS. Throws `config-invalid` for a malformed one. */
export function judgeOffline(request: Request, policies: Policies): Judgement {
  const verdict = evaluate(request, policies);
  if (verdict.decision === 'allowed') {
    const undecided = unknownKeys(evaluate(request, onlyDenials(policies)).missingContext);
    return undecided.length > 0 ? dependsOn(undecided) : { state: 'allowed' };
  }
  const undecided = unknownKeys(verdict.missingContext);
  if (undecided.length > 0) return dependsOn(undecided);
  return { state: 'denied', ...reasonOf(verdict) };
}

function reasonOf({
  decision,
  by,
  statement,
}: ReturnType<typeof evaluate>): Omit<Judgement, 'state'> {
  const source = {
    identity: 'a policy',
    boundary: 'the permissions boundary',
    scp: 'a service control policy',
  };
  const whose = source[by ?? 'identity'];
  if (decision === 'explicitDeny') {
    const sid = statement?.Sid === undefined ? '' : ` (statement ${statement.Sid})`;
    return { why: `${whose} denies it explicitly${sid}`, explicit: true };
  }
  return by === 'identity' ? {} : { why: `${whose} does not allow it` };
}

/** Every Deny, under an Allow of everything: what it lacks is what a Deny asks for. */
function onlyDenials({ identity, boundary = [], scps = [] }: Policies): Policies {
  const everything: PolicyDocument = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
  };
  const denials = [...identity, ...boundary, ...scps.flat()].map((document) => ({
    ...document,
    Statement: ([document.Statement].flat() as Statement[]).filter(
      ({ Effect }) => Effect === 'Deny',
    ),
  }));
  return { identity: [everything, ...denials] };
}
