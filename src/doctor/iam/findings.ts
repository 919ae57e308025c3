import { deniedText, grantText } from '../../permissions/denial.ts';
import { type NeededRequest, statementFor } from '../../permissions/requests.ts';
import type { Scope } from '../../permissions/scope.ts';
import type { Finding, Permission } from '../check.ts';
import type { Judged } from './simulate.ts';
import { roleFix } from './stack-role.ts';
import type { Judgement } from './verdict.ts';

/** Needed requests that one statement allows. */
interface Bundle {
  permission: Permission & { calls: string[] };
  judgements: Judgement[];
}

/** One finding for each permission: those of one statement together, the strictest verdict counting. */
export function permissionFindings(
  judged: readonly Judged<NeededRequest>[],
  scope: Scope,
): Finding[] {
  const bundles = new Map<string, Bundle>();
  for (const { request, judgement } of judged) {
    const statement = statementFor(request, scope);
    const key = JSON.stringify(statement);
    const { action, resource, commands, call } = request;
    const permission = { action, resource, statement, commands: [...commands], calls: [call] };
    const bundle = bundles.get(key);
    bundles.set(key, {
      permission: bundle ? joined(bundle.permission, permission) : permission,
      judgements: [...(bundle?.judgements ?? []), judgement],
    });
  }
  return [...bundles.values()].map((bundle) => findingOf(bundle, scope));
}

const joined = (one: Bundle['permission'], other: Bundle['permission']) => ({
  ...one,
  commands: [...new Set([...one.commands, ...other.commands])],
  calls: [...new Set([...one.calls, ...other.calls])],
});

function findingOf({ permission, judgements }: Bundle, scope: Scope): Finding {
  const { action, resource, commands, calls, statement } = permission;
  const of = (state: Judgement['state']) => judgements.find((each) => each.state === state);
  const head = { id: `caller.permission.${action}`, title: action, permission };
  const steps = calls.filter((call) => call !== action);
  const forWhat = `needed by ${commands.join(', ')}${steps.length > 0 ? ` (${steps.join(', ')})` : ''}`;
  const denied = of('denied');
  if (denied) {
    const why = denied.why === undefined ? '' : `: ${denied.why}`;
    return {
      ...head,
      status: 'fail',
      seen: `${deniedText({ action, resource }, 'denies')}${why}; ${forWhat}`,
      fix: denied.explicit
        ? `${denied.why}; an Allow beside it does not help: change that statement so that it spares this:\n  ${JSON.stringify(statement)}`
        : roleFix(scope.callerArn ?? '', { app: scope.app, grant: grantText(statement) }),
    };
  }
  const unknown = of('unknown');
  if (unknown) {
    const seen = `cannot be verified on ${resource}: ${unknown.why ?? 'no verdict'}; ${forWhat}`;
    return {
      ...head,
      status: 'warn',
      seen,
      fix: `Make sure of it:\n  ${JSON.stringify(statement)}`,
    };
  }
  return { ...head, status: 'ok', seen: `allowed; ${forWhat}` };
}
