// Longer than most: what `--help` and docs/commands.md say of each command beside its flags.
// Loaded only when it is shown, because every command starts with cli.ts.
import { type ErrorCode, type ExitCode, errorTable, exitCodes } from './errors.ts';

export interface HelpText {
  /** Command lines, each with what it is for where that needs words. At least two. */
  examples: readonly (readonly [line: string, purpose?: string])[];
  /** Paragraphs before the examples. */
  note?: string;
  /** The errors that it can end with; its exit codes follow from them. */
  errors: readonly ErrorCode[];
  /** What an exit code means for this command, where that is not `exitMeanings`. */
  exits?: Partial<Record<ExitCode, string>>;
}

/** One line for each exit code, in the order in which they are shown. */
export const exitMeanings: ReadonlyMap<ExitCode, string> = new Map([
  [exitCodes.done, 'done'],
  [exitCodes.failed, 'failed'],
  [exitCodes.usage, 'command line or configuration'],
  [exitCodes.denied, 'credentials or permissions'],
  [exitCodes.conflict, 'conflict, or a limit of the account or load balancer'],
  [exitCodes.superseded, 'superseded or destroyed by another run'],
  [exitCodes.timedOut, 'timed out'],
  [exitCodes.interrupted, 'interrupted'],
]);

const always = ['bad-usage', 'interrupted', 'internal'] as const;
const withFile = [...always, 'config-not-found', 'config-invalid'] as const;
const withAws = [
  ...withFile,
  'no-credentials',
  'access-denied',
  'not-found',
  'aws-unreachable',
  'aws-failed',
] as const;
const ofOne = [...withAws, 'identity-unknown'] as const;

