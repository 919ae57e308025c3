import { sourceType } from '../../providers/aws-ecs/resources/build-project.ts';
import { type Check, fail, type Outcome, ok, skip } from '../check.ts';
import type { Facts } from '../facts.ts';

const source: Check = {
  id: 'build.source',
  group: 'build',
  title: 'CodeBuild can read the repository',
  async run(facts) {
    const { repository, credentials } = facts.config.build;
    if (repository === undefined) {
      return skip(
        'the repository is not known',
        'Write build.repository, or give images with deploy --image.',
      );
    }
    if (credentials !== undefined) return ok(`${repository}, with ${credentials}`);
    const answer = await facts.askRepository?.(repository);
    if (answer?.kind === 'public') return ok(`${repository} is public`);
    return withoutCredentials(facts, {
      repository,
      refusal: answer?.kind === 'private',
      said: answer?.said,
    });
  },
};

/** As CodeConnections calls them. */
const providers: Record<ReturnType<typeof sourceType>, string> = {
  GITHUB: 'GitHub',
  GITHUB_ENTERPRISE: 'GitHubEnterpriseServer',
  GITLAB: 'GitLab',
  GITLAB_SELF_MANAGED: 'GitLabSelfManaged',
  BITBUCKET: 'Bitbucket',
};

/** Whether the account's own credentials serve a repository that is, or may be, private. */
async function withoutCredentials(
  { sourceCredentials }: Facts,
  { repository, refusal, said }: { repository: string; refusal: boolean; said: string | undefined },
): Promise<Outcome> {
  const type = sourceType(repository);
  const read = await sourceCredentials();
  const own = read.ok ? read.value.find(({ serverType }) => serverType === type) : undefined;
  if (own) return ok(`${repository}, with the account's ${own.authType} credentials for ${type}`);
  if (!refusal) {
    const why =
      said === undefined ? 'the sandbox asks no repository' : `it could not be asked: ${said}`;
    return skip(`whether ${repository} is public is not known: ${why}`);
  }
  if (!read.ok) return read.gap;
  return fail(
    `${repository} asks for credentials (${said}), and CodeBuild has none for ${type}`,
    `Make a connection, confirm it in the console, and name it:\n  aws codeconnections create-connection --provider-type ${providers[type]} --connection-name previews\n  build.credentials: ARN of the connection, or of a secret with a token`,
  );
}

export const buildChecks: readonly Check[] = [source];
