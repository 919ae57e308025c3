import { exitCodes } from '../errors.ts';
import type { Plan } from '../preview/plan.ts';
import { renderPlan } from '../report/plan.ts';
import type { Ui } from './ui.ts';

/** The result of `--dry-run`. A conflict exits as the real run would. */
export function showPlan(plan: Plan, { printer, progress, warnings }: Ui): number {
  progress.stop();
  const { type: operation, version: _, ...body } = plan;
  const all = [...new Set([...warnings, ...plan.warnings])];
  printer.document('plan', { operation, ...body, warnings: all });
  printer.result(...renderPlan(plan));
  return plan.conflicts.length === 0 ? exitCodes.done : exitCodes.conflict;
}
