import type { UsedNeed } from './needs.ts';
import { arnsOf } from './policy.ts';
import type { Role } from './roles.ts';
import { type ConditionBlock, conditions, type Scope } from './scope.ts';

/** One row for each need: action, resources, conditions, commands, reason. */
export function renderNeedsTable(needs: readonly UsedNeed[], scope: Scope): string {
  return table(
    ['action', 'on', 'under the condition', 'commands', 'why'],
    needs.map(({ call, need, commands, only, why }) => [
      code(need.action),
      arnsOf(need.on, scope).map(code).join('<br>'),
      (need.when ?? []).flatMap((key) => renderCondition(conditions[key](scope))).join('<br>'),
      [...commands, ...(only ? [`*${only}*`] : [])].join(', '),
      need.action === call ? why : `Comes with ${code(call)}.`,
    ]),
  );
}

/** What a role may do and why, and whom it trusts. */
export function renderRoleTable({ arn, needs, trust }: Role): string {
  return [
    `Role ${code(arn)}`,
    '',
    table(
      ['action', 'on', 'why'],
      needs.map((need) => [
        need.actions.map(code).join('<br>'),
        need.resources.map(code).join('<br>'),
        need.why,
      ]),
    ),
    '',
    table(
      ['trusts', 'under the condition'],
      trust.Statement.map(({ Principal, Condition }) => [
        code(Principal.Service),
        renderCondition(Condition).join('<br>'),
      ]),
    ),
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [head, head.map(() => '---'), ...rows].map(line).join('\n');
}

const code = (text: string) => `\`${text}\``;

function renderCondition(block: ConditionBlock): string[] {
  return Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(
      ([key, values]) => `${operator} ${code(key)} ${[values].flat().map(code).join(', ')}`,
    ),
  );
}
