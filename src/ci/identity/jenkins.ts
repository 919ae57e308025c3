import type { RunFacts } from './run.ts';
import { differ, differInSlug, readBranch, readRepository, splitLabels } from './values.ts';
import type { Variables } from './variables.ts';

type Facts = Omit<RunFacts, 'eventName'>;

/**
 * Jenkins has no pull requests of its own: the multibranch plugins, the GitHub pull request builder
 * and the GitLab plugin each tell of them in variables of their own.
 */
export function readJenkins(env: Variables): RunFacts {
  const common = { runUrl: env.url('BUILD_URL'), repository: env.repository('GIT_URL') };
  if (env.text('CHANGE_ID') !== undefined) {
    return { ...common, ...multibranch(env), eventName: 'change request' };
  }
  if (env.text('ghprbPullId') !== undefined) {
    return { ...common, ...pullRequestBuilder(env), eventName: 'ghprb' };
  }
  if (env.text('gitlabMergeRequestIid') !== undefined) {
    return { ...common, ...gitlabPlugin(env), eventName: 'gitlab merge request' };
  }
  return { ...common, ...branchBuild(env), eventName: 'build' };
}

/**
 * The branch source plugins for GitHub, GitLab and Bitbucket. `GIT_COMMIT` may be a merge with the
 * target, as the project is set up, so that the commit has to be asked for at the remote.
 */
function multibranch(env: Variables): Facts {
  const author = env.login('CHANGE_AUTHOR');
  return {
    event: 'pull_request',
    pr: env.pr('CHANGE_ID'),
    branch: env.branch('CHANGE_BRANCH'),
    baseBranch: env.branch('CHANGE_TARGET'),
    fork: env.text('CHANGE_FORK') !== undefined,
    author: author === undefined ? undefined : { login: author },
    title: env.title('CHANGE_TITLE'),
  };
}

function pullRequestBuilder(env: Variables): Facts {
  const author = env.login('ghprbPullAuthorLogin');
  return {
    event: 'pull_request',
    pr: env.pr('ghprbPullId'),
    branch: env.branch('ghprbSourceBranch'),
    baseBranch: env.branch('ghprbTargetBranch'),
    commit: env.commit('ghprbActualCommit'),
    fork: differInSlug(
      env.text('ghprbGhRepository'),
      env.repository('ghprbAuthorRepoGitUrl')?.slug,
    ),
    author: author === undefined ? undefined : { login: author },
    title: env.title('ghprbPullTitle'),
  };
}

/** Only the IID is the number that people see; `gitlabMergeRequestId` counts through the instance. */
function gitlabPlugin(env: Variables): Facts {
  const repository = env.repository('gitlabTargetRepoHttpUrl');
  const state = env.text('gitlabMergeRequestState');
  return {
    event: 'pull_request',
    pr: env.pr('gitlabMergeRequestIid'),
    branch: env.branch('gitlabSourceBranch'),
    baseBranch: env.branch('gitlabTargetBranch'),
    commit: env.commit('gitlabMergeRequestLastCommit'),
    ...(repository === undefined ? {} : { repository }),
    fork: differ(repository, readRepository(env.text('gitlabSourceRepoHttpUrl'))),
    labels: env.text('gitlabMergeRequestLabels')
      ? splitLabels(env.text('gitlabMergeRequestLabels'))
      : undefined,
    state: state === 'closed' || state === 'merged' ? state : undefined,
    title: env.title('gitlabMergeRequestTitle'),
  };
}

/** A branch or tag of a multibranch project, or a freestyle job, where git's plugin names the branch. */
function branchBuild(env: Variables): Facts {
  const tag = env.text('TAG_NAME');
  const commit = env.commit('GIT_COMMIT');
  if (tag !== undefined) return { event: 'tag', tag, commit };
  const tracked = env.text('GIT_BRANCH');
  const remote = tracked === 'detached' ? undefined : tracked?.replace(/^origin\//, '');
  const branch = env.text('BRANCH_NAME') ?? env.text('GIT_LOCAL_BRANCH') ?? remote;
  return {
    event: branch === undefined ? 'other' : 'push',
    branch: readBranch(branch, 'the branch of the Jenkins build'),
    commit,
  };
}
