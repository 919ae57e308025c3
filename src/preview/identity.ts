import { hash } from './hash.ts';

/** What a user names: a pull request, or a branch. */
export interface PreviewRef {
  pr?: number | undefined;
  branch?: string | undefined;
}

/** One preview of one app: its id is unique inside the app, its host unique on the listener. */
export interface Identity extends PreviewRef {
  app: string;
  id: string;
  host: string;
  url: string;
}

export interface IdentityRules {
  app: string;
  baseDomain: string;
  /** e.g. `{id}.{baseDomain}`; one label before the base domain. */
  hostPattern: string;
  /** Stripped from branch names before they become an id. */
  branchPrefix: string;
}

/** Ids end up in names next to the app's, so both are kept well below the shortest generous limit (150). */
export const maxIdLength = 40;
/** A DNS label's limit (RFC 1035, 2.3.4). */
const maxLabelLength = 63;

/** Lower-case letters, digits and single hyphens; may be empty when the text has none of these. */
export function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/**
 * The id of a branch: its name where that is already a plain slug, else the slug closed with a hash
 * of the whole name. Names that a hash or a pull request's id could look like get a hash too, so
 * that two branches never share an id.
 */
export function branchId(branch: string, branchPrefix = ''): string {
  const stripped = branch.startsWith(branchPrefix);
  const rest = stripped ? branch.slice(branchPrefix.length) : branch;
  const plain = slug(rest);
  const faithful =
    stripped &&
    plain !== '' &&
    plain === rest &&
    plain.length <= maxIdLength &&
    !/^pr-\d+$/.test(plain) &&
    !/-[0-9a-f]{8}$/.test(plain);
  return faithful ? plain : closed(plain || 'branch', maxIdLength, hash(8, branch));
}

/** `text` cut so that it fits `max` together with `-` and the hash. */
export function closed(text: string, max: number, digits: string): string {
  return `${text.slice(0, max - digits.length - 1).replace(/-$/, '')}-${digits}`;
}

export function previewId(ref: PreviewRef, branchPrefix = ''): string {
  if (ref.pr !== undefined) return `pr-${ref.pr}`;
  if (ref.branch === undefined) throw new Error('a preview needs a pull request or a branch');
  return branchId(ref.branch, branchPrefix);
}

/** The pull request of an id that is one's: no branch has such an id. */
export function pullRequestOf(id: string): number | undefined {
  const [, digits] = /^pr-(\d+)$/.exec(id) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

export function identify(ref: PreviewRef, rules: IdentityRules): Identity {
  const id = previewId(ref, rules.branchPrefix);
  const host = previewHost(id, ref, rules);
  return { ...ref, app: rules.app, id, host, url: `https://${host}` };
}

/** The host of a preview whose id is known, even where what it was made of is not. */
export function previewHost(id: string, ref: PreviewRef, rules: IdentityRules): string {
  const branch = ref.branch === undefined ? id : branchId(ref.branch, rules.branchPrefix);
  const values: Record<string, string> = {
    id,
    branch,
    // Without a pull request there is no number, and an empty one would give every branch one host.
    pr: ref.pr === undefined ? id : String(ref.pr),
    app: rules.app,
  };
  const label = rules.hostPattern
    .replace(/\.?\{baseDomain\}$/, '')
    .replace(/\{(\w+)\}/g, (_, token: string) => values[token] ?? '')
    .toLowerCase();
  const fitted =
    label.length <= maxLabelLength
      ? label
      : closed(label, maxLabelLength, hash(8, rules.app, id, label));
  return `${fitted}.${rules.baseDomain}`;
}
