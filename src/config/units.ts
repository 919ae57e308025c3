const secondsIn = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/** Every written form of a duration, for the editor's schema and for `parseDuration`. */
export const durationPattern = /^\s*(\d{1,9}(?:\.\d{1,3})?)\s*([smhdw]?)\s*$/;

/** `90`, `90s`, `20m`, `36h`, `7d` or `2w` -> whole seconds; anything else -> undefined. */
export function parseDuration(written: string | number): number | undefined {
  const match = durationPattern.exec(String(written));
  if (match === null) return undefined;
  const unit = (match[2] || 's') as keyof typeof secondsIn;
  return Math.round(Number(match[1]) * secondsIn[unit]);
}

/** Seconds -> the largest unit that keeps it whole: 1200 -> `20m`. */
export function formatDuration(seconds: number): string {
  const units = Object.entries(secondsIn)
    .reverse()
    .filter(([unit]) => unit !== 'w');
  const [unit, size] = units.find(([, unitSize]) => seconds % unitSize === 0) ?? ['s', 1];
  return `${seconds / size}${unit}`;
}

/** Without flags, as the schema for editors can hold none. */
export const cpuPattern = /^\s*(\d{0,9}\.?\d{1,9})\s*([vV][cC][pP][uU]s?)?\s*$/;
export const memoryPattern = /^\s*(\d{0,9}\.?\d{1,9})\s*([mMgG](?:i?[bB])?)?\s*$/;

/** `512`, `"512"` or `"0.5 vCPU"` -> CPU units, 1024 a vCPU; anything else -> undefined. */
export function parseCpu(written: string | number): number | undefined {
  const match = cpuPattern.exec(String(written));
  if (match === null) return undefined;
  return Number(match[1]) * (match[2] === undefined ? 1 : 1024);
}

/** `1024`, `"1024"`, `"512 MB"` or `"1 GB"` -> MiB; anything else -> undefined. */
export function parseMemory(written: string | number): number | undefined {
  const match = memoryPattern.exec(String(written));
  if (match === null) return undefined;
  return Number(match[1]) * (/^g/i.test(match[2] ?? '') ? 1024 : 1);
}
