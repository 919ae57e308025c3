import Table from 'cli-table3';
import { formatDollars } from './money.ts';
import { printable } from './printable.ts';
import { formatAge } from './time.ts';

/** What the table shows of a preview; times are ISO 8601. */
export interface PreviewRow {
  app: string;
  id: string;
  pr: number | null;
  branch: string | null;
  commit: string | null;
  status: string;
  /** Why the status is what it is. */
  detail: string | null;
  url: string | null;
  createdAt: string | null;
  deployedAt: string | null;
  expiresAt: string | null;
  /** `forever`, or until when somebody said that it stays. */
  kept: string | null;
  /** US dollars. */
  cost: { perDay: number; soFar: number | null } | null;
}

export interface TableOptions {
  now: number;
  /** Say whose each preview is. */
  withApp: boolean;
}

const none = '-';
const longestStatus = 48;

/** Previews as lines of a borderless table, the heading first. */
export function renderPreviews(previews: PreviewRow[], options: TableOptions): string[] {
  const { now, withApp } = options;
  const table = new Table({
    head: [...(withApp ? ['APP'] : []), ...headings],
    chars: borderless,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  for (const preview of previews) {
    table.push([...(withApp ? [printable(preview.app)] : []), ...cells(preview, now)]);
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

const headings = [
  'ID',
  'PR',
  'BRANCH',
  'COMMIT',
  'STATUS',
  'URL',
  'AGE',
  'DEPLOYED',
  'EXPIRES',
  '$/DAY',
  'SO FAR',
];

function cells(preview: PreviewRow, now: number): string[] {
  const { id, pr, branch, commit, url, cost } = preview;
  const age = (at: string | null) => (at === null ? none : formatAge(now - Date.parse(at)));
  const money = (amount: number | null | undefined) =>
    amount === null || amount === undefined ? none : formatDollars(amount);
  return [
    printable(id),
    pr === null ? none : String(pr),
    printable(branch ?? none),
    printable(commit?.slice(0, 7) ?? none),
    statusOf(preview),
    printable(url ?? none),
    age(preview.createdAt),
    age(preview.deployedAt),
    expiryOf(preview, now),
    money(cost?.perDay),
    money(cost?.soFar),
  ];
}

function statusOf({ status, detail }: PreviewRow): string {
  if (detail === null || detail === '') return status;
  const text = `${status}: ${printable(detail)}`;
  return text.length <= longestStatus ? text : `${text.slice(0, longestStatus - 3)}...`;
}

function expiryOf({ expiresAt, kept }: PreviewRow, now: number): string {
  if (expiresAt === null) return kept === null ? none : 'kept';
  const ms = Date.parse(expiresAt) - now;
  return ms <= 0 ? 'overdue' : `in ${formatAge(ms)}`;
}

const borderless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
