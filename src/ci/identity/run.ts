/** The CIs that are known, as a user knows them. */
export const ciTitles = {
  'github-actions': 'GitHub Actions',
  gitlab: 'GitLab CI',
  circleci: 'CircleCI',
  buildkite: 'Buildkite',
  bitbucket: 'Bitbucket Pipelines',
  'azure-pipelines': 'Azure Pipelines',
  travis: 'Travis CI',
  woodpecker: 'Woodpecker',
  drone: 'Drone',
  semaphore: 'Semaphore',
  jenkins: 'Jenkins',
  codebuild: 'AWS CodeBuild',
} as const;

export type CiName = keyof typeof ciTitles;

/** What started the run, in the same words for every CI. `eventName` has the CI's own. */
export type CiEvent =
  | 'pull_request'
  | 'review'
  | 'comment'
  | 'push'
  | 'tag'
  | 'delete'
  | 'dispatch'
  | 'schedule'
  | 'merge_queue'
  | 'workflow_run'
  | 'deployment'
  | 'other';

export interface Repository {
  /** https clone URL without credentials. */
  url: string;
  /** Path at the host without `.git`: `acme/shop`, `group/sub/shop`. */
  slug: string;
  /** `github.com`, `git.example.com:8443`. */
  host: string;
}

/** Somebody with an account at the host of the repository. */
export interface Person {
  login: string;
  type?: 'user' | 'bot' | undefined;
  /** GitHub's word for what the person is to the repository: `OWNER`, `MEMBER`, `CONTRIBUTOR` ... */
  association?: string | undefined;
}

/** What is known of a pull request. What nobody told is absent, which is not the same as no. */
export interface PullRequestFacts {
  /** The branch that holds the changes. A fork's may be named as one of this repository. */
  branch?: string | undefined;
  baseBranch?: string | undefined;
  /** The newest commit of the pull request itself, never a merge of it: 7 to 64 hex digits. */
  commit?: string | undefined;
  /** Whether the changes are in another repository. */
  fork?: boolean | undefined;
  author?: Person | undefined;
  labels?: string[] | undefined;
  state?: 'open' | 'closed' | 'merged' | undefined;
  /** As written, so unfit for a terminal, a log or a comment as it is. */
  title?: string | undefined;
}

/**
 * One run of one job, as its CI tells it. Numbers, branches, commits and addresses have been
 * checked; `branch` and `commit` are those of the pull request where there is one.
 */
export interface CiRun extends PullRequestFacts {
  ci: CiName;
  event: CiEvent;
  eventName: string;
  /** What happened to the pull request: `opened`, `synchronize`, `closed` ... */
  action?: string | undefined;
  pr?: number | undefined;
  tag?: string | undefined;
  repository?: Repository | undefined;
  defaultBranch?: string | undefined;
  /** Who wrote the comment that the run answers. */
  commenter?: Person | undefined;
  /** Where a person can watch the run. */
  runUrl?: string | undefined;
  /** The run is about something else than what it has checked out, such as a comment or a release. */
  elsewhere?: boolean | undefined;
}

/** What a reader finds out; the registry adds which CI it was. */
export type RunFacts = Omit<CiRun, 'ci'>;

/** The pull request is over, or the branch is gone. */
export function isOver(run: Pick<CiRun, 'state' | 'action' | 'event'>): boolean {
  return run.event === 'delete' || run.action === 'closed' || (run.state ?? 'open') !== 'open';
}
