/**
 * A run's claim on a preview, written as a tag on its target group: the newest run wins, and a run
 * that finds a newer claim than its own leaves the preview alone.
 */
export interface Claim {
  kind: 'deploy' | 'destroy';
  /** When the run began, milliseconds since the epoch. */
  at: number;
  /** Random, so that two runs of one moment differ: 8 hex digits. */
  id: string;
}

/** e.g. `deploy/2026-11-21T20:00:00.000Z/1a2b3c4d`; within the tag character set. */
export function formatClaim(claim: Claim): string {
  return `${claim.kind}/${new Date(claim.at).toISOString()}/${claim.id}`;
}

/** `undefined` for anything that this tool did not write. */
export function parseClaim(text: string | undefined): Claim | undefined {
  const match = /^(deploy|destroy)\/([^/]+)\/([0-9a-f]{8})$/.exec(text ?? '');
  const at = Date.parse(match?.[2] ?? '');
  if (!match || Number.isNaN(at)) return undefined;
  return { kind: match[1] as Claim['kind'], at, id: match[3] as string };
}

export function isSameClaim(a: Claim | undefined, b: Claim | undefined): boolean {
  return a !== undefined && b !== undefined && formatClaim(a) === formatClaim(b);
}

/** Whether `a` beats `b`: the later one does; at the same moment a destroy does, then the greater id. */
export function isNewer(a: Claim, b: Claim): boolean {
  if (a.at !== b.at) return a.at > b.at;
  if (a.kind !== b.kind) return a.kind === 'destroy';
  return a.id > b.id;
}
