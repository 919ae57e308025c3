import type { Conflict, ResourceKind, Step, StepAction } from '../../preview/plan.ts';

/** What one resource adds to a plan. */
export interface Draft {
  steps: Step[];
  conflicts: Conflict[];
  warnings: string[];
}

export const nothing: Draft = { steps: [], conflicts: [], warnings: [] };

export function step(
  action: StepAction,
  resource: ResourceKind,
  name: string,
  more: { id?: string; changes?: string[]; after?: string[] } = {},
): Draft {
  const { id = resource, changes = [], after = [] } = more;
  return { ...nothing, steps: [{ id, action, resource, name, changes, after }] };
}

export function conflict(
  resource: ResourceKind,
  name: string,
  reason: string,
  hint: string,
): Draft {
  return { ...nothing, conflicts: [{ resource, name, reason, hint }] };
}

export function warning(text: string): Draft {
  return { ...nothing, warnings: [text] };
}

/** All drafts as one. */
export function combine(drafts: readonly Draft[]): Draft {
  return {
    steps: drafts.flatMap((draft) => draft.steps),
    conflicts: drafts.flatMap((draft) => draft.conflicts),
    warnings: drafts.flatMap((draft) => draft.warnings),
  };
}

/** The steps, each also after those with these ids; of those kinds only, where such are named. */
export function alsoAfter(draft: Draft, ids: readonly string[], kinds?: ResourceKind[]): Draft {
  const steps = draft.steps.map((s) =>
    kinds?.includes(s.resource) === false ? s : { ...s, after: [...ids, ...s.after] },
  );
  return { ...draft, steps };
}

/** The whole of a plan: no step waits for one that there is no need to take. */
export function complete(drafts: readonly Draft[]): Draft {
  const { steps, ...rest } = combine(drafts);
  const ids = new Set(steps.map((s) => s.id));
  return {
    ...rest,
    steps: steps.map((s) => ({ ...s, after: s.after.filter((id) => ids.has(id)) })),
  };
}

/** An update when something differs, else nothing. */
export function updateIf(
  resource: ResourceKind,
  name: string,
  changes: string[],
  after: string[] = [],
): Draft {
  return changes.length === 0 ? nothing : step('update', resource, name, { changes, after });
}
