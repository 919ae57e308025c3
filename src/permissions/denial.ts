import type { Statement } from './evaluate.ts';

/** What AWS's refusal of a call says. */
export interface Denial {
  action: string;
  resource: string;
  /** A Deny forbids it, so that no further Allow would help. */
  explicit: boolean;
  statement: Statement;
}

/** Reads AWS's own words; what they leave out comes from `call` (`ecs:CreateService`). */
export function readDenial(message: string, call: string): Denial {
  const action = /not authorized to perform: ([\w-]+:\w+)/.exec(message)?.[1] ?? call;
  const resource = /on resource: (\S+)/.exec(message)?.[1] ?? '*';
  const explicit = / with an explicit deny /.test(message);
  return {
    action,
    resource,
    explicit,
    statement: { Effect: 'Allow', Action: action, Resource: resource },
  };
}

/** One wording for a deploy that was refused and for doctor, which sees it coming. */
export const deniedText = (
  { action, resource }: Pick<Denial, 'action' | 'resource'>,
  verb: 'denied' | 'denies' = 'denied',
) => `AWS ${verb} ${action} on ${resource}`;

/** What to paste where: one statement, or several. */
export function grantText(statements: Statement | readonly Statement[], policy = "the caller's") {
  const all = [statements].flat() as Statement[];
  const heading = all.length === 1 ? 'this statement' : 'these statements';
  const lines = all.map((statement) => `  ${JSON.stringify(statement)}`);
  return [`Add ${heading} to ${policy} policy:`, ...lines].join('\n');
}
