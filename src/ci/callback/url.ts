import { isIP } from 'node:net';
import { PreviewopsError } from '../../errors.ts';
import { parseUrl } from '../../url.ts';
import { type AddressRules, addressMistake } from './address.ts';

/** `callback` of the configuration. */
export interface CallbackRules extends AddressRules {
  /** When given, only these: a host's exact name, or `*.suffix` for every name below one. */
  allowHosts?: readonly string[] | undefined;
}

/** A callback's URL that has passed; what its name resolves to is judged when it is sent. */
export interface CallbackTarget {
  /** May hold a token: never to be shown, only `host` is. */
  href: string;
  /** Lower case, without port or brackets. */
  host: string;
  allowPrivate: boolean;
}

const maxLength = 2048;
/** A DNS name's limit (RFC 1035, 2.3.4). */
const maxHostLength = 253;
/** Names that mean this machine or this network: RFC 6761, RFC 6762, RFC 8375, and ICANN's `internal`. */
const localName = /^(?:[^.]+|(?:.+\.)?(?:localhost|local|internal|home\.arpa))$/;

interface Refusal {
  message: string;
  hint?: string;
}

/**
 * Where `--callback-url` says to report to. Throws `bad-usage` for anything but an https URL of a public
 * host, or of one that the configuration allows. No message repeats more of it than the host.
 */
export function parseCallbackUrl(
  text: string,
  rules: CallbackRules = {},
  what = '--callback-url',
): CallbackTarget {
  const mistake = textMistake(text);
  const host = mistake === undefined ? hostOf(text) : '';
  const refusal = mistake ?? hostMistake({ text, host, rules });
  if (refusal !== undefined) {
    throw new PreviewopsError('bad-usage', `${what} ${refusal.message}`, { hint: refusal.hint });
  }
  return { href: new URL(text).href, host, allowPrivate: rules.allowPrivate ?? false };
}

function textMistake(text: string): Refusal | undefined {
  if (text.length > maxLength) return { message: `must have at most ${maxLength} characters` };
  // A URL parser drops or rewrites these, so that two programs would read two URLs.
  if (/[\s\p{C}\\]/u.test(text)) {
    return { message: 'must not have spaces, control characters or backslashes' };
  }
  if (!/^https:\/\//i.test(text)) return { message: 'must begin with https://' };
  if (text.includes('#')) return { message: 'must not have a fragment (#)' };
  if (authorityOf(text).includes('@')) {
    return {
      message: 'must not have a user name or password',
      hint: 'Deliveries are signed when PREVIEWOPS_CALLBACK_SECRET is set.',
    };
  }
  return parseUrl(text) ? undefined : { message: 'is not a URL' };
}

const authorityOf = (text: string) => /^https:\/\/([^/?#]*)/i.exec(text)?.[1] ?? '';

const hostOf = (text: string) => new URL(text).hostname.replace(/^\[|\]$/g, '');

interface HostQuestion {
  /** The URL as written. */
  text: string;
  host: string;
  rules: CallbackRules;
}

function hostMistake({ text, host, rules }: HostQuestion): Refusal | undefined {
  const family = isIP(host);
  // 2130706433, 0x7f.1 and 0177.0.0.1 all are 127.0.0.1 to a URL parser, and not to every reader.
  if (family === 4 && authorityOf(text).replace(/:\d*$/, '') !== host) {
    return { message: `must write the address as ${host}` };
  }
  if (host.endsWith('.')) return { message: 'must not have a dot at the end of its host' };
  if (host.length > maxHostLength) return { message: 'has a host name that is too long' };
  const mistake = family === 0 ? nameMistake(host, rules) : addressMistake(host, rules);
  if (mistake !== undefined) return { message: `is refused: ${mistake}`, hint: privateHint };
  const { allowHosts } = rules;
  if (allowHosts === undefined || allowHosts.some((pattern) => matchesHost(pattern, host))) return;
  return {
    message: `is refused: ${host} is not among callback.allowHosts`,
    hint: `Allowed: ${allowHosts.length === 0 ? 'none' : allowHosts.join(', ')}`,
  };
}

/** What to do where an address or a local name is the reason. */
const privateHint =
  'A callback goes to the public internet. `callback.allowPrivate: true` in previewops.yml lets private and loopback addresses through.';

function nameMistake(host: string, { allowPrivate }: AddressRules): string | undefined {
  return allowPrivate || !localName.test(host)
    ? undefined
    : `${host} is a name of this machine or network`;
}

/** Whether one entry of `callback.allowHosts` allows a host: `*.example.com` not example.com itself. */
function matchesHost(pattern: string, host: string): boolean {
  const wanted = pattern.toLowerCase();
  if (!wanted.startsWith('*.')) return host === wanted;
  return isIP(host) === 0 && host.endsWith(wanted.slice(1)) && host.length >= wanted.length;
}
