import { evaluate, type Statement } from '../../permissions/evaluate.ts';
import { unknownKeys } from './verdict.ts';

export type Trust = 'trusted' | 'refused' | { dependsOn: string[] };

export interface TrustRequest {
  /** E.g. `ecs-tasks.amazonaws.com`. */
  service: string;
  /** What the service says of itself when it assumes the role. */
  context: Record<string, string>;
}

type Json = Record<string, unknown>;
const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** IAM hands policies out URL-encoded (IAM API Reference, GetRole). Undefined for what is no policy. */
export function decodeDocument(text: string | undefined): { Statement: unknown } | undefined {
  try {
    const given: unknown = JSON.parse(decodeURIComponent(text ?? ''));
    return isRecord(given) && 'Statement' in given ? (given as { Statement: unknown }) : undefined;
  } catch {
    return undefined;
  }
}

export const trustStatement = (service: string) => ({
  Effect: 'Allow',
  Principal: { Service: service },
  Action: 'sts:AssumeRole',
});

/** Whether a role's trust policy lets a service assume it. */
export function judgeTrust(
  document: { Statement: unknown },
  { service, context }: TrustRequest,
): Trust {
  const statements = [document.Statement]
    .flat()
    .filter((each): each is Json => isRecord(each) && names(each.Principal, service))
    .map((each) => ({ ...pick(each), Resource: '*' }) as unknown as Statement);
  const verdict = evaluate(
    { action: 'sts:AssumeRole', resource: 'arn:aws:iam::000000000000:role/this', context },
    { identity: [{ Version: '2012-10-17', Statement: statements }] },
  );
  const undecided = unknownKeys(verdict.missingContext);
  if (verdict.decision === 'allowed') return 'trusted';
  return undecided.length > 0 ? { dependsOn: undecided } : 'refused';
}

/** What a trust statement shares with the statements of other policies. */
const pick = ({ Effect, Action, NotAction, Condition }: Json): Json => ({
  Effect,
  ...(Action === undefined ? {} : { Action }),
  ...(NotAction === undefined ? {} : { NotAction }),
  ...(Condition === undefined ? {} : { Condition }),
});

function names(principal: unknown, service: string): boolean {
  if (principal === '*') return true;
  if (!isRecord(principal)) return false;
  return [principal.Service].flat().some((each) => each === service || each === '*');
}
