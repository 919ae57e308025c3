import { PreviewopsError } from '../errors.ts';
import type { PreviewRef } from '../preview/identity.ts';
import { type CiRun, ciTitles, isOver, type Person } from './identity/run.ts';
import { quoted } from './quoted.ts';

/** Whose pull requests get previews, as the configuration says. */
export interface TrustRules {
  /** Of pull requests from forks, and of authors who are not owner, member or collaborator. */
  forks: 'deny' | 'without-secrets' | 'allow';
  bots: 'deny' | 'allow';
  /** The label that a pull request needs. */
  requireLabel?: string | undefined;
}

export type Trust =
  | { verdict: 'allowed'; withoutSecrets?: true }
  /** No failure: nothing is deployed, and the run ends well. */
  | { verdict: 'skipped'; reason: string; hint: string };

type Skipped = Extract<Trust, { verdict: 'skipped' }>;

/**
 * Whether a run may deploy. Only what a pull request set off is judged: a push or a run that
 * somebody started takes somebody who may write to the repository, and a laptop has its own
 * credentials. What is not known of a pull request counts against it, but for one thing: code that
 * is in the repository itself was let in by somebody, whoever wrote it.
 */
export function judgeTrust(run: CiRun | undefined, rules: TrustRules): Trust {
  if (run === undefined || !isJudged(run)) return { verdict: 'allowed' };
  return (
    judgeLabel(run, rules) ??
    judgeCommenter(run) ??
    judgeBot(run, rules) ??
    judgeOutsider(run, rules) ?? { verdict: 'allowed' }
  );
}

/** Only those who may write to a repository can do these, so that what they name is their decision. */
const deliberate: readonly CiRun['event'][] = ['dispatch', 'schedule', 'tag', 'delete'];
/** Anybody can be behind these, even where no pull request is told. */
const open: readonly CiRun['event'][] = ['comment', 'workflow_run'];

export function isJudged(run: CiRun): boolean {
  if (run.fork === true || open.includes(run.event)) return true;
  return !deliberate.includes(run.event) && (run.pr !== undefined || isBotBranch(run.branch));
}

/** The label comes first: where it is not there, nobody asked for a preview or for an explanation. */
function judgeLabel(run: CiRun, { requireLabel: label }: TrustRules): Skipped | undefined {
  if (label === undefined || run.labels?.includes(label)) return undefined;
  const who = subjectOf(run);
  if (run.labels === undefined && run.pr !== undefined) {
    return skipped(
      `${ciTitles[run.ci]} does not tell the labels of ${who}, and ${quoted(label)} is required`,
      'With a GITHUB_TOKEN they are asked for; else leave `requireLabel` out and choose the pull requests in the CI.',
    );
  }
  return skipped(
    `${who} does not have the label ${quoted(label)}`,
    'Add the label to get a preview; `requireLabel` asks for it.',
  );
}

/** Anybody may comment, and a comment is a command here. */
function judgeCommenter({ event, commenter }: CiRun): Skipped | undefined {
  if (event !== 'comment' || isInsider(commenter)) return undefined;
  return skipped(
    `the comment is by ${describe(commenter)}, not by an owner, member or collaborator`,
    'One of them can write the same comment.',
  );
}

function judgeBot(run: CiRun, { bots }: TrustRules): Skipped | undefined {
  if (bots === 'allow' || !isByBot(run)) return undefined;
  const by =
    run.author === undefined ? 'is on the branch of a bot' : `is by ${describe(run.author)}, a bot`;
  return skipped(
    `${subjectOf(run)} ${by}`,
    'A person can deploy it by hand (`previewops deploy --pr <number>`); `bots: allow` deploys them all.',
  );
}

function judgeOutsider(run: CiRun, { forks, bots }: TrustRules): Trust | undefined {
  const why = outsideReason(run, bots);
  if (why === undefined || forks === 'allow') return undefined;
  if (forks === 'without-secrets') return { verdict: 'allowed', withoutSecrets: true };
  return skipped(
    why,
    'Its Dockerfile would run with the build role and its code with the secrets of the preview. After a review somebody\nwho may write here can push the branch to this repository; `forks` in previewops.yml says what else may be.',
  );
}

/** Why a pull request is not this team's own; undefined if it is. */
function outsideReason(run: CiRun, bots: TrustRules['bots']): string | undefined {
  const who = subjectOf(run);
  if (run.fork === true) return `${who} comes from a fork`;
  if (run.fork === undefined && (run.pr !== undefined || run.event === 'workflow_run')) {
    return `it is not known whether ${who} comes from a fork: ${ciTitles[run.ci]} does not tell, and the remote has no such branch at this commit`;
  }
  if (bots === 'allow' && isByBot(run)) return undefined;
  // A stranger can open a pull request between two branches of the repository, which is no fork.
  // Only GitHub tells what somebody is to a repository; elsewhere the branch has to do.
  const isTold = run.ci === 'github-actions' || run.author?.association !== undefined;
  if (run.pr === undefined || !isTold || isInsider(run.author)) return undefined;
  return `${who} is by ${describe(run.author)}, not by an owner, member or collaborator`;
}

const insiders = ['OWNER', 'MEMBER', 'COLLABORATOR'];

export const isInsider = (person: Person | undefined): boolean =>
  person?.association !== undefined && insiders.includes(person.association);

/** GitHub marks its apps; the others go by the names that the two great ones are known by. */
const botLogin = /\[bot\]$|^(?:dependabot|dependabot-preview|renovate|renovate-bot|mend-bolt)$/i;
/** GitLab's names for the users of access tokens. */
const tokenUser = /^(?:project|group)_\d+_bot/;
const botBranch = /^(?:dependabot|renovate)\//;

const isBotBranch = (branch: string | undefined): boolean => botBranch.test(branch ?? '');

/** The author decides, not who started the run; only where he is not told, the branch's name does. */
function isByBot({ author, branch }: CiRun): boolean {
  if (author === undefined) return isBotBranch(branch);
  return author.type === 'bot' || botLogin.test(author.login) || tokenUser.test(author.login);
}

function subjectOf({ pr, branch }: CiRun): string {
  if (pr !== undefined) return `pull request ${pr}`;
  return branch === undefined ? 'this run' : `branch ${quoted(branch)}`;
}

function describe(person: Person | undefined): string {
  if (person === undefined) return 'somebody unknown';
  const { login, association } = person;
  return association === undefined ? quoted(login) : `${quoted(login)} (${association})`;
}

const skipped = (reason: string, hint: string): Skipped => ({ verdict: 'skipped', reason, hint });

/**
 * Throws `pull-request-closed` where a deploy would bring back what a destroy has just removed, or
 * is about to: the run's own pull request is closed, or its branch deleted.
 */
export function refuseOver(ref: PreviewRef, run: CiRun | undefined): void {
  if (run === undefined || !isOver(run)) return;
  const same = ref.pr === undefined ? ref.branch === run.branch : ref.pr === run.pr;
  if (!same) return;
  const what =
    ref.pr === undefined
      ? `the branch ${quoted(ref.branch ?? '')} has been deleted`
      : `pull request ${ref.pr} is ${run.state === 'merged' ? 'merged' : 'closed'}`;
  throw new PreviewopsError('pull-request-closed', `${what}: there is nothing to deploy`, {
    hint: 'Run `previewops destroy` in this event; it removes the preview.',
  });
}
