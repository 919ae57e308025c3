import type { Plan, Step, StepAction } from '../preview/plan.ts';
import { printable, printableLines } from './printable.ts';

export const actionSigns = {
  create: '+',
  update: '~',
  replace: '~',
  delete: '-',
  run: '>',
} as const;

export const actionsDone = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  delete: 'deleted',
  run: 'done',
} as const satisfies Record<StepAction, string>;

/** A plan as `--dry-run` shows it, one line a step. */
export function renderPlan(plan: Plan): string[] {
  const { steps, conflicts, warnings } = plan;
  const idle = steps.length === 0 && conflicts.length === 0;
  return [
    ...(idle ? [`nothing to do for ${printable(plan.preview.id)}`] : []),
    ...steps.map(renderStep),
    ...conflicts.flatMap(({ resource, name, reason, hint }) => [
      `! conflict ${resource} ${printable(name)}: ${printable(reason)}`,
      ...printableLines(hint).map((line) => `    ${line}`),
    ]),
    ...warnings.map((text) => `warning: ${printable(text)}`),
  ];
}

function renderStep({ action, resource, name, changes }: Step): string {
  if (action === 'run') {
    return `${actionSigns.run} run ${resource} ${printable(name)}  ${changes.map(printable).join(' ')}`;
  }
  const what = changes.length === 0 ? '' : ` (${changes.map(printable).join(', ')})`;
  return `${actionSigns[action]} ${action} ${resource} ${printable(name)}${what}`;
}
