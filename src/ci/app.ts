import { normalizeRepository } from '../config/repository.ts';
import { hash } from '../preview/hash.ts';
import { closed, slug } from '../preview/identity.ts';
import { parseUrl } from '../url.ts';

const maxAppLength = 40; // as the configuration's `app`

/** `https://github.com/Acme/My.Shop.git` -> `acme-my-shop`; undefined if nothing usable is left. */
export function appFromRepository(url: string): string | undefined {
  const path = parseUrl(url)?.pathname ?? '';
  const name = slug(decode(path.replace(/\.git\/?$/, '')));
  if (name === '') return undefined;
  return name.length <= maxAppLength ? name : closed(name, maxAppLength, hash(8, path));
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** `owner/name` of a remote at github.com; undefined for any other. */
export function slugAtGithub(remote: string): string | undefined {
  const url = normalizeRepository(remote);
  const [, slug] =
    /^https:\/\/github\.com\/([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/i.exec(url ?? '') ?? [];
  return slug;
}
