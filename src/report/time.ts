const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** Milliseconds for a reader: `0.4 s`, `12 s`, `3 m 5 s`, `2 h 10 m`. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const at = units.findIndex(([, size]) => whole >= size);
  const [unit, size] = units[at] ?? units[3];
  const next = units[at + 1];
  const rest = next === undefined ? 0 : Math.floor((whole % size) / next[1]);
  return `${Math.floor(whole / size)} ${unit}${next === undefined || rest === 0 ? '' : ` ${rest} ${next[0]}`}`;
}

/** Milliseconds as an age, in its largest unit: `40 s`, `3 m`, `2 h`, `4 d`. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [unit, size] = units.find(([, one]) => seconds >= one) ?? units[3];
  return `${Math.floor(seconds / size)} ${unit}`;
}
