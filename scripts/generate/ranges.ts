/** A pattern for the whole numbers from `from` to `to`, with any zeros before them. */
export function wholeRange(from: number, to: number): string {
  const parts = new Set<string>();
  for (let start = from; start <= to; ) {
    const end = endOfBlock(start, to);
    parts.add(blockPattern(String(start), String(end)));
    start = end + 1;
  }
  return `0*(?:${[...parts].join('|')})`;
}

/** The last number of the largest run that begins here, and in which the last digits take every value. */
function endOfBlock(start: number, to: number): number {
  let end = start;
  for (let size = 10; start % size === 0 && start + size - 1 <= to && start > 0; size *= 10) {
    end = start + size - 1;
  }
  // Digits above those that take every value may run up to 9.
  const size = end - start + 1;
  const digit = Math.floor(start / size) % 10;
  const most = Math.floor((to - start + 1) / size);
  return start + size * Math.max(1, Math.min(most, 10 - digit)) - 1;
}

const blockPattern = (start: string, end: string) =>
  [...end]
    .map((digit, at) => {
      const first = start.padStart(end.length, '0')[at] ?? '0';
      return first === digit
        ? digit
        : first === '0' && digit === '9'
          ? '\\d'
          : `[${first}-${digit}]`;
    })
    .join('');

const secondsIn = { '[s]?': 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * A pattern for the texts that mean a duration from `from` to `to` seconds. Where a limit falls inside a
 * unit, some fractions beyond it pass: an editor may be too kind, never too strict.
 */
export function durationRange(from: number, to: number): string {
  const forms = Object.entries(secondsIn).flatMap(([unit, size]) => {
    const low = Math.ceil(from / size);
    const high = Math.floor(to / size);
    const exact = high * size === to;
    const whole = low <= high ? [`${wholeRange(low, high)}${exact ? '' : '(?:\\.\\d{1,3})?'}`] : [];
    const below = exact && low < high ? [`${wholeRange(low, high - 1)}\\.\\d{1,3}`] : [];
    const top = exact ? [`0*${high}\\.0{1,3}`] : [];
    const between = low * size > from ? [`0*${low - 1}\\.\\d{1,3}`] : [];
    const all = [...whole, ...below, ...top, ...between];
    return all.length === 0 ? [] : [`(?:${all.join('|')})\\s*${unit}`];
  });
  return `^\\s*(?:${forms.join('|')})\\s*$`;
}
