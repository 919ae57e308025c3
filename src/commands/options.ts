import { parseDuration } from '../config/units.ts';
import { PreviewopsError } from '../errors.ts';

export { parseBranch, parsePr } from '../ci/ref.ts';

/** What every command takes. */
export interface CommonOptions {
  config?: string;
  json: boolean;
  sandbox: boolean;
  sandboxPolicy?: string;
  verbose: boolean;
  color: boolean;
  roleArn?: string;
  profile?: string;
}

export interface RefOptions {
  pr?: number;
  branch?: string;
}

export interface DeployOptions extends CommonOptions, RefOptions {
  /** 7 to 64 hex digits. */
  commit?: string;
  image?: string;
  rebuild: boolean;
  dryRun: boolean;
  wait: boolean;
  /** Milliseconds. */
  timeout: number;
}

export interface DestroyOptions extends CommonOptions, RefOptions {
  dryRun: boolean;
}

export interface ListOptions extends CommonOptions {
  app?: string;
  allApps: boolean;
}

export interface ValidateOptions extends CommonOptions {
  offline: boolean;
}

const usage = (message: string, hint?: string) =>
  new PreviewopsError('bad-usage', message, { hint });
const quote = (text: string) => JSON.stringify(text);

export function parseCommit(text: string): string {
  if (/^[0-9a-f]{7,64}$/i.test(text)) return text.toLowerCase();
  throw usage(`--commit must be a commit id of 7 to 64 hex digits, not ${quote(text)}`);
}

/** `registry/name:tag` or `@sha256:...`; ECS says the rest. */
export function parseImage(text: string): string {
  if (/^[A-Za-z0-9][\w./:@+-]{0,510}$/.test(text)) return text;
  throw usage(
    `--image must be an image reference such as public.ecr.aws/nginx/nginx:1.29, not ${quote(text)}`,
  );
}

const maxTimeoutSeconds = 24 * 3600;

/** `15m`, `90s`, `1h` -> milliseconds. */
export function parseTimeout(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds >= 1 && seconds <= maxTimeoutSeconds) return seconds * 1000;
  throw usage(`--timeout must be a duration from 1s to 24h such as 15m, not ${quote(text)}`);
}

export function parseApp(text: string): string {
  if (text.length <= 40 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text)) return text;
  throw usage(
    `--app must be an app's name (a-z, 0-9 and single hyphens, at most 40), not ${quote(text)}`,
  );
}

export function parseRoleArn(text: string): string {
  if (/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(text)) return text;
  throw usage(
    `--role-arn must be the ARN of a role such as arn:aws:iam::123456789012:role/previews, not ${quote(text)}`,
  );
}

/** A value that only has to be there, such as a file's name. */
export function parseText(flag: string): (text: string) => string {
  return (text) => {
    if (text.trim() === '' || text.startsWith('-')) {
      throw usage(`${flag} needs a value, not ${quote(text)}`);
    }
    return text;
  };
}
