import type { FailureReport } from '../preview/failure.ts';
import { block } from './printer.ts';

/** The evidence of a failure, for a person: stopped tasks, targets, the end of the log, events. */
export function evidenceLines({ tasks, targets, events, log }: FailureReport): string[] {
  return [
    ...section(
      'stopped tasks',
      tasks.map(({ reason, count, containers }) =>
        [`${times(count)}${reason}`, ...containers].join('; '),
      ),
    ),
    ...section(
      'targets',
      targets.map(({ state, reason, description, count }) =>
        [`${times(count)}${state}`, reason, description].filter(Boolean).join(', '),
      ),
    ),
    ...section('last events of the service', events),
    ...(log ? section(`end of the log, ${log.source}`, log.lines) : []),
  ];
}

const times = (count: number) => (count > 1 ? `${count} x ` : '');

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return [`  ${title}:`, ...lines.flatMap((line) => block('    ', line, '    '))];
}
