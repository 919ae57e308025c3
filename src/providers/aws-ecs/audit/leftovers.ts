import { isNamed, says } from '../../../aws/errors.ts';
import { allPages } from '../../../aws/paginate.ts';
import { imageTagPrefix, namePrefix, previewNames } from '../../../preview/names.ts';
import { owns, type Tags } from '../../../preview/tags.ts';
import { tagRecord } from '../target.ts';
import { type AuditTools, type Owner, orDenied } from './tools.ts';

/** What a name says of whose a resource is. Whose it truly is, its tags say: asked where that matters. */
export interface Named extends Owner {
  kind: 'log-group' | 'task-definition' | 'image';
  /** As AWS shows it. */
  name: string;
  tags(): Promise<Tags | undefined>;
}

const previewName = new RegExp(`^${namePrefix}([a-z0-9]+(?:-[a-z0-9]+)*)--([a-z0-9-]+)$`);
const logGroups = '/ecs/';

function ownerInName(name: string, app: string | undefined): Owner | undefined {
  const [, its, id] = previewName.exec(name) ?? [];
  if (its === undefined || id === undefined) return undefined;
  return app === undefined || its === app ? { app: its, id } : undefined;
}

const prefixOf = ({ app }: AuditTools) =>
  app === undefined ? namePrefix : `${namePrefix}${app}--`;

export async function findLogGroups(tools: AuditTools): Promise<Named[]> {
  const { session, app } = tools;
  const groups = await allPages({
    page: (nextToken) =>
      session.aws.call('logs:DescribeLogGroups', {
        logGroupNamePrefix: `${logGroups}${prefixOf(tools)}`,
        limit: 50,
        nextToken,
      }),
    items: (page) => page.logGroups,
    token: (page) => page.nextToken,
  });
  return groups.flatMap(({ logGroupName: name = '', logGroupArn, arn }): Named[] => {
    const owner = ownerInName(name.slice(logGroups.length), app);
    const resourceArn = logGroupArn ?? arn?.replace(/:\*$/, '');
    if (!owner || !resourceArn) return [];
    const tags = async () => {
      const read = () => orGone(session.aws.call('logs:ListTagsForResource', { resourceArn }));
      return (await orDenied(tools, 'log groups that are left over are not seen', read))?.tags;
    };
    return [{ ...owner, kind: 'log-group', name, tags }];
  });
}

/** Families with revisions in use, and those of which an interrupted destroy left only the rest. */
export async function findFamilies(tools: AuditTools): Promise<Named[]> {
  const { session, app } = tools;
  const lost = 'task definitions that are left of a preview are not seen';
  const list = (status: 'ACTIVE' | 'INACTIVE') =>
    allPages({
      page: (nextToken) =>
        session.aws.call('ecs:ListTaskDefinitionFamilies', {
          familyPrefix: prefixOf(tools),
          status,
          maxResults: 100,
          nextToken,
        }),
      items: (page) => page.families,
      token: (page) => page.nextToken,
    });
  const found = await orDenied(tools, lost, () => Promise.all([list('ACTIVE'), list('INACTIVE')]));
  return (found ?? []).flatMap((families, at) =>
    families.flatMap((name): Named[] => {
      const owner = ownerInName(name, app);
      const tags = () => (at === 0 ? definitionTags(tools, name) : inactiveTags(tools, name));
      return owner ? [{ ...owner, kind: 'task-definition', name, tags }] : [];
    }),
  );
}

async function definitionTags({ session }: AuditTools, taskDefinition: string) {
  try {
    const answer = await session.aws.call('ecs:DescribeTaskDefinition', {
      taskDefinition,
      include: ['TAGS'],
    });
    return tagRecord(answer.tags);
  } catch (error) {
    if (says(error, /unable to describe/i)) return undefined;
    throw error;
  }
}

async function inactiveTags(tools: AuditTools, familyPrefix: string) {
  const { taskDefinitionArns } = await tools.session.aws.call('ecs:ListTaskDefinitions', {
    familyPrefix,
    status: 'INACTIVE',
  });
  const newest = taskDefinitionArns?.at(-1);
  return newest === undefined ? undefined : definitionTags(tools, newest);
}

/** Previews of which the app's repository has images. */
export async function findImages(tools: AuditTools, apps: readonly string[]): Promise<Named[]> {
  const found = await Promise.all(apps.map((app) => imagesOf(tools, app)));
  return found.flat();
}

async function imagesOf(tools: AuditTools, app: string): Promise<Named[]> {
  const { session } = tools;
  const { ecrRepoPrefix, region, account, partition } = session.target.config.providerConfig;
  const { repository } = previewNames(app, '', ecrRepoPrefix);
  const tags = await orDenied(tools, `images in ${repository} are not seen`, () =>
    orGone(
      allPages({
        page: (nextToken) =>
          session.aws.call('ecr:ListImages', {
            repositoryName: repository,
            filter: { tagStatus: 'TAGGED' },
            maxResults: 1000,
            nextToken,
          }),
        items: (page) => page.imageIds?.map(({ imageTag = '' }) => imageTag),
        token: (page) => page.nextToken,
      }),
    ),
  );
  const ids = new Set((tags ?? []).map(idOfImage).filter((id) => id !== undefined));
  const resourceArn = `arn:${partition}:ecr:${region}:${account}:repository/${repository}`;
  let asked: Promise<Tags | undefined> | undefined;
  const repositoryTags = () => {
    asked ??= orDenied(tools, `images in ${repository} are not seen`, () =>
      orGone(session.aws.call('ecr:ListTagsForResource', { resourceArn })),
    ).then((answer) => answer && tagRecord(answer.tags));
    return asked;
  };
  return [...ids].map((id) => ({
    app,
    id,
    kind: 'image',
    name: `${repository}:${imageTagPrefix}${id}.*`,
    // An image has no tags of that kind of its own: the repository's say that it is the app's.
    tags: async () => {
      const its = await repositoryTags();
      return owns(its, app) ? { ...its, 'previewops:preview': id } : its;
    },
  }));
}

const idOfImage = (tag: string) =>
  new RegExp(`^${imageTagPrefix}([a-z0-9-]+)\\.[0-9a-f]{7,12}\\.[0-9a-z]+$`).exec(tag)?.[1];

/** Undefined for what is gone meanwhile. */
async function orGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException', 'RepositoryNotFoundException'))
      return undefined;
    throw error;
  }
}
