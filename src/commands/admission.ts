import { type Admission, admitDeploy } from '../ci/admit.ts';
import { withoutSecrets } from '../ci/trust-config.ts';
import type { Config } from '../config/types.ts';
import type { Opened } from './context.ts';
import type { DeployOptions } from './options.ts';
import type { Ui } from './ui.ts';

/** An admitted deploy, and the configuration that it is admitted with. */
export interface Admitted extends Admission {
  config: Config;
}

/**
 * Who am I, what is meant, may it run: asked before anything is said to AWS. Rejects with
 * `identity-unknown`, `pull-request-closed` and the like.
 */
export async function admit(
  { pr, branch, commit, sandbox }: DeployOptions,
  { ci, git, settings, ui }: Opened & { ui: Ui },
): Promise<Admitted> {
  const { config } = settings;
  const admission = await admitDeploy({
    pr,
    branch,
    commit,
    ...ci.question(),
    currentBranch: git.branch,
    rules: config,
    lookups: { ...(await ci.lookups()), ...(sandbox ? {} : { git }) },
  });
  for (const note of admission.notes) ui.warn(note);
  const { trust } = admission;
  const stripped = trust.verdict === 'allowed' && trust.withoutSecrets;
  if (stripped) ui.warn('the pull request is from outside: deployed without secrets (forks)');
  return { ...admission, config: stripped ? withoutSecrets(config) : config };
}
