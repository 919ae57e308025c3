import { normalizeRepository } from '../../config/repository.ts';
import { PreviewopsError } from '../../errors.ts';
import { parseUrl } from '../../url.ts';
import { parseBranch, parsePr } from '../parse.ts';
import { quoted } from '../quoted.ts';
import type { Repository } from './run.ts';

/**
 * The kinds of value that a CI hands over, checked. `what` names the variable or the field in
 * messages. An empty value is an absent one; a bad value of what decides (number, branch, commit)
 * throws `bad-usage`, one of what only decorates (title, address) is left out.
 */
export function readPr(value: string | undefined, what: string): number | undefined {
  return value === undefined || value === 'false' ? undefined : parsePr(value, what);
}

/** With or without `refs/heads/` in front. */
export function readBranch(value: string | undefined, what: string): string | undefined {
  return value === undefined ? undefined : parseBranch(value.replace(/^refs\/heads\//, ''), what);
}

/** A full id. Git's id of nothing, all zeros, and `HEAD` name no commit. */
export function readCommit(value: string | undefined, what: string): string | undefined {
  if (value === undefined || value === 'HEAD' || /^0{40,64}$/.test(value)) return undefined;
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(value)) return value.toLowerCase();
  throw new PreviewopsError('bad-usage', `${what} must be a commit id, not ${quoted(value)}`, {
    hint: 'Say which commit is meant with --commit.',
  });
}

const maxTitleLength = 300;

export function readTitle(value: string | undefined): string | undefined {
  return value?.slice(0, maxTitleLength);
}

const maxLabels = 100; // GitHub's own limit for an issue
const maxLabelLength = 255;

export function readLabels(values: readonly string[]): string[] {
  const named = values.map((label) => label.trim()).filter((label) => label !== '');
  return named.slice(0, maxLabels).map((label) => label.slice(0, maxLabelLength));
}

/** Labels in one text with commas between them, as most CIs give them. */
export function splitLabels(value: string | undefined): string[] {
  return readLabels((value ?? '').split(','));
}

const maxLoginLength = 100;

export function readLogin<T extends string | undefined>(value: T) {
  return value?.slice(0, maxLoginLength) as T;
}

const maxUrlLength = 2000;

/** A web address that may be shown and linked to: no credentials, nothing that is no http. */
export function readUrl(value: string | undefined): string | undefined {
  const url = (value?.length ?? 0) > maxUrlLength ? undefined : parseUrl(value ?? '');
  if (url === undefined) return undefined;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  url.username = '';
  url.password = '';
  return url.href;
}

/** Where a clone URL leads, in any of git's ways to write one. */
export function readRepository(value: string | undefined): Repository | undefined {
  const url = normalizeRepository((value ?? '').replace(/^git:\/\//, 'https://'));
  const parsed = url === undefined ? undefined : parseUrl(url);
  if (url === undefined || parsed === undefined) return undefined;
  const { host, pathname } = parsed;
  return { url, host, slug: pathname.replace(/^\/|(?:\.git)?\/?$/g, '') };
}

/** Whether two clone URLs are of two repositories; undefined if one of them is not known. */
export function differ(
  base: Repository | undefined,
  head: Repository | undefined,
): boolean | undefined {
  if (base === undefined || head === undefined) return undefined;
  return base.host !== head.host || differInSlug(base.slug, head.slug) === true;
}

/** As `differ`, of `owner/name`; hosts tell no case apart. */
export function differInSlug(
  base: string | undefined,
  head: string | undefined,
): boolean | undefined {
  if (base === undefined || head === undefined) return undefined;
  return base.toLowerCase() !== head.toLowerCase();
}
