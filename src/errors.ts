/** Exit codes of the program; the README's table and every error below speak of these. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  denied: 3,
  conflict: 4,
  superseded: 5,
  timedOut: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/**
 * The one table of error codes. A code is a promise to scripts that read `--json`; what people read
 * of it is in error-guide.ts, which the program itself need not load.
 */
export const errorTable = {
  'bad-usage': { exit: exitCodes.usage },
  'config-not-found': { exit: exitCodes.usage },
  'config-invalid': { exit: exitCodes.usage },
  'identity-unknown': { exit: exitCodes.usage },
  'commit-not-on-branch': { exit: exitCodes.usage },
  'pull-request-closed': { exit: exitCodes.usage },
  'no-credentials': { exit: exitCodes.denied },
  'access-denied': { exit: exitCodes.denied },
  conflict: { exit: exitCodes.conflict },
  'limit-reached': { exit: exitCodes.conflict },
  superseded: { exit: exitCodes.superseded },
  destroyed: { exit: exitCodes.superseded },
  'timed-out': { exit: exitCodes.timedOut },
  interrupted: { exit: exitCodes.interrupted },
  'build-failed': { exit: exitCodes.failed },
  'rollout-failed': { exit: exitCodes.failed },
  'no-answer': { exit: exitCodes.failed },
  'hook-failed': { exit: exitCodes.failed },
  'not-found': { exit: exitCodes.failed },
  'not-removed': { exit: exitCodes.failed },
  'aws-unreachable': { exit: exitCodes.failed },
  'aws-failed': { exit: exitCodes.failed },
  internal: { exit: exitCodes.failed },
} as const satisfies Record<string, { exit: ExitCode }>;

export type ErrorCode = keyof typeof errorTable;

export interface ErrorOptions {
  /** What to do next, in one or more lines. */
  hint?: string | undefined;
  cause?: unknown;
  /** Facts for `--json`: plain data only. */
  details?: Record<string, unknown> | undefined;
}

/** The only error that reaches a user: what happened (`message`), what to do (`hint`), how to exit. */
export class PreviewopsError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PreviewopsError';
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
  }

  get exitCode(): ExitCode {
    return errorTable[this.code].exit;
  }

  toJSON(): Record<string, unknown> {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}
