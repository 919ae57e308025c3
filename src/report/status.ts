import type { FailureReport } from '../preview/failure.ts';
import { evidenceLines } from './evidence.ts';
import { printable } from './printable.ts';
import { block } from './printer.ts';
import { formatAge } from './time.ts';

/** What is shown of one preview; a provider's report has all of it. Times are ISO 8601. */
export interface ShownReport {
  summary: {
    id: string;
    app: string;
    commit: string | null;
    branch: string | null;
    status: string;
    detail: string | null;
    url: string | null;
    createdAt: string | null;
    deployedAt: string | null;
    expiresAt: string | null;
    resources: string[];
  };
  revision: string | null;
  image: string | null;
  deployments: {
    revision: string;
    status: string;
    rollout: string | null;
    reason: string | null;
    running: number;
    desired: number;
    failed: number;
  }[];
  tasks: { id: string; revision: string; status: string; stoppedReason: string | null }[];
  targets: { target: string; state: string; reason: string | null; description: string | null }[];
  events: { at: string | null; message: string }[];
  failure: FailureReport | null;
}

/** One preview in full, as lines. */
export function renderReport(report: ShownReport, now: number): string[] {
  const { summary, deployments, tasks, targets, events, failure } = report;
  const age = (at: string | null) => (at === null ? '-' : `${formatAge(now - Date.parse(at))} ago`);
  return [
    ...pairs([
      ['preview', `${summary.id} of ${summary.app}`],
      ['status', [summary.status, summary.detail].filter(Boolean).join(': ')],
      ['url', summary.url],
      ['commit', summary.commit],
      ['branch', summary.branch],
      ['image', report.image],
      ['revision', report.revision],
      ['created', age(summary.createdAt)],
      ['deployed', age(summary.deployedAt)],
      ['expires', summary.expiresAt ?? 'never'],
      ['resources', summary.resources.join(', ')],
    ]),
    ...section(
      'rollouts',
      deployments.map((d) => {
        const counts = `${d.running} of ${d.desired} running${d.failed > 0 ? `, ${d.failed} failed` : ''}`;
        const state = d.rollout === null ? d.status : `${d.status} ${d.rollout}`;
        return `${d.revision}  ${state.toLowerCase()}  ${counts}${d.reason ? `  ${d.reason}` : ''}`;
      }),
    ),
    ...section(
      'tasks',
      tasks.map((t) =>
        [t.id, t.revision, t.status.toLowerCase(), t.stoppedReason].filter(Boolean).join('  '),
      ),
    ),
    ...section(
      'targets',
      targets.map((t) => [t.target, t.state, t.reason, t.description].filter(Boolean).join('  ')),
    ),
    ...section(
      'events',
      events.map(({ at, message }) => `${age(at)}  ${message}`),
    ),
    ...(failure ? ['why it failed', ...evidenceLines({ ...failure, events: [] })] : []),
    ...(failure?.hint ? block('  ', failure.hint) : []),
  ];
}

function pairs(rows: [string, string | null][]): string[] {
  return rows
    .filter((row): row is [string, string] => row[1] !== null && row[1] !== '')
    .map(([name, value]) => `${name.padEnd(10)} ${printable(value)}`);
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${printable(line)}`)];
}
