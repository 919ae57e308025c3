import { PreviewopsError } from '../../errors.ts';
import { remoteOf } from '../commit.ts';
import { type Git, GitError } from '../git.ts';
import { isInsider, isJudged } from '../trust.ts';
import type { CiRun, Person, PullRequestFacts } from './run.ts';

/** Who can be asked for what the CI does not tell. None is required: what nobody tells stays open. */
export interface Lookups {
  /** A pull request of the run's repository, from its host's API. */
  pullRequest?: ((pr: number) => Promise<PullRequestFacts | undefined>) | undefined;
  /**
   * Whether somebody may write to the repository. GitHub calls members who hide their membership
   * mere contributors, so that the association alone would shut them out.
   */
  mayWrite?: ((login: string) => Promise<boolean | undefined>) | undefined;
  /** The checkout, to look at the branches of its remote. */
  git?: Git | undefined;
}

export interface Completed {
  run: CiRun;
  /** What could not be asked, for warnings. */
  notes: string[];
}

/**
 * The run with what others can add to it: facts of the pull request (`pr`, by default the run's
 * own), whether it is a fork's, whether its people may write. Asks only what trust depends on and
 * only for runs that are judged; a question that fails is a note.
 */
export async function completeRun(
  run: CiRun,
  { pr = run.pr, ...lookups }: Lookups & { pr?: number | undefined },
): Promise<Completed> {
  const known: CiRun = pr === undefined ? run : { ...run, pr };
  if (!isJudged(known)) return { run: known, notes: [] };
  const notes: string[] = [];
  const ask = async <T>(what: string, question: () => Promise<T> | undefined) => {
    try {
      return await question();
    } catch (error) {
      if (error instanceof PreviewopsError && error.code === 'interrupted') throw error;
      notes.push(`${what} could not be asked: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  };
  const told = await ask(`pull request ${pr}`, async () =>
    pr !== undefined && isIncomplete(known) ? lookups.pullRequest?.(pr) : undefined,
  );
  const full: CiRun = {
    ...told,
    ...known,
    author: withAssociation(known.author, told?.author),
    // An event may have waited; what is closed meanwhile stays closed.
    state: known.state === 'open' ? (told?.state ?? 'open') : (known.state ?? told?.state),
  };
  const fork = full.fork ?? (await ask('the remote', () => proveOwn(full, lookups.git)));
  const promote = (person: Person | undefined) =>
    ask('who may write', () => promoted(person, lookups.mayWrite));
  const author = full.fork === true ? undefined : await promote(full.author);
  const commenter = await promote(full.commenter);
  return {
    run: {
      ...full,
      fork,
      author: author ?? full.author,
      commenter: commenter ?? full.commenter,
    },
    notes,
  };
}

/** Whether something that a verdict or a build needs is missing. */
function isIncomplete({ fork, commit, labels, author, ci }: CiRun): boolean {
  const isTold = author?.association !== undefined || ci !== 'github-actions';
  return [fork, commit, labels, author].includes(undefined) || !isTold;
}

function withAssociation(known: Person | undefined, told: Person | undefined): Person | undefined {
  if (known === undefined || told === undefined) return known ?? told;
  return known.login === told.login ? { ...told, ...known } : told;
}

/**
 * False if the remote has the run's branch at the run's commit, which somebody who may write put
 * there, so that it is no fork's; undefined if it has not, which proves nothing.
 */
async function proveOwn(run: CiRun, git: Git | undefined): Promise<false | undefined> {
  const { branch, commit, repository } = run;
  if (git === undefined || branch === undefined || commit === undefined) return undefined;
  const remote = await remoteOf(git, repository?.url);
  if (remote === undefined) return undefined;
  const ref = `refs/heads/${branch}`;
  const refs = await git.remoteRefs(remote, [ref]).catch((error: unknown) => {
    if (error instanceof GitError) return undefined;
    throw error;
  });
  return refs?.get(ref) === commit ? false : undefined;
}

/** The person as a collaborator, if he or she may write; undefined where nothing changes. */
async function promoted(
  person: Person | undefined,
  mayWrite: Lookups['mayWrite'],
): Promise<Person | undefined> {
  if (person === undefined || person.type === 'bot' || isInsider(person)) return undefined;
  const may = await mayWrite?.(person.login);
  return may === true ? { ...person, association: 'COLLABORATOR' } : undefined;
}