/** By the command's name; the program itself is `''`. */
export const helpTexts: Readonly<Record<string, HelpText>> = {
  '': {
    examples: [
      ['previewops deploy --pr 42 --sandbox', 'try it: needs no AWS account and no file'],
      ['previewops validate', 'check previewops.yml, credentials, cluster'],
      ['previewops doctor', 'see before deploying whether it will work'],
      ['previewops deploy --pr 42', 'put pull request 42 on its own URL'],
      ['previewops list', 'see what is running'],
      ['previewops destroy --pr 42', 'leave nothing behind'],
    ],
    errors: Object.keys(errorTable) as ErrorCode[],
  },
  init: {
    note: `On a terminal it asks, and proposes what fits; elsewhere every answer is a flag, and --yes takes
the proposals. Nothing is written before the last answer. A file that is there keeps its values
unless --force is given.`,
    examples: [
      ['previewops init', 'asks'],
      ['previewops init --yes --ci github', 'takes what it would propose'],
      ['previewops init --bootstrap --apply --yes', 'makes what the account lacks'],
      ['previewops init --offline', 'placeholders, which validate points at'],
    ],
    errors: [
      ...always,
      'config-invalid',
      'no-credentials',
      'access-denied',
      'conflict',
      'aws-unreachable',
      'aws-failed',
    ],
  },
  deploy: {
    examples: [
      ['previewops deploy --pr 42'],
      ['previewops deploy --branch feature/login --commit $(git rev-parse HEAD)'],
      ['previewops deploy --pr 42 --image public.ecr.aws/nginx/nginx:1.29'],
      ['previewops deploy --pr 42 --dry-run'],
      ['previewops deploy --pr 42 --evict oldest-idle', 'where it finds no room'],
      ['url=$(previewops deploy --pr 42)', 'stdout is the URL, progress is on stderr'],
    ],
    errors: [
      ...ofOne,
      'commit-not-on-branch',
      'pull-request-closed',
      'conflict',
      'limit-reached',
      'superseded',
      'destroyed',
      'timed-out',
      'build-failed',
      'rollout-failed',
      'no-answer',
      'hook-failed',
    ],
  },
  destroy: {
    examples: [
      ['previewops destroy --pr 42'],
      ['previewops destroy --branch feature/login --dry-run'],
      ['previewops destroy --all --yes', 'every preview of this app'],
    ],
    errors: [...ofOne, 'conflict', 'superseded', 'timed-out', 'hook-failed', 'not-removed'],
  },
  list: {
    examples: [
      ['previewops list'],
      ['previewops list --all-apps'],
      ['previewops list --status expired,orphan', 'what prune would remove'],
      ['previewops list --sort cost --watch'],
      ["previewops list --json | jq -r '.previews[].url'"],
    ],
    note: 'A status is one of ready, deploying, failed, stopped, expired, deleting, orphan (something is left\nand nothing is under way) and foreign (named as ours, but not tagged so: never touched; shown with\n--all-apps). Costs are estimates: what the tasks run on, their addresses, images and logs.',
    errors: withAws,
  },
  keep: {
    examples: [
      ['previewops keep --pr 42 --for 3d', 'three days from now'],
      ['previewops keep --pr 42 --forever', 'until somebody says otherwise'],
      ['previewops keep --pr 42', 'as after its last deploy (ttl)'],
    ],
    note: 'A push renews what expires, and never shortens what was kept. What is kept stays when its pull\nrequest is closed, unless it is destroyed by name.',
    errors: ofOne,
  },
  stop: {
    examples: [
      ['previewops stop --pr 42', 'nothing of it runs, and its URL tells how to start it'],
      ['previewops stop --branch feature/login'],
    ],
    note: 'Tags, image, log and expiry stay as they are, and so does the listener rule: the load balancer\nanswers by itself, with status 503 and a page. What is stopped already is left as it is.',
    errors: [...ofOne, 'superseded', 'destroyed'],
  },
  start: {
    examples: [
      ['previewops start --pr 42'],
      ['previewops start --pr 42 --no-wait', 'its URL answers 503 until a task is healthy'],
    ],
    note: 'It runs what ran before: the commit of the last deploy, with as many tasks. The page of the stopped\npreview is shown until a task is healthy.',
    errors: [
      ...ofOne,
      'limit-reached',
      'superseded',
      'destroyed',
      'timed-out',
      'rollout-failed',
      'no-answer',
    ],
  },
  prune: {
    examples: [
      ['previewops prune', 'show what would go, and ask'],
      ['previewops prune --yes', 'in CI, on a schedule'],
      ['previewops prune --expired --dry-run'],
      ['previewops prune --older-than 14d --yes', 'whatever nobody deployed for two weeks'],
      ['previewops prune --closed --older-than 1d', 'both must hold'],
      ['previewops prune --idle --yes', 'stop what nobody looks at, every hour'],
    ],
    note: 'Without --expired, --closed, --orphans, --idle and --older-than it removes all of the first three. Without a\nterminal and without --yes it removes nothing, says what it would, and ends with 0. When nobody\ntells whether a pull request is closed, its preview stays. A destroy that was cut short is finished.\nWith --idle, what got no request for as long as the configuration says (idle: 4h) is stopped, not\nremoved; what cannot be told keeps running.',
    errors: [...withAws, 'not-removed', 'hook-failed'],
    exits: { [exitCodes.failed]: 'one or more could not be removed' },
  },
  status: {
    examples: [
      ['previewops status --pr 42'],
      ["previewops status --pr 42 --json | jq -r '.failure.hint'"],
    ],
    errors: ofOne,
  },
  open: {
    note: `Prints the URL too, and nothing else: without a terminal, in a CI, with --print or --json and
in the sandbox it opens nothing. It needs the permissions of \`status\`.`,
    examples: [['previewops open --pr 42'], ['curl "$(previewops open --pr 42 --print)/healthz"']],
    errors: ofOne,
  },
  logs: {
    examples: [
      ['previewops logs --pr 42 --follow'],
      ['previewops logs --pr 42 --previous', 'why the last task stopped'],
      ['previewops logs --pr 42 --build', 'what CodeBuild said of the last build'],
      ['previewops logs --pr 42 --since 10m --json | jq -r .message'],
    ],
    errors: ofOne,
  },
  run: {
    note: `It runs in a task of its own, with the image and the environment of the revision in service.
Ends with the command's own exit code, as docker run does, and with 1 when it did not start.
Ctrl-C stops it.`,
    examples: [
      ['previewops run --pr 42 -- npm run seed'],
      ["previewops run --pr 42 --timeout 5m -- sh -c 'env | sort'"],
    ],
    errors: [...ofOne, 'limit-reached', 'timed-out', 'hook-failed'],
    exits: { [exitCodes.done]: 'the command ended with 0; its other codes are passed on' },
  },
  validate: {
    examples: [
      ['previewops validate'],
      ['previewops validate --offline', 'no AWS call, for a commit hook'],
    ],
    errors: withAws,
  },
  doctor: {
    note: `It changes nothing, and takes the permissions of \`previewops policy --for doctor\` to see all.`,
    examples: [
      ['previewops doctor'],
      ['previewops doctor --only network,names --strict'],
      ['previewops doctor --as destroy,list'],
      ['previewops doctor --policy-file policy.json', 'no AWS: is this policy enough?'],
    ],
    errors: [...withFile, 'access-denied', 'not-found'],
    exits: {
      [exitCodes.done]: 'no check fails (with --strict: none warns either)',
      [exitCodes.failed]: 'a check fails',
      [exitCodes.denied]: 'a check of credentials, permissions or roles fails',
    },
  },
  policy: {
    note: `As JSON, a policy is one document for \`aws iam put-role-policy\`, or a list of them when it
has more than the 10,240 characters of inline policies. The other formats make managed
policies, of at most 6,144 each. A role is an object with "trust" and "permissions".`,
    examples: [
      ['previewops policy > policy.json'],
      ['previewops policy --for destroy,list --format terraform'],
      ['previewops policy --role build --format cloudformation'],
    ],
    errors: withFile,
  },
  completion: {
    note: `The script asks nobody: it knows the commands and flags of this version by itself, and so is
to be made anew after an upgrade.`,
    examples: [
      ['source <(previewops completion bash)', 'in ~/.bashrc'],
      ['source <(previewops completion zsh)', 'in ~/.zshrc, after compinit'],
      ['previewops completion fish > ~/.config/fish/completions/previewops.fish'],
    ],
    errors: always,
  },
};

/** The exit codes that a command can end with, and what each means for it. */
export function exitsOf({ errors, exits }: HelpText): [code: ExitCode, meaning: string][] {
  const possible = new Set<ExitCode>([
    exitCodes.done,
    ...errors.map((code) => errorTable[code].exit),
  ]);
  return [...exitMeanings].flatMap(([code, meaning]) =>
    possible.has(code) ? [[code, exits?.[code] ?? meaning]] : [],
  );
}

/** What follows the flags in the help of the command with this name (`''`: of the program). */
export function helpAfter(command: string): string {
  const text = helpTexts[command];
  if (text === undefined) return '';
  const width = Math.max(...text.examples.map(([line, purpose]) => (purpose ? line.length : 0)));
  const examples = text.examples.map(([line, purpose]) =>
    purpose ? `  ${line.padEnd(width)}   ${purpose}` : `  ${line}`,
  );
  const exits = exitsOf(text).map(([code, meaning]) => `  ${String(code).padEnd(4)} ${meaning}`);
  const note = text.note === undefined ? [] : ['', text.note];
  return [...note, '', 'Examples:', ...examples, '', 'Exit codes:', ...exits].join('\n');
}
