import { describeCommandMistake } from '../config/command.ts';
import { parseDuration } from '../config/units.ts';
import { type Group, groups } from '../doctor/groups.ts';
import { PreviewopsError } from '../errors.ts';
import {
  type CallingCommand,
  callingCommands,
  type PolicyFormat,
  type RoleKind,
} from '../permissions/words.ts';

export { parseRunId } from '../ci/callback/run-id.ts';
export { parseBranch, parseCommit, parsePr } from '../ci/parse.ts';

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

/** Where a run is told of, besides the places that its CI names. */
export interface ReportOptions {
  /** The dispatcher's own name of the run. */
  runId?: string;
  /** As written; judged once the configuration is known. */
  callbackUrl?: string;
  /** A dotenv file. */
  outputEnv?: string;
}

export interface DeployOptions extends CommonOptions, RefOptions, ReportOptions {
  /** 7 to 64 hex digits. */
  commit?: string;
  image?: string;
  rebuild: boolean;
  cleanupOnFailure: boolean;
  probe: boolean;
  dryRun: boolean;
  wait: boolean;
  /** Milliseconds. */
  timeout: number;
}

export interface DestroyOptions extends CommonOptions, RefOptions, ReportOptions {
  dryRun: boolean;
}

export interface ListOptions extends CommonOptions {
  app?: string;
  allApps: boolean;
}

export interface StatusOptions extends CommonOptions, RefOptions {}

export interface LogsOptions extends CommonOptions, RefOptions {
  follow: boolean;
  previous: boolean;
  build?: boolean;
  container?: string;
  /** Milliseconds back from now. */
  since?: number;
}

export interface RunOptions extends CommonOptions, RefOptions {
  /** At least one word. */
  command: string[];
  /** Milliseconds. */
  timeout: number;
}

export interface ValidateOptions extends CommonOptions {
  offline: boolean;
}

export interface PolicyCommandOptions extends CommonOptions {
  /** At least one; what CI runs when absent. */
  for?: CallingCommand[];
  format: PolicyFormat;
  role?: RoleKind;
}

export interface DoctorOptions extends CommonOptions {
  /** At least one; all when absent. */
  only?: Group[];
  /** The commands whose permissions are looked at; what CI runs when absent. */
  as?: CallingCommand[];
  strict: boolean;
  /** Judge these policies and ask AWS nothing. */
  policyFile?: string[];
  boundaryFile?: string;
  /** One for each level of the organisation, the root first. */
  scpFile?: string[];
}

const usage = (message: string, hint?: string) =>
  new PreviewopsError('bad-usage', message, { hint });
const quote = (text: string) => JSON.stringify(text);

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

/** `10m`, `2h`, `1d` -> milliseconds. */
export function parseSince(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds > 0) return seconds * 1000;
  throw usage(`--since must be a duration such as 10m or 2h, not ${quote(text)}`);
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

/** `deploy,list`, and once more for each further flag; `all` is every command, doctor too. */
export const parseCommands = commandsOf('--for');
export const parseAs = commandsOf('--as');

function commandsOf(flag: string) {
  return (text: string, before: CallingCommand[] = []): CallingCommand[] => {
    const named = text.split(',').flatMap((word): readonly CallingCommand[] => {
      if (word === 'all') return callingCommands;
      const command = callingCommands.find((known) => known === word);
      if (command) return [command];
      const known = [...callingCommands, 'all'].join(', ');
      throw usage(`${flag} must be one or more of ${known}, not ${quote(word)}`);
    });
    return callingCommands.filter((command) => before.includes(command) || named.includes(command));
  };
}

/** `network,names`, and once more for each further flag. */
export function parseGroups(text: string, before: Group[] = []): Group[] {
  const named = text.split(',').map((word): Group => {
    const group = groups.find((known) => known === word);
    if (group) return group;
    throw usage(`--only must be one or more of ${groups.join(', ')}, not ${quote(word)}`);
  });
  return groups.filter((group) => before.includes(group) || named.includes(group));
}

/** Files of a flag that may be given again and again. */
export function parseFiles(flag: string): (text: string, before?: string[]) => string[] {
  const parse = parseText(flag);
  return (text, before = []) => [...before, parse(text)];
}

/** The words after `--`. */
export function parseWords(words: readonly string[]): string[] {
  const mistake = describeCommandMistake(words);
  if (mistake === undefined) return [...words];
  throw usage(
    words.length === 0 ? 'run needs a command' : `the command ${mistake}`,
    'Put it behind two hyphens: `previewops run --pr 42 -- npm run seed`.',
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
