import type { ErrorCode } from '../errors.ts';
import type { Statement } from '../permissions/evaluate.ts';
import type { CallingCommand } from '../permissions/manifest.ts';
import type { Facts } from './facts.ts';
import type { Group } from './groups.ts';

export type Status = 'ok' | 'warn' | 'fail' | 'skip';

/** The permission that a result is about. */
export interface Permission {
  action: string;
  resource: string;
  /** The smallest statement that allows it, for all previews of the app. */
  statement: Statement;
  /** The commands that need it. */
  commands: readonly CallingCommand[];
  /** The AWS calls that need it. */
  calls?: readonly string[];
}

/** What a check found. */
export interface Outcome {
  status: Status;
  /** What was seen, in a few words. */
  seen: string;
  /** What to paste or write where: a statement, a command or a line of the configuration. */
  fix?: string | undefined;
  permission?: Permission;
  /** Of the error that kept the check from looking. */
  code?: ErrorCode;
}

export interface CheckResult extends Outcome {
  id: string;
  group: Group;
  title: string;
}

/** One of several things that a check looked at; what it leaves out is the check's. */
export type Finding = Outcome & Partial<Pick<CheckResult, 'id' | 'title'>>;

export interface Check {
  id: string;
  group: Group;
  /** What should be so. */
  title: string;
  /** About the load balancer: looked at for each listener of the configuration. */
  eachListener?: true;
  run(facts: Facts): Promise<Outcome | Finding[]>;
}

export const ok = (seen: string): Outcome => ({ status: 'ok', seen });
export const warn = (seen: string, fix?: string): Outcome => ({ status: 'warn', seen, fix });
export const fail = (seen: string, fix: string): Outcome => ({ status: 'fail', seen, fix });
export const skip = (seen: string, fix?: string): Outcome => ({ status: 'skip', seen, fix });
