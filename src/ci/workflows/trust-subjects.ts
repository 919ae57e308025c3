import { PreviewopsError } from '../../errors.ts';
import { quoted } from '../quoted.ts';

/** A repository at GitHub. */
export interface GithubSubject {
  owner: string;
  repository: string;
  /**
   * Numeric ids of owner and repository. Tokens of repositories that were made or renamed after
   * 15 July 2026 name them too, and others can be switched over; without them only the old form is trusted.
   */
  ids?: { owner: string; repository: string } | undefined;
  /** Branches whose runs may use the role: the default one, for close, comments, dispatch and schedule. */
  branches: readonly string[];
  /** Whether runs of pull requests may. Those of forks get no token at all. */
  pullRequests: boolean;
  /** Of a GitHub Enterprise Server. Default `github.com`. */
  host?: string | undefined;
}

/** A project at GitLab. */
export interface GitlabSubject {
  /** `group/project` or `group/subgroup/project`. */
  project: string;
  /** Default: all, because the pipeline of a merge request is one of its source branch. */
  branches?: readonly string[] | undefined;
  /** Default `gitlab.com`. */
  host?: string | undefined;
}

/** A project at CircleCI, by the ids that its settings show. */
export interface CircleciSubject {
  organization: string;
  project: string;
  /** `github.com/acme/shop`. */
  repository: string;
  branches?: readonly string[] | undefined;
}

/** A pipeline at Buildkite, by its slugs. */
export interface BuildkiteSubject {
  organization: string;
  pipeline: string;
  branches?: readonly string[] | undefined;
}

/** A repository at Bitbucket; its tokens say nothing of branches. */
export interface BitbucketSubject {
  workspace: string;
  /** Without braces. */
  workspaceId: string;
  repositoryId: string;
}

/** A project at Semaphore. */
export interface SemaphoreSubject {
  organization: string;
  /** Its id, as `sem get projects` shows it. */
  project: string;
  repository: string;
}

const audience = 'sts.amazonaws.com';
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const host = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;

/**
 * What the tokens of each CI say of a job (`sub`), and who signs them. The forms are those of the
 * CIs' own documentation of OpenID Connect.
 */
export const trustSubjects = {
  github: (subject: GithubSubject) => {
    const { ids, branches, pullRequests, host: server = 'github.com' } = subject;
    const owner = named('owner', subject.owner, /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/);
    const repository = named('repository', subject.repository, /^[\w.-]{1,100}$/);
    const forms = [`repo:${owner}/${repository}`];
    if (ids !== undefined) {
      const [ownerId, id] = [ids.owner, ids.repository].map((one) =>
        named('id', one, /^\d{1,20}$/),
      );
      forms.push(`repo:${owner}@${ownerId}/${repository}@${id}`);
    }
    const contexts = [
      ...(pullRequests ? ['pull_request'] : []),
      ...branches.map((branch) => `ref:refs/heads/${branchOf(branch)}`),
    ];
    if (contexts.length === 0) throw nothing('branches, or pullRequests');
    const id =
      server === 'github.com'
        ? 'token.actions.githubusercontent.com'
        : `${named('host', server, host)}/_services/token`;
    return {
      provider: provider(id, audience),
      exactly: forms.flatMap((form) => contexts.map((context) => `${form}:${context}`)),
    };
  },
  gitlab: ({ project, branches, host: server = 'gitlab.com' }: GitlabSubject) => {
    const path = named('project', project, /^\w[\w.-]*(?:\/\w[\w.-]*)+$/);
    return {
      provider: provider(named('host', server, host), audience),
      like: branchesOf(branches).map((ref) => `project_path:${path}:ref_type:branch:ref:${ref}`),
    };
  },
  circleci: ({ organization, project, repository, branches }: CircleciSubject) => {
    const org = named('organization', organization, uuid);
    const origin = named('repository', repository, /^[\w.-]+(?:\/[\w.-]+)+$/);
    const start = `org/${org}/project/${named('project', project, uuid)}/user/*/vcs-origin/${origin}`;
    return {
      provider: provider(`oidc.circleci.com/org/${org}`, org),
      like: branchesOf(branches).map((ref) => `${start}/vcs-ref/refs/heads/${ref}`),
    };
  },
  buildkite: ({ organization, pipeline, branches }: BuildkiteSubject) => {
    const slug = /^[a-z0-9][a-z0-9-]{0,99}$/;
    const org = named('organization', organization, slug);
    const start = `organization:${org}:pipeline:${named('pipeline', pipeline, slug)}`;
    return {
      provider: provider('agent.buildkite.com', audience),
      like: branchesOf(branches).map((ref) => `${start}:ref:refs/heads/${ref}:commit:*:step:*`),
    };
  },
  bitbucket: ({ workspace, workspaceId, repositoryId }: BitbucketSubject) => {
    const name = named('workspace', workspace, /^[a-z0-9_][a-z0-9_-]{0,61}$/);
    const id = `api.bitbucket.org/2.0/workspaces/${name}/pipelines-config/identity/oidc`;
    const owner = named('workspaceId', workspaceId, uuid);
    return {
      provider: provider(id, `ari:cloud:bitbucket::workspace/${owner}`),
      like: [`{${named('repositoryId', repositoryId, uuid)}}:*`],
    };
  },
  semaphore: ({ organization, project, repository }: SemaphoreSubject) => {
    const org = named('organization', organization, /^[a-z0-9][a-z0-9-]{0,61}$/);
    const repo = named('repository', repository, /^[\w.-]{1,100}$/);
    const id = `${org}.semaphoreci.com`;
    return {
      provider: provider(id, `https://${id}`),
      like: [`org:${org}:project:${named('project', project, uuid)}:repo:${repo}:ref_type:*`],
    };
  },
};

const provider = (id: string, aud: string) => ({ url: `https://${id}`, id, audience: aud });

/** Any branch unless some are named: whoever may push one may have a preview of it. */
const branchesOf = (branches: readonly string[] | undefined): string[] => {
  if (branches?.length === 0) throw nothing('branches');
  return branches?.map(branchOf) ?? ['*'];
};

/** `*`, `?` and `$` mean something to IAM, and a colon would end the branch's part of the subject. */
const branchOf = (branch: string): string =>
  named('branch', branch, /^(?![/-])[^\s\p{Cc}*?$:~^[\\]{1,255}$/u);

function named(what: string, value: string, pattern: RegExp): string {
  if (pattern.test(value)) return value;
  throw new PreviewopsError(
    'bad-usage',
    `${quoted(value)} cannot be the ${what} of a trust policy`,
    {
      hint: 'Write the policy for a plainer name, and put yours in by hand.',
    },
  );
}

const nothing = (what: string) =>
  new PreviewopsError('bad-usage', `a trust policy needs ${what}`, {
    hint: 'Without them it would trust nobody.',
  });
