/** What the fake knows. Tests look at it, and may put more into it. */
export interface GithubState {
  /** Login and type of whoever the token belongs to. */
  me: FakeUser;
  /** `GET /user` refuses an app's token, as a job's own is one; GraphQL's viewer tells nobody when false. */
  viewer: boolean;
  /** What the token may write. */
  may: { deployments: boolean; deletion: boolean; comments: boolean };
  deployments: FakeDeployment[];
  comments: FakeComment[];
  pulls: FakePull[];
  /** Branch -> its commits, oldest first. */
  branches: Record<string, string[]>;
  /** Commits that belong to no branch, of a fork perhaps. */
  strayCommits: string[];
  nextId: number;
}

export interface FakeUser {
  login: string;
  type: 'Bot' | 'User';
}

export interface FakeStatus {
  id: number;
  state: string;
  description: string;
  environment_url: string;
  target_url: string;
  log_url: string;
}

export interface FakeDeployment {
  id: number;
  ref: string;
  task: string;
  environment: string;
  payload: unknown;
  description: string;
  transient_environment: boolean;
  production_environment: boolean;
  /** Oldest first. */
  statuses: FakeStatus[];
}

export interface FakeComment {
  id: number;
  issue: number;
  body: string;
  user: FakeUser;
  edits: number;
}

export interface FakePull {
  number: number;
  state: 'open' | 'closed';
  head: { sha: string; ref: string; label: string; repo: { full_name: string } | null };
  base: { repo: { full_name: string } };
  user: FakeUser;
  author_association: string;
  labels: { name: string }[];
}

export function emptyState(): GithubState {
  return {
    me: { login: 'github-actions[bot]', type: 'Bot' },
    viewer: true,
    may: { deployments: true, deletion: true, comments: true },
    deployments: [],
    comments: [],
    pulls: [],
    branches: {},
    strayCommits: [],
    nextId: 1,
  };
}

/** Those that GitHub shows as active: their newest status is success. */
export function activeDeployments({ deployments }: GithubState): FakeDeployment[] {
  return deployments.filter(({ statuses }) => statuses.at(-1)?.state === 'success');
}

/** `queued, in_progress, success` */
export function historyOf({ statuses }: FakeDeployment): string {
  return statuses.map(({ state }) => state).join(', ');
}
