import { judge, type Result } from './result.ts';

const heading = ['WHAT', 'MEASURED', 'BUDGET', '', ''];
/** Columns of numbers. */
const right = [1, 2];

export function renderTable(results: readonly Result[]): string[] {
  const rows = [heading, ...results.map(cellsOf)];
  const widths = heading.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => {
        const width = widths[at] ?? 0;
        return right.includes(at) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

function cellsOf(result: Result): string[] {
  const { name, value, unit, budget, note = '' } = result;
  const allowed = budget === undefined ? '-' : amount(budget, unit);
  return [name, amount(value, unit), allowed, judge(result), note];
}

export function amount(value: number, unit: Result['unit']): string {
  if (unit === 'B') return `${tenths(value / 1024)} KB`;
  if (unit === 'ms') return `${Math.round(value)} ms`;
  return `${tenths(value)} ${value === 1 ? unit.replace(/s$/, '') : unit}`;
}

const tenths = (value: number) => Math.round(value * 10) / 10;
