import type { WorkflowName } from '../ci/workflows/words.ts';
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

import { type PreviewStatus, previewStatuses } from '../providers/provider.ts';
import type { SortKey } from './list-view.ts';

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
  /** What may go where there is no room. */
  evict?: 'oldest-idle';
  probe: boolean;
  dryRun: boolean;
  wait: boolean;
  /** Milliseconds. */
  timeout: number;
}

export interface DestroyOptions extends CommonOptions, RefOptions, ReportOptions {
  /** Every preview of the app. */
  all?: boolean;
  yes?: boolean;
  dryRun: boolean;
}

export interface ListOptions extends CommonOptions {
  app?: string;
  allApps: boolean;
  /** At least one; all when absent. */
  status?: PreviewStatus[];
  sort: SortKey;
  watch: boolean;
}

export interface PruneOptions extends CommonOptions {
  expired: boolean;
  closed: boolean;
  orphans: boolean;
  /** These are stopped, not removed. */
  idle: boolean;
  /** Milliseconds. */
  olderThan?: number;
  app?: string;
  allApps: boolean;
  yes: boolean;
  dryRun: boolean;
}

export interface KeepOptions extends CommonOptions, RefOptions {
  /** Milliseconds. */
  for?: number;
  forever: boolean;
}

export interface StopOptions extends CommonOptions, RefOptions {}

export interface StartOptions extends CommonOptions, RefOptions {
  wait: boolean;
  probe: boolean;
  /** Milliseconds. */
  timeout: number;
}

export interface StatusOptions extends CommonOptions, RefOptions {}

export interface OpenOptions extends CommonOptions, RefOptions {
  /** Open nothing. */
  print: boolean;
}

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

export interface InitCommandOptions extends CommonOptions {
  region?: string;
  cluster?: string;
  listener?: string;
  vpc?: string;
  subnets?: string[];
  securityGroups?: string[];
  executionRole?: string;
  buildRole?: string;
  baseDomain?: string;
  hostedZone?: string;
  app?: string;
  repository?: string;
  port?: number;
  ci?: WorkflowName;
  /** `true` for the usual file. */
  bootstrap?: string | true;
  apply: boolean;
  yes: boolean;
  force: boolean;
  offline: boolean;
  output?: string;
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
export const parseSince = durationOf('--since', '10m or 2h');
export const parseOlderThan = durationOf('--older-than', '36h or 7d');
export const parseFor = durationOf('--for', '12h or 3d');

/** Longer than any preview lives, and far from the end of all dates. */
const longestSeconds = 100 * 365 * 86_400;

function durationOf(flag: string, example: string) {
  return (text: string): number => {
    const seconds = parseDuration(text);
    if (seconds !== undefined && seconds > 0 && seconds <= longestSeconds) return seconds * 1000;
    throw usage(`${flag} must be a duration such as ${example}, not ${quote(text)}`);
  };
}

/** `ready,expired`, and once more for each further flag. */
export function parseStatuses(text: string, before: PreviewStatus[] = []): PreviewStatus[] {
  const named = text.split(',').map((word): PreviewStatus => {
    const status = previewStatuses.find((known) => known === word);
    if (status) return status;
    throw usage(
      `--status must be one or more of ${previewStatuses.join(', ')}, not ${quote(word)}`,
    );
  });
  return previewStatuses.filter((status) => before.includes(status) || named.includes(status));
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

/** `a,b`, and once more for each further flag. */
export function parseIds(flag: string): (text: string, before?: string[]) => string[] {
  const parse = parseText(flag);
  return (text, before = []) => [
    ...before,
    ...parse(text)
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  ];
}

/** A TCP port. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw usage(`--port must be a whole number from 1 to 65535, not ${quote(text)}`);
}

/** A region in AWS's way of naming; which of them exist, AWS knows. */
export function parseRegion(text: string): string {
  if (/^[a-z]{2,5}(?:-[a-z]{2,12}){1,2}-[1-9]\d?$/.test(text)) return text;
  throw usage(`--region must be an AWS region such as us-east-1, not ${quote(text)}`);
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
