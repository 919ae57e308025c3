import type { Connected, Github } from './client.ts';
import { type DeploymentCalls, deploymentCalls, type NewStatus } from './deployments-api.ts';
import { failureStatus } from './failure-status.ts';
import type { Failed, Run } from './types.ts';

export interface DeploymentOptions {
  /** Shared by all previews of the repository; GitHub lets no job delete an environment. */
  environment: string;
  run: Run;
  /** Unique to this run. */
  key: string;
}

/** The life of one run's deployment on GitHub. Nothing rejects; refusals become notes. */
export interface Deployments {
  open(github: Github): Promise<void>;
  progress(github: Github, description: string): Promise<void>;
  /** False when a newer run or a destroy has the preview by now. */
  succeed(github: Github, url: string): Promise<boolean>;
  fail(github: Github, error: Failed): Promise<void>;
  /** Ends this run's own, for a newer run has the preview now. */
  supersede(github: Github): Promise<void>;
  /** Remembers what is there, for `removeAll`: what comes later belongs to a deploy after this destroy. */
  remember(github: Github): Promise<void>;
  /** Ends and deletes all of this preview's, but for those opened after `remember`. */
  removeAll(github: Github): Promise<void>;
}

const superseded = { state: 'inactive', description: 'A newer run has this preview now' } as const;
const destroyed = { state: 'inactive', description: 'The preview was destroyed' } as const;

export function createDeployments({ environment, run, key }: DeploymentOptions): Deployments {
  const group = { environment, task: `preview:${run.app}:${run.id}` };
  let own: number | undefined;
  let opened = false;
  let newest = Number.POSITIVE_INFINITY;

  const using = async (github: Github, work: (calls: DeploymentCalls) => Promise<unknown>) => {
    await github.attempt('deployments', (connected: Connected) =>
      work(deploymentCalls(github, connected)),
    );
  };
  /** Works on this run's own deployment, also where the answer to its creation never came. */
  const onOwn = async (
    github: Github,
    work: (calls: DeploymentCalls, id: number) => Promise<unknown>,
  ) => {
    if (!opened) return;
    await using(github, async (calls) => {
      own ??= (await calls.list(group)).find((one) => one.key === key)?.id;
      if (own !== undefined) await work(calls, own);
    });
  };
  const post = (github: Github, status: NewStatus) =>
    onOwn(github, (calls, id) => calls.post(id, status));

  return {
    open: async (github) => {
      const ref = run.commit ?? run.branch;
      if (ref === undefined) return;
      opened = true;
      const { app, id, runUrl } = run;
      const payload = { app, preview: id, key };
      const description = `Preview ${id} of ${app}`;
      await using(github, async (calls) => {
        own = await calls.create({ ref, ...group, payload, description });
        if (own === undefined) return;
        await calls.post(own, { state: 'queued', description: 'Waiting', targetUrl: runUrl });
      });
    },
    progress: (github, description) =>
      post(github, { state: 'in_progress', description, targetUrl: run.runUrl }),
    succeed: async (github, url) => {
      let current = true;
      await onOwn(github, async (calls, id) => {
        current = await succeed(calls, { group, id, url });
      });
      return current;
    },
    fail: (github, error) => post(github, { ...failureStatus(error), targetUrl: run.runUrl }),
    supersede: (github) => post(github, superseded),
    remember: (github) =>
      using(github, async (calls) => {
        newest = (await calls.list(group))[0]?.id ?? 0;
      }),
    removeAll: async (github) => {
      let ours: number[] = [];
      await using(github, async (calls) => {
        const all = await calls.list(group);
        const known = all.map(({ id }) => id).filter((id) => id <= newest);
        await endAll(calls, known, destroyed);
        ours = known;
      });
      await github.attempt('removal', async (connected) => {
        const calls = deploymentCalls(github, connected);
        for (const id of ours) await calls.remove(id);
      });
    },
  };
}

interface Success {
  group: { environment: string; task: string };
  id: number;
  url: string;
}

/**
 * Announces success unless a newer run already has, or a destroy has ended us. Both are asked before,
 * so that hardly any late success is seen, and the own end once more after it: a write of the other
 * run is either read here, or comes after our success and so ends it.
 */
async function succeed(calls: DeploymentCalls, { group, id, url }: Success): Promise<boolean> {
  const all = await calls.list(group);
  const newer = all.filter((one) => one.id > id);
  const histories = await Promise.all(newer.map((one) => calls.states(one.id)));
  const before = await calls.states(id);
  if (before === undefined || before.includes('inactive')) return false;
  if (histories.some((states) => states?.includes('success'))) {
    await calls.post(id, superseded);
    return false;
  }
  await calls.post(id, {
    state: 'success',
    description: 'The preview answers',
    environmentUrl: url,
    // A dispatcher may look at either for the preview's address.
    targetUrl: url,
  });
  const after = await calls.states(id);
  if (after?.includes('inactive')) {
    if (after[0] !== 'inactive') await calls.post(id, superseded);
    return false;
  }
  await endAll(
    calls,
    all.map((one) => one.id).filter((other) => other < id),
    superseded,
  );
  return true;
}

/** Makes inactive what is not, reading all at once and writing one after the other, as GitHub asks. */
async function endAll(calls: DeploymentCalls, ids: number[], status: NewStatus): Promise<void> {
  const histories = await Promise.all(
    ids.map(async (id) => ({ id, states: await calls.states(id) })),
  );
  for (const { id, states } of histories) {
    if (states !== undefined && states[0] !== 'inactive') await calls.post(id, status);
  }
}
