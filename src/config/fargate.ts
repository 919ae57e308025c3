const gigabytes = (from: number, to: number, step: number): number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * 1024);

/**
 * CPU units -> the memory sizes (MiB) Fargate has for them on Linux.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
 */
const memoryOfCpu: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, gigabytes(1, 4, 1)],
  [1024, gigabytes(2, 8, 1)],
  [2048, gigabytes(4, 16, 1)],
  [4096, gigabytes(8, 30, 1)],
  [8192, gigabytes(16, 60, 4)],
  [16_384, gigabytes(32, 120, 8)],
  [32_768, [61_440, 122_880, 249_856]],
]);

export const cpuSizes: readonly number[] = [...memoryOfCpu.keys()];

/** `a, b or c`. */
export function listChoices(choices: readonly (string | number)[]): string {
  if (choices.length < 2) return choices.join('');
  return `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
}

/** What is wrong with a pair of CPU units and MiB that each are well-formed; undefined if nothing. */
export function describeSizeMistake(cpu: number, memory: number): string | undefined {
  const sizes = memoryOfCpu.get(cpu);
  if (sizes === undefined || sizes.includes(memory)) return undefined;
  return `must be ${describeSizes(sizes)} MiB for task.cpu ${cpu}, not ${memory}`;
}

/** The memory sizes in MiB that a size of CPU has. */
export const memorySizes = (cpu: number): readonly number[] => memoryOfCpu.get(cpu) ?? [];

/** Up to eight sizes are listed one by one; more of them are always evenly spaced. */
export function describeSizes(sizes: readonly number[]): string {
  const [first = 0, second = 0] = sizes;
  if (sizes.length <= 8) return listChoices(sizes);
  return `${first} to ${sizes.at(-1)} in steps of ${second - first}`;
}
