/** What the hidden first line of a comment says of it. */
export interface Marker {
  app: string;
  /** Milliseconds since the epoch at which the run began that wrote it: an older run leaves it alone. */
  run: number;
  /** Changes with what the comment says, and not with times that differ on every run. */
  sum: string;
}

const pattern =
  /^<!-- previewops:comment v1 app=(\S+) run=(\d{1,16}) sum=([0-9a-f]+) -->(?:\r?\n|$)/;

export function writeMarker({ app, run, sum }: Marker): string {
  return `<!-- previewops:comment v1 app=${encodeURIComponent(app)} run=${run} sum=${sum} -->`;
}

/** Only the first line of a comment counts: further down, anybody's text may have been quoted. */
export function readMarker(body: string): Marker | undefined {
  const [, app, run, sum] = pattern.exec(body) ?? [];
  if (app === undefined || run === undefined || sum === undefined) return undefined;
  try {
    return { app: decodeURIComponent(app), run: Number(run), sum };
  } catch {
    return undefined;
  }
}
