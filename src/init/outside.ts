import type { BootstrapResult } from '../bootstrap/outputs.ts';
import type { Template } from '../bootstrap/values.ts';
import type { Git } from '../ci/git.ts';
import type { WorkflowName } from '../ci/workflows/words.ts';
import type { Config } from '../config/types.ts';
import type { CheckResult } from '../doctor/check.ts';
import type { Group } from '../doctor/groups.ts';
import type { Prompts } from './prompts.ts';
import type { Choice } from './question.ts';
import type { Access } from './survey.ts';
import type { Values } from './values.ts';

/** What the command line asks for. */
export interface InitOptions {
  /** Already checked. */
  given: Values;
  region?: string | undefined;
  /** Write the files of this CI. */
  ci?: WorkflowName | undefined;
  /** Write the template of what is missing to this file. */
  bootstrap?: string | undefined;
  /** Create or update the stack. */
  apply: boolean;
  yes: boolean;
  force: boolean;
  offline: boolean;
  /** The configuration's file. */
  output?: string | undefined;
}

/** The world as `init` sees it. */
export interface Outside {
  /** Absolute, as is `home`. */
  cwd: string;
  home: string;
  git: Git;
  signal: AbortSignal;
  /** Absent without a terminal. */
  prompts?: Prompts | undefined;
  tell(...lines: string[]): void;
  warn(text: string): void;
  findRegion(): Promise<Choice<string> | undefined>;
  connect(region: string): Promise<Connection>;
}

/** With AWS, or why there is none. */
export type Connection = { connected: Connected } | { offline: string };

export interface Connected extends Access {
  /** Of the caller. */
  arn: string;
  /** Doctor's checks of these groups. */
  judge(config: Config, only: readonly Group[]): Promise<CheckResult[]>;
  stacks: Stacks;
}

export interface Stacks {
  /** What is known of a stack; undefined when there is none. */
  read(name: string): Promise<StackFound | undefined>;
  /** The OIDC provider of this host in the account. */
  oidcProvider(host: string): Promise<string | undefined>;
  /** Creates or updates the stack, and gives its outputs. */
  apply(stack: { name: string; template: Template; text: string }): Promise<{
    outcome: 'created' | 'updated' | 'unchanged';
    outputs: Outputs;
  }>;
}

export interface StackFound {
  parameters: Record<string, string>;
  /** Physical ids of what the stack made. */
  owned: string[];
}

export type Outputs = readonly {
  OutputKey?: string | undefined;
  OutputValue?: string | undefined;
}[];

/** What `init` did. */
export interface InitResult {
  files: { name: string; fate: 'written' | 'unchanged' | 'kept' }[];
  /** Keys that still have a placeholder. */
  open: string[];
  /** What doctor would fail, or warn of. */
  findings: CheckResult[];
  stack?: StackDone | undefined;
  values: Values;
}

export interface StackDone {
  name: string;
  outcome: 'created' | 'updated' | 'unchanged';
  result: BootstrapResult;
  /** Whether it writes the record of the hosts. */
  writesRecord: boolean;
}
