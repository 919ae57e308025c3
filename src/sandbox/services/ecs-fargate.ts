import { awsError } from '../errors.ts';

const mib = (from: number, to: number, step: number) =>
  Array.from({ length: (to - from) / step + 1 }, (_, i) => (from + i * step) * 1024);

// "Task CPU and memory" of the ECS Developer Guide (Fargate, Linux): CPU units to MiB.
const sizes: Record<string, number[]> = {
  256: [512, 1024, 2048],
  512: mib(1, 4, 1),
  1024: mib(2, 8, 1),
  2048: mib(4, 16, 1),
  4096: mib(8, 30, 1),
  8192: mib(16, 60, 4),
  16384: mib(32, 120, 8),
  32768: [60, 120, 244].map((gb) => gb * 1024),
};

/** Reads `256`, `.25 vCPU`, `512` or `0.5 GB` into units; AWS answers in units whatever was sent. */
function inUnits(value: string, unit: RegExp): number {
  const text = value.trim();
  const [, amount] = unit.exec(text) ?? [];
  return amount === undefined ? Number(text) : Number(amount) * 1024;
}

/** Checks a Fargate size as RegisterTaskDefinition does, and returns it in units. */
export function fargateSize(
  cpu: string | undefined,
  memory: string | undefined,
): { cpu: string; memory: string } {
  if (!cpu || !memory) {
    const missing = cpu ? 'memory' : 'cpu';
    throw awsError(
      'ClientException',
      `Fargate requires that '${missing}' be defined at the task level.`,
    );
  }
  const units = inUnits(cpu, /^([\d.]+)\s*vCPU$/i);
  const size = inUnits(memory, /^([\d.]+)\s*GB$/i);
  if (!sizes[units]?.includes(size)) {
    throw awsError('ClientException', 'No Fargate configuration exists for given values.');
  }
  return { cpu: String(units), memory: String(size) };
}
