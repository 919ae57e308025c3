import { printable } from '../report/printable.ts';
import type { Cluster } from './account.ts';
import type { Choice } from './question.ts';
import { mistakeIn, type ValueKey } from './values.ts';

const longestLabel = 80;

/** A name from AWS, which may hold anything that somebody put there. */
export function label(text: string): string {
  const plain = printable(text);
  return plain.length > longestLabel ? `${plain.slice(0, longestLabel - 1)}\u2026` : plain;
}

/** Whether the configuration would take it: what AWS says is only offered when it has the right form. */
export const isTaken = (key: ValueKey, value: unknown): boolean =>
  mistakeIn(key, value) === undefined;

/** How far a name tells that previews belong there: 2, 1 or 0, and -1 where they do not. */
export function hintInName(name: string): number {
  if (/preview/i.test(name)) return 2;
  if (/prod|live/i.test(name) && !/non-?prod/i.test(name)) return -1;
  return /stag|test|dev|sandbox/i.test(name) ? 1 : 0;
}

export const hintWords: Record<number, string> = {
  2: 'its name says previews',
  1: 'its name says that it is not for production',
  [-1]: 'its name says production',
};

/** The best first; of equals, the first by name. */
export function ranked<T>(choices: readonly (Choice<T> & { rank: number })[]): Choice<T>[] {
  return [...choices]
    .sort(
      (a, b) =>
        Number(a.problem !== undefined) - Number(b.problem !== undefined) ||
        b.rank - a.rank ||
        (a.label < b.label ? -1 : 1),
    )
    .map(({ rank: _, ...choice }) => choice);
}

export function clusterChoices(clusters: readonly Cluster[]): Choice<string>[] {
  const usable = clusters.filter(({ clusterName }) => isTaken('cluster', clusterName));
  return ranked(
    usable.map(({ clusterName: value = '', status, activeServicesCount }) => {
      const rank = hintInName(value);
      const services =
        activeServicesCount === undefined ? [] : [`${activeServicesCount} services run there`];
      const only = usable.length === 1 ? ['it is the only one'] : [];
      return {
        value,
        label: label(value),
        why: [...only, ...(hintWords[rank] ? [hintWords[rank]] : []), ...services].join(', '),
        rank,
        ...(status === undefined || status === 'ACTIVE' ? {} : { problem: `it is ${status}` }),
      };
    }),
  );
}
