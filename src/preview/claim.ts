/** At the same moment a later one beats an earlier: what is deployed is not to be stopped, and close beats deploy. */
const claimKinds = ['stop', 'start', 'deploy', 'destroy'] as const;
export type ClaimKind = (typeof claimKinds)[number];

/**
 * A run's claim on a preview, written as a tag on its target group: the newest run wins, and a run
 * that finds a newer claim than its own leaves the preview alone.
 */
export interface Claim {
  kind: ClaimKind;
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
  const [, word, moment = '', id] = /^(\w+)\/([^/]+)\/([0-9a-f]{8})$/.exec(text ?? '') ?? [];
  const kind = claimKinds.find((known) => known === word);
  const at = Date.parse(moment);
  return kind === undefined || id === undefined || Number.isNaN(at) ? undefined : { kind, at, id };
}

export function isSameClaim(a: Claim | undefined, b: Claim | undefined): boolean {
  return a !== undefined && b !== undefined && formatClaim(a) === formatClaim(b);
}

/** Whether `a` beats `b`: the later one does; at the same moment the kind decides, then the greater id. */
export function isNewer(a: Claim, b: Claim): boolean {
  if (a.at !== b.at) return a.at > b.at;
  if (a.kind !== b.kind) return claimKinds.indexOf(a.kind) > claimKinds.indexOf(b.kind);
  return a.id > b.id;
}
