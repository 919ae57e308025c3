import { PreviewopsError } from '../errors.ts';
import type { BootstrapOptions, CiSystem } from './options.ts';
import type { Value } from './values.ts';

/** What the deploy role's trust is made from. */
export type TrustOptions = Pick<
  BootstrapOptions,
  'ci' | 'partition' | 'repository' | 'repositoryIds' | 'branches' | 'issuer'
>;

const issuers = {
  github: 'https://token.actions.githubusercontent.com',
  gitlab: 'https://gitlab.com',
} as const;

/** A role's trust policy has at most 2,048 characters (IAM User Guide, "IAM and AWS STS quotas"). */
const longestTrust = 2_048;

/** The URL of who signs the tokens of CI jobs. */
export const issuerOf = (ci: Exclude<CiSystem, 'none'>, issuer?: string): string =>
  issuer ?? issuers[ci];

/**
 * Whom jobs must ask their token for: what `aws-actions/configure-aws-credentials` asks for, and
 * for GitLab the server itself, as its guide on AWS has it.
 */
export function audienceOf(ci: Exclude<CiSystem, 'none'>, { partition, issuer }: TrustOptions) {
  if (ci === 'gitlab') return issuerOf(ci, issuer);
  return partition === 'aws-cn' ? 'sts.amazonaws.com.cn' : 'sts.amazonaws.com';
}

/**
 * The trust policy of a role that CI jobs of one repository take on: those of pull requests and of
 * the branches. `provider` is the ARN of the OIDC provider, or the reference to it.
 */
export function deployTrust(
  ci: Exclude<CiSystem, 'none'>,
  { provider, options }: { provider: Value; options: TrustOptions },
): Value {
  const host = issuerOf(ci, options.issuer).replace('https://', '');
  const subjects = ci === 'github' ? githubSubjects(options) : gitlabSubjects(options);
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'JobsOfTheRepository',
        Effect: 'Allow',
        Principal: { Federated: provider },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            [`${host}:aud`]: audienceOf(ci, options),
            ...(ci === 'github' ? repositoryClaim(host, options) : {}),
          },
          StringLike: { [`${host}:sub`]: subjects },
        },
      },
    ],
  };
  const size = JSON.stringify(trust).length;
  if (size <= longestTrust) return trust;
  throw new PreviewopsError(
    'bad-usage',
    `The trust policy of the deploy role would have ${size} characters, and IAM takes ${longestTrust}`,
    { hint: 'Name fewer branches, or one pattern such as release/* for several.' },
  );
}

/**
 * Pull requests have a subject of their own; forks get no token at all. Repositories that are newer
 * than July 2026, or were renamed since, have the ids of owner and repository behind their names
 * (GitHub changelog, "Immutable subject claims"): which of the two forms it is cannot be seen from here.
 */
function githubSubjects({ repository = '', repositoryIds, branches, issuer }: TrustOptions) {
  const [owner = '', name = ''] = repository.split('/');
  const ids = repositoryIds ?? { owner: '*', repository: '*' };
  const prefixes = [
    `repo:${repository}`,
    ...(issuer === undefined ? [`repo:${owner}@${ids.owner}/${name}@${ids.repository}`] : []),
  ];
  const jobs = ['pull_request', ...(branches ?? ['main']).map((one) => `ref:refs/heads/${one}`)];
  return prefixes.flatMap((prefix) => jobs.map((job) => `${prefix}:${job}`));
}

/**
 * A subject alone could be made to look like another repository's by who may shape the claims of a
 * third one in the same organisation, and a name can be given up and taken by somebody else. AWS
 * compares these claims for github.com (IAM User Guide, "Available keys for AWS OIDC federation").
 */
function repositoryClaim(host: string, options: TrustOptions): Record<string, string> {
  const { partition, repository = '', repositoryIds, issuer } = options;
  if (partition !== 'aws' || issuer !== undefined) return {};
  return repositoryIds === undefined
    ? { [`${host}:repository`]: repository }
    : { [`${host}:repository_id`]: repositoryIds.repository };
}

/** A job of a merge request has the source branch in its subject, and so cannot be told from others. */
const gitlabSubjects = ({ repository = '', branches = ['*'] }: TrustOptions) =>
  branches.map((branch) => `project_path:${repository}:ref_type:branch:ref:${branch}`);
