import { printable } from '../report/printable.ts';

export interface DiffLine {
  sign: ' ' | '+' | '-';
  text: string;
}

/** Beyond this a table of all pairs costs more than it tells; then everything is removed and added. */
const mostPairs = 4_000_000;

/** What turns one text into another, by whole lines: the fewest that can be (longest common subsequence). */
export function diffLines(before: string, after: string): DiffLine[] {
  const [from, to] = [linesOf(before), linesOf(after)];
  if (from.length * to.length > mostPairs) {
    return [...from.map(line('-')), ...to.map(line('+'))];
  }
  const common = tableOf(from, to);
  const result: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    const [old = '', fresh = ''] = [from[i], to[j]];
    if (i < from.length && j < to.length && old === fresh) {
      result.push({ sign: ' ', text: old });
      i++;
      j++;
    } else if (i < from.length && (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0)) {
      result.push({ sign: '-', text: old });
      i++;
    } else {
      result.push({ sign: '+', text: fresh });
      j++;
    }
  }
  return result;
}

const linesOf = (text: string) => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
const line =
  (sign: DiffLine['sign']) =>
  (text: string): DiffLine => ({ sign, text });

/** `[i][j]`: how many lines the rests from `i` and from `j` have in common. */
function tableOf(from: readonly string[], to: readonly string[]): number[][] {
  const table = Array.from({ length: from.length + 1 }, () =>
    new Array<number>(to.length + 1).fill(0),
  );
  for (let i = from.length - 1; i >= 0; i--) {
    const [row = [], below = []] = [table[i], table[i + 1]];
    for (let j = to.length - 1; j >= 0; j--) {
      row[j] =
        from[i] === to[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}

/** Lines kept around a change. */
const around = 2;

/** A diff for a person: what changes with a little of what is about it, and `...` for the rest. */
export function renderDiff(lines: readonly DiffLine[]): string[] {
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - around), at + around + 1).some(({ sign }) => sign !== ' '),
  );
  return lines.flatMap(({ sign, text }, at) => {
    if (near[at]) return [`${sign} ${printable(text)}`];
    return at > 0 && near[at - 1] ? ['  ...'] : [];
  });
}
