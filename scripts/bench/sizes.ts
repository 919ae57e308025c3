import { budgets } from '../../test/helpers/budgets.ts';
import {
  measureEntry,
  measurePackage,
  readMetafile,
  runtimeDependencies,
} from '../../test/helpers/built.ts';
import type { Result } from './result.ts';

/** Of the built program. */
export function measureSizes(): Result[] {
  const entry = measureEntry(readMetafile());
  const packed = measurePackage();
  const dependencies = runtimeDependencies();
  return [
    size("entry's static code", entry.bytes, budgets.entry.bytes),
    {
      name: 'packages in the entry',
      value: entry.packages.length,
      unit: 'packages',
      budget: budgets.entry.packages.length,
      note: entry.packages.join(', '),
    },
    size('tarball', packed.bytes, budgets.package.bytes),
    {
      name: 'runtime dependencies',
      value: dependencies.length,
      unit: 'packages',
      budget: budgets.package.dependencies,
      note: dependencies.join(', '),
    },
  ];
}

const size = (name: string, value: number, budget: number): Result => ({
  name,
  value,
  unit: 'B',
  budget,
  // In kilobytes the last ones would not show.
  note: `${budget - value} bytes left`,
});
