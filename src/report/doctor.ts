import { counted } from './counted.ts';
import { printable, printableLines } from './printable.ts';
import type { Paint } from './progress.ts';

/** What is shown of a check's result. */
export interface ResultView {
  group: string;
  title: string;
  status: 'ok' | 'warn' | 'fail' | 'skip';
  seen: string;
  fix?: string | undefined;
  /** Of a result about one permission. */
  permission?: unknown;
}

export interface DoctorStyle {
  paint: Paint;
  /** Each permission that is allowed on a line of its own. */
  verbose: boolean;
}

/** Results by group, what to do beneath what failed, and the counts at the end. */
export function renderResults(results: readonly ResultView[], style: DoctorStyle): string[] {
  const names = [...new Set(results.map(({ group }) => group))];
  return [
    ...names.flatMap((name) => [
      name,
      ...folded(
        results.filter(({ group }) => group === name),
        style,
      ).flatMap((result) => renderResult(result, style)),
    ]),
    summary(results),
  ];
}

/** Dozens of permissions that are allowed make one line, in the place of the first. */
function folded(results: readonly ResultView[], { verbose }: DoctorStyle): ResultView[] {
  const plain = (result: ResultView) => result.status === 'ok' && result.permission !== undefined;
  const allowed = results.filter(plain);
  const [first] = allowed;
  if (verbose || first === undefined || allowed.length < 2) return [...results];
  const one: ResultView = {
    ...first,
    title: `${allowed.length} permissions`,
    seen: 'allowed; --verbose lists them',
  };
  return results.flatMap((result) => (result === first ? one : plain(result) ? [] : result));
}

function renderResult({ status, title, seen, fix }: ResultView, { paint }: DoctorStyle): string[] {
  const colours = { ok: paint.good, warn: paint.strong, fail: paint.bad, skip: paint.dim };
  const head = `  ${colours[status](status.padEnd(4))} ${printable(title)}  (${printable(seen)})`;
  if (fix === undefined || status === 'ok') return [head];
  return [head, ...printableLines(fix).map((line) => `         ${line}`)];
}

function summary(results: readonly ResultView[]): string {
  const count = (status: ResultView['status']) =>
    results.filter((result) => result.status === status).length;
  const [warnings, failures, skipped] = [count('warn'), count('fail'), count('skip')];
  return `${count('ok')} ok, ${counted(warnings, 'warning')}, ${counted(failures, 'failure')}, ${skipped} skipped`;
}
