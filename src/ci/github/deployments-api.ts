import type { Connected, Github } from './client.ts';
import { isAnswerLost, statusOf } from './explain.ts';
import { allPages } from './pages.ts';

export type DeploymentState =
  | 'queued'
  | 'in_progress'
  | 'success'
  | 'failure'
  | 'error'
  | 'inactive';

export interface NewDeployment {
  /** Commit id or branch. */
  ref: string;
  environment: string;
  /** Tells one preview's deployments from another's in the shared environment. */
  task: string;
  /** `key` is unique to the run that made it. */
  payload: { app: string; preview: string; key: string };
  description: string;
}

export interface NewStatus {
  state: DeploymentState;
  /** At most 140 characters. */
  description: string;
  /** Where the preview answers. */
  environmentUrl?: string | undefined;
  /** Where more can be read. */
  targetUrl?: string | undefined;
}

export interface DeploymentRecord {
  id: number;
  /** As in the payload; undefined for what another program made. */
  key: string | undefined;
}

/** GitHub's calls for deployments, without policy. All reject as Octokit does. */
export interface DeploymentCalls {
  create(wanted: NewDeployment): Promise<number | undefined>;
  /** All of one preview, newest first. */
  list(of: { environment: string; task: string }): Promise<DeploymentRecord[]>;
  /** States that a deployment has had, newest first; undefined once it is deleted. */
  states(id: number): Promise<string[] | undefined>;
  /** False when the deployment has been deleted. */
  post(id: number, status: NewStatus): Promise<boolean>;
  remove(id: number): Promise<void>;
}

export function deploymentCalls({ at }: Github, { request }: Connected): DeploymentCalls {
  const calls: DeploymentCalls = {
    create: async (wanted) => {
      const create = () => postDeployment(at, { request, wanted });
      try {
        return await create();
      } catch (error) {
        if (!isAnswerLost(error)) throw error;
        const all = await calls.list(wanted);
        return all.find(({ key }) => key === wanted.payload.key)?.id ?? (await create());
      }
    },
    list: async ({ environment, task }) => {
      const all = await allPages((page) =>
        request('GET /repos/{owner}/{repo}/deployments', {
          ...at,
          environment,
          task,
          per_page: 100,
          page,
        }),
      );
      return all
        .filter((one) => one.task === task && one.environment === environment)
        .map(({ id, payload }) => ({ id: Number(id), key: keyOf(payload) }))
        .sort((a, b) => b.id - a.id);
    },
    states: (id) =>
      unlessGone(async () => {
        const all = await allPages((page) =>
          request('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
            ...at,
            deployment_id: id,
            per_page: 100,
            page,
          }),
        );
        return all.sort((a, b) => Number(b.id) - Number(a.id)).map(({ state }) => state);
      }),
    post: async (id, { state, description, environmentUrl, targetUrl }) => {
      const posted = await unlessGone(() =>
        request('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
          ...at,
          deployment_id: id,
          state,
          description,
          // By default GitHub ends other deployments of the environment: other pull requests' too.
          auto_inactive: false,
          ...(environmentUrl === undefined ? {} : { environment_url: environmentUrl }),
          // GitHub keeps one value for both, and `log_url` wins: they must say the same.
          ...(targetUrl === undefined ? {} : { target_url: targetUrl, log_url: targetUrl }),
        }),
      );
      return posted !== undefined;
    },
    remove: async (id) => {
      await unlessGone(() =>
        request('DELETE /repos/{owner}/{repo}/deployments/{deployment_id}', {
          ...at,
          deployment_id: id,
        }),
      );
    },
  };
  return calls;
}

async function postDeployment(
  at: Github['at'],
  { request, wanted }: Pick<Connected, 'request'> & { wanted: NewDeployment },
): Promise<number | undefined> {
  const { data } = await request('POST /repos/{owner}/{repo}/deployments', {
    ...at,
    ...wanted,
    auto_merge: false,
    required_contexts: [],
    transient_environment: true,
    production_environment: false,
    request: { retries: 0 }, // a second one would be a second deployment
  });
  return 'id' in data ? Number(data.id) : undefined;
}

/** Older GitHub Enterprise gives the payload as the text that it was sent as. */
function keyOf(payload: unknown): string | undefined {
  const key = typeof payload === 'string' ? parsed(payload)?.key : Object(payload).key;
  return typeof key === 'string' ? key : undefined;
}

function parsed(text: string): { key?: unknown } | undefined {
  try {
    return Object(JSON.parse(text)) as { key?: unknown };
  } catch {
    return undefined;
  }
}

async function unlessGone<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}
