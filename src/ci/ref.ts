import { PreviewopsError } from '../errors.ts';
import type { PreviewRef } from '../preview/identity.ts';
import type { Env } from '../report/io.ts';
import { type CiRun, ciTitles } from './identity/run.ts';
import { parseBranch, parseCommit, parsePr } from './parse.ts';
import { quoted } from './quoted.ts';

export { parseBranch, parsePr } from './parse.ts';

export type SubjectSource = 'flag' | 'environment' | 'ci' | 'api' | 'checkout';

/** What a command is about, and who said so. */
export interface Subject {
  ref: PreviewRef;
  /** The commit that was named, or that the CI's event is about; 7 to 64 hex digits. */
  commit?: string | undefined;
  source: SubjectSource;
  /** What could not be found out although it was asked for, for a warning. */
  notes: string[];
}

export interface RefQuestion extends PreviewRef {
  /** What `--commit` says. */
  commit?: string | undefined;
  env: Env;
  /** The CI's run, read when it is needed; a command that names its preview does without. */
  run?: (() => Promise<CiRun | undefined>) | undefined;
  /** The open pull request of a branch of this repository; absent where nobody can be asked. */
  openPullRequest?: ((branch: string) => Promise<number | undefined>) | undefined;
  /** The branch that is checked out, if any. */
  currentBranch(): Promise<string | undefined>;
}

/** `resolveSubject` for commands that ask for no commit. */
export async function resolveRef(question: RefQuestion): Promise<PreviewRef> {
  return (await resolveSubject(question)).ref;
}

/**
 * Which pull request or branch is meant. In this order: flags, `PREVIEWOPS_PR` and
 * `PREVIEWOPS_BRANCH`, the CI's run, the open pull request of the branch, the branch itself: the
 * run's or the one checked out. Rejects with `identity-unknown`, and with what each of them said,
 * if none names one; with `bad-usage` for a name or number that is none.
 */
export async function resolveSubject(question: RefQuestion): Promise<Subject> {
  const { env } = question;
  const asked = question.commit ?? (env.PREVIEWOPS_COMMIT || undefined);
  const commit = asked === undefined ? undefined : parseCommit(asked, 'PREVIEWOPS_COMMIT');
  const named = namedSubject(question);
  if (named !== undefined) {
    // What the CI says only adds to what was named, so that a broken event is no obstacle here.
    const run = await question.run?.().catch(() => undefined);
    return { ...named, ...joinRun(named.ref, run, commit), notes: [] };
  }
  const run = await question.run?.();
  if (run?.pr !== undefined) {
    return { source: 'ci', ...joinRun({ pr: run.pr }, run, commit), notes: [] };
  }
  return resolveBranch(question, { run, commit });
}

function namedSubject({
  pr,
  branch,
  env,
}: RefQuestion): Pick<Subject, 'ref' | 'source'> | undefined {
  if (pr !== undefined || branch !== undefined) return { ref: { pr, branch }, source: 'flag' };
  const { PREVIEWOPS_PR: number, PREVIEWOPS_BRANCH: name } = env;
  if (!number && !name) return undefined;
  const ref = {
    ...(number ? { pr: parsePr(number, 'PREVIEWOPS_PR') } : {}),
    ...(name ? { branch: parseBranch(name, 'PREVIEWOPS_BRANCH') } : {}),
  };
  return { ref, source: 'environment' };
}

/**
 * The branch and commit of a run whose pull request or branch is the one meant. A fork's branch
 * stays out: its name is not this repository's, and could take the host of one that is.
 */
export function joinRun(ref: PreviewRef, run: CiRun | undefined, commit: string | undefined) {
  const own = run !== undefined && (run.pr === undefined || run.fork === false);
  const same = ref.pr === undefined ? own && ref.branch === run.branch : ref.pr === run?.pr;
  if (run === undefined || !same) return { ref, commit };
  const branch = ref.branch ?? (own ? run.branch : undefined);
  return {
    ref: branch === undefined ? ref : { ...ref, branch },
    commit: commit ?? run.commit,
  };
}

interface Known {
  run: CiRun | undefined;
  commit: string | undefined;
}

/** A push, a run that somebody started, or a checkout: there is a branch, or there is nothing. */
async function resolveBranch(question: RefQuestion, { run, commit }: Known): Promise<Subject> {
  const fromRun = run?.branch;
  const branch = fromRun ?? (run?.elsewhere ? undefined : await checkedOut(question));
  if (branch === undefined) throw unknown(run);
  const about =
    fromRun === undefined ? { ref: { branch }, commit } : joinRun({ branch }, run, commit);
  const source = fromRun === undefined ? 'checkout' : 'ci';
  // What is merged already has no preview of a pull request, and a deleted branch no open one.
  const isAsked = branch !== run?.defaultBranch && run?.event !== 'delete' && run?.fork !== true;
  const { pr, notes } = isAsked ? await askForPr(question, branch) : { pr: undefined, notes: [] };
  if (pr === undefined) return { ...about, source, notes };
  return { ...about, ref: { pr, branch }, source: 'api', notes };
}

async function checkedOut({ currentBranch }: RefQuestion): Promise<string | undefined> {
  const current = await currentBranch();
  return current === undefined ? undefined : parseBranch(current, 'the checked-out branch');
}

/** A host that does not answer must not stop a deploy, but the preview may then have another name. */
async function askForPr(
  { openPullRequest }: RefQuestion,
  branch: string,
): Promise<{ pr: number | undefined; notes: string[] }> {
  try {
    return { pr: await openPullRequest?.(branch), notes: [] };
  } catch (error) {
    if (error instanceof PreviewopsError && error.code === 'interrupted') throw error;
    const said = error instanceof Error ? error.message : String(error);
    const note = `whether ${quoted(branch)} has an open pull request could not be asked, so the branch gets a preview of its own: ${said}`;
    return { pr: undefined, notes: [note] };
  }
}

function unknown(run: CiRun | undefined): PreviewopsError {
  const looked = [
    '--pr and --branch: not given',
    'PREVIEWOPS_PR and PREVIEWOPS_BRANCH: not set',
    run === undefined
      ? 'CI: none that is known'
      : `${ciTitles[run.ci]}: its event ${quoted(run.eventName)} names no pull request and no branch`,
    'open pull request: no branch to ask for',
    run?.elsewhere
      ? 'checked-out branch: not what this event is about'
      : 'checked-out branch: none, HEAD is detached or this is no checkout',
  ];
  return new PreviewopsError('identity-unknown', 'which pull request or branch is meant?', {
    hint: [
      'Looked at:',
      ...looked.map((line) => `  ${line}`),
      'Give --pr <number> or --branch <name>, set PREVIEWOPS_PR, or run this on a branch of a checkout.',
    ].join('\n'),
  });
}
