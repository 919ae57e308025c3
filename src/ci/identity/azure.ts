import type { CiEvent, RunFacts } from './run.ts';
import { differ, readUrl } from './values.ts';
import type { Variables } from './variables.ts';

/**
 * Azure Pipelines. For repositories at GitHub the ID is an internal one and the NUMBER is what
 * people see; Azure Repos has the ID alone. `BUILD_SOURCEVERSION` is a merge on a pull request.
 * https://learn.microsoft.com/azure/devops/pipelines/build/variables
 */
export function readAzure(env: Variables): RunFacts {
  const reason = env.text('BUILD_REASON') ?? 'unknown';
  const common = {
    eventName: reason.slice(0, 60),
    repository: env.repository('BUILD_REPOSITORY_URI'),
    runUrl: runUrl(env),
  };
  const pr =
    env.pr('SYSTEM_PULLREQUEST_PULLREQUESTNUMBER') ?? env.pr('SYSTEM_PULLREQUEST_PULLREQUESTID');
  if (pr !== undefined) return { ...common, ...pullRequest(env), pr };
  const ref = env.text('BUILD_SOURCEBRANCH');
  const tag = ref?.startsWith('refs/tags/') ? ref.slice('refs/tags/'.length) : undefined;
  return {
    ...common,
    event: tag === undefined ? (events.get(reason) ?? 'other') : 'tag',
    tag,
    branch: ref?.startsWith('refs/heads/') ? env.branch('BUILD_SOURCEBRANCH') : undefined,
    // A build of refs/pull/N/merge that somebody started by hand has a merge checked out.
    commit: ref?.startsWith('refs/pull/') ? undefined : env.commit('BUILD_SOURCEVERSION'),
    fork: ref?.startsWith('refs/pull/') ? undefined : false,
  };
}

const events = new Map<string, CiEvent>([
  ['IndividualCI', 'push'],
  ['BatchedCI', 'push'],
  ['Manual', 'dispatch'],
  ['ResourceTrigger', 'dispatch'],
  ['BuildCompletion', 'dispatch'],
  ['Schedule', 'schedule'],
]);

function pullRequest(env: Variables): Omit<RunFacts, 'eventName'> {
  const head = env.repository('SYSTEM_PULLREQUEST_SOURCEREPOSITORYURI');
  return {
    event: 'pull_request',
    branch: env.branch('SYSTEM_PULLREQUEST_SOURCEBRANCH'),
    baseBranch: env.branch('SYSTEM_PULLREQUEST_TARGETBRANCH'),
    commit: env.commit('SYSTEM_PULLREQUEST_SOURCECOMMITID'),
    fork:
      env.flag('SYSTEM_PULLREQUEST_ISFORK') ?? differ(env.repository('BUILD_REPOSITORY_URI'), head),
  };
}

function runUrl(env: Variables): string | undefined {
  const collection = env.text('SYSTEM_COLLECTIONURI');
  const project = env.text('SYSTEM_TEAMPROJECT');
  const build = env.text('BUILD_BUILDID') ?? '';
  if (collection === undefined || project === undefined || !/^\d{1,12}$/.test(build)) {
    return undefined;
  }
  const place = `${collection.replace(/\/$/, '')}/${encodeURIComponent(project)}`;
  return readUrl(`${place}/_build/results?buildId=${build}`);
}
