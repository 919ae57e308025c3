import type { PreviewStatus, PreviewSummary } from '../providers/provider.ts';

export const sortKeys = ['id', 'age', 'deployed', 'expires', 'cost', 'status'] as const;
export type SortKey = (typeof sortKeys)[number];

export interface View {
  /** All when absent. */
  status?: readonly PreviewStatus[] | undefined;
  sort: SortKey;
}

/** Those that are asked for, in the order that is asked for; equal ones by app and id. */
export function viewOf(previews: readonly PreviewSummary[], { status, sort }: View) {
  return previews
    .filter((preview) => status === undefined || status.includes(preview.status))
    .sort((a, b) => orders[sort](a, b) || byName(a, b));
}

type Order = (a: PreviewSummary, b: PreviewSummary) => number;

/** By app, then pull requests by number, then branches by name. */
const byName: Order = (a, b) =>
  byText(a.app, b.app) ||
  byNumber(a.pr ?? Number.POSITIVE_INFINITY, b.pr ?? Number.POSITIVE_INFINITY) ||
  byText(a.id, b.id);

/** The oldest first, what expires soonest, what costs most; what has no such thing comes last. */
const orders: Record<SortKey, Order> = {
  id: byName,
  age: (a, b) => byMoment(a.createdAt, b.createdAt),
  deployed: (a, b) => byMoment(a.deployedAt, b.deployedAt),
  expires: (a, b) => byMoment(a.expiresAt, b.expiresAt),
  cost: (a, b) => byNumber(b.cost?.perDay ?? -1, a.cost?.perDay ?? -1),
  status: (a, b) => byText(a.status, b.status),
};

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
/** Not a difference: two infinities have none. */
const byNumber = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);
const momentOf = (text: string | null) => Date.parse(text ?? '') || Number.POSITIVE_INFINITY;
const byMoment = (a: string | null, b: string | null) => byNumber(momentOf(a), momentOf(b));

export interface Totals {
  previews: number;
  /** US dollars. */
  perDay: number;
  soFar: number;
}

export function totalsOf(previews: readonly PreviewSummary[]): Totals {
  const sum = (pick: (preview: PreviewSummary) => number) =>
    Math.round(previews.reduce((all, preview) => all + pick(preview), 0) * 10_000) / 10_000;
  return {
    previews: previews.length,
    perDay: sum(({ cost }) => cost?.perDay ?? 0),
    soFar: sum(({ cost }) => cost?.soFar ?? 0),
  };
}
