import { requestContext } from './context.ts';
import type { Request, Statement } from './evaluate.ts';
import type { CallingCommand, CallKey, Need } from './manifest.ts';
import { matchesResource } from './match.ts';
import { needsOf, type PolicyOptions } from './needs.ts';
import { conditionOf } from './policy.ts';
import { samples } from './samples.ts';
import { resources, type Scope } from './scope.ts';

/** One thing that AWS will be asked to allow. */
export interface NeededRequest extends Request {
  /** The first call that needs it. */
  call: CallKey;
  need: Need;
  /** Those of the wanted commands that need it. */
  commands: readonly CallingCommand[];
  why: string;
}

export interface RequestOptions extends PolicyOptions {
  /** The configuration's own tags, which come with all that is made. */
  tags?: Readonly<Record<string, string>>;
}

/**
 * Every request that the commands will make under this scope, on ARNs without wildcards and with
 * the context that AWS will send: one for each need and resource, the same one once, in the
 * manifest's order. Names and ids that are not known before a deploy are samples.
 */
export function neededRequests(scope: Scope, options: RequestOptions = {}): NeededRequest[] {
  const found = new Map<string, NeededRequest>();
  for (const { call, need, commands, why } of needsOf(scope, options)) {
    for (const resource of resourcesOf(need, scope)) {
      const context = requestContext({ need, resource, scope, tags: options.tags ?? {} });
      const request = { action: need.action, resource, context };
      const key = JSON.stringify(request);
      const same = found.get(key);
      const all = [...new Set([...(same?.commands ?? []), ...commands])];
      found.set(key, { call, need, why, ...same, ...request, commands: all });
    }
  }
  return [...found.values()];
}

function resourcesOf({ action, on }: Need, scope: Scope): string[] {
  // ECS judges it on any container instance of the cluster, of which Fargate has none.
  if (action === 'ecs:ListTasks') return samples.containerInstance(scope);
  return [...new Set(on.flatMap((key) => samples[key](scope)))];
}

/**
 * The smallest statement that would allow a request: what a user pastes. It covers every preview
 * of the app, not the sample alone.
 */
export function statementFor({ need, resource }: NeededRequest, scope: Scope): Statement {
  const arns = need.on.flatMap((key) => resources[key](scope));
  const plain = { variables: false, lookup: () => undefined };
  const [arn = '*'] = arns.filter((pattern) => matchesResource(pattern, resource, plain));
  return {
    Effect: 'Allow',
    Action: need.action,
    Resource: arn,
    ...conditionOf(need.when ?? [], scope),
  };
}
