/** Who calls, as far as the caller's ARN tells. */
export type CallerKind =
  | { kind: 'user'; arn: string; name: string }
  /** STS leaves the role's path out, so its real ARN has to be asked for. */
  | { kind: 'role'; name: string; session: string; guess: string }
  /** Nobody whose policies the simulator could be asked about. */
  | { kind: 'other'; why: string };

const form = /^arn:([\w-]+):(iam|sts)::(\d{12}):(.+)$/;

/** Takes the ARN of GetCallerIdentity apart (IAM User Guide, "IAM identifiers"). */
export function readCaller(arn: string): CallerKind {
  const [, partition = '', service = '', account = '', rest = ''] = form.exec(arn) ?? [];
  const [type = '', ...parts] = rest.split('/');
  if (service === 'iam' && type === 'user') return { kind: 'user', arn, name: parts.at(-1) ?? '' };
  if (service === 'sts' && type === 'assumed-role') {
    const [name = '', session = ''] = parts;
    return { kind: 'role', name, session, guess: `arn:${partition}:iam::${account}:role/${name}` };
  }
  if (rest === 'root') {
    return {
      kind: 'other',
      why: 'the account root has no policies to simulate; only service control policies bind it',
    };
  }
  if (service === 'sts' && type === 'federated-user') {
    return {
      kind: 'other',
      why: 'a federated user has what its session policy and its maker both allow, and neither can be seen from here',
    };
  }
  return { kind: 'other', why: `${arn || 'an unknown caller'} is neither an IAM user nor a role` };
}

/** What a name alone says of a role or user: `arn:aws:iam::1:role/a/b/NAME` -> `NAME`. */
export const nameOfArn = (arn: string): string => arn.split('/').at(-1) ?? arn;
