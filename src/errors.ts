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
 * The one table of error codes. A code is a promise to scripts that read `--json`; the text
 * beside it is not. `meaning` is what the troubleshooting page says of it.
 */
export const errorTable = {
  'bad-usage': { exit: exitCodes.usage, meaning: 'The command line cannot be understood.' },
  'config-not-found': { exit: exitCodes.usage, meaning: 'No previewops.yml was found.' },
  'config-invalid': { exit: exitCodes.usage, meaning: 'The configuration has mistakes.' },
  'identity-unknown': {
    exit: exitCodes.usage,
    meaning: 'Neither flags nor the checkout say which pull request, branch or commit is meant.',
  },
  'commit-not-on-branch': {
    exit: exitCodes.usage,
    meaning: 'The commit is not on the branch that was named with it, or nobody could tell.',
  },
  'pull-request-closed': {
    exit: exitCodes.usage,
    meaning: 'The pull request is closed, or the branch deleted: there is nothing to deploy.',
  },
  'no-credentials': {
    exit: exitCodes.denied,
    meaning: 'No AWS credentials were found, or they have expired.',
  },
  'access-denied': {
    exit: exitCodes.denied,
    meaning: 'AWS refused a call for lack of a permission.',
  },
  conflict: {
    exit: exitCodes.conflict,
    meaning: 'A resource that previewops does not own is in the way.',
  },
  'limit-reached': {
    exit: exitCodes.conflict,
    meaning: 'A limit of the account or of the load balancer is reached.',
  },
  superseded: { exit: exitCodes.superseded, meaning: 'A newer deploy took over this preview.' },
  destroyed: {
    exit: exitCodes.superseded,
    meaning: 'The preview was destroyed while this deploy was running.',
  },
  'timed-out': { exit: exitCodes.timedOut, meaning: 'AWS did not finish within the time allowed.' },
  interrupted: { exit: exitCodes.interrupted, meaning: 'The command was interrupted.' },
  'build-failed': { exit: exitCodes.failed, meaning: 'CodeBuild could not build the image.' },
  'rollout-failed': {
    exit: exitCodes.failed,
    meaning: 'ECS could not start the new revision and keep it healthy.',
  },
  'no-answer': {
    exit: exitCodes.failed,
    meaning: 'The new revision is healthy, but the URL of the preview does not answer.',
  },
  'hook-failed': {
    exit: exitCodes.failed,
    meaning: "A command in the app's image, a hook or one of `run`, failed or did not start.",
  },
  'not-found': { exit: exitCodes.failed, meaning: 'Something the configuration names is absent.' },
  'not-removed': { exit: exitCodes.failed, meaning: 'A destroy left resources behind.' },
  'aws-unreachable': { exit: exitCodes.failed, meaning: 'AWS could not be reached.' },
  'aws-failed': { exit: exitCodes.failed, meaning: 'AWS refused a call or kept failing.' },
  internal: { exit: exitCodes.failed, meaning: 'A mistake in previewops itself.' },
} as const satisfies Record<string, { exit: ExitCode; meaning: string }>;

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
