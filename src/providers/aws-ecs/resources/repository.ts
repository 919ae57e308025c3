import { isNamed } from '../../../aws/errors.ts';
import { cacheTag, imageTagPrefix } from '../../../preview/names.ts';
import { owns, type Tags } from '../../../preview/tags.ts';
import { conflict, type Draft, step, updateIf } from '../draft.ts';
import type { Session } from '../session.ts';
import { settle } from '../settle.ts';
import { type Target, tagList, tagRecord } from '../target.ts';

export interface Repository {
  lifecyclePolicy: string | undefined;
  tags: Tags;
}

const missing = 'RepositoryNotFoundException';

export async function readRepository(session: Session): Promise<Repository | undefined> {
  const { aws, target } = session;
  const repositoryName = target.names.repository;
  const absent = (...names: string[]) => {
    return (error: unknown) => {
      if (isNamed(error, missing, ...names)) return undefined;
      throw error;
    };
  };
  const [found, policy, tags] = await Promise.all([
    aws.call('ecr:DescribeRepositories', { repositoryNames: [repositoryName] }).catch(absent()),
    aws
      .call('ecr:GetLifecyclePolicy', { repositoryName })
      .catch(absent('LifecyclePolicyNotFoundException')),
    aws.call('ecr:ListTagsForResource', { resourceArn: target.arns.repository }).catch(absent()),
  ]);
  if (!found?.repositories?.length) return undefined;
  return { lifecyclePolicy: policy?.lifecyclePolicyText, tags: tagRecord(tags?.tags) };
}

/**
 * Old images expire: what lost its tag after a day, previews' images beyond `images.keep` (and, when
 * configured, older than `images.days`). The build cache's tag has none of these prefixes.
 */
export function lifecyclePolicy({ config }: Target): string {
  const { keep, days } = config.images;
  const expire = { type: 'expire' };
  const previews = { tagStatus: 'tagged', tagPrefixList: [imageTagPrefix] };
  const rules = [
    {
      description: `Manifests that lost their tag, e.g. to a newer ${cacheTag}`,
      selection: {
        tagStatus: 'untagged',
        countType: 'sinceImagePushed',
        countUnit: 'days',
        countNumber: 1,
      },
      action: expire,
    },
    {
      description: 'Images of previews beyond the newest',
      selection: { ...previews, countType: 'imageCountMoreThan', countNumber: keep },
      action: expire,
    },
    ...(days === undefined
      ? []
      : [
          {
            description: 'Old images of previews',
            selection: {
              ...previews,
              countType: 'sinceImagePushed',
              countUnit: 'days',
              countNumber: days,
            },
            action: expire,
          },
        ]),
  ];
  return JSON.stringify({ rules: rules.map((rule, i) => ({ rulePriority: i + 1, ...rule })) });
}

/** The same policy whatever the spacing, key order or filled-in defaults of ECR's copy. */
function samePolicy(a: string, b: string | undefined): boolean {
  if (b === undefined) return false;
  try {
    return canonical(JSON.parse(a)) === canonical(JSON.parse(b));
  } catch {
    return false;
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export function planRepository(target: Target, observed: Repository | undefined): Draft {
  const name = target.names.repository;
  if (!observed) return step('create', 'repository', name);
  if (!owns(observed.tags, target.identity.app)) {
    return conflict(
      'repository',
      name,
      'exists without previewops tags of this app',
      `Choose another providerConfig.ecrRepoPrefix, or hand it over:\n  aws ecr tag-resource --resource-arn ${target.arns.repository} --tags Key=previewops:managed-by,Value=previewops Key=previewops:app,Value=${target.identity.app}`,
    );
  }
  const current = samePolicy(lifecyclePolicy(target), observed.lifecyclePolicy);
  return updateIf('repository', name, current ? [] : ['lifecycle policy']);
}

export async function ensureRepository(session: Session, observed: Repository | undefined) {
  const { aws, target } = session;
  const repositoryName = target.names.repository;
  const lifecyclePolicyText = lifecyclePolicy(target);
  await settle(session, {
    observed,
    read: () => readRepository(session),
    race: (error) => isNamed(error, 'RepositoryAlreadyExistsException'),
    act: async (current) => {
      if (!current) {
        const tags = tagList(target.sharedTags);
        await aws.call('ecr:CreateRepository', { repositoryName, tags });
      }
      if (samePolicy(lifecyclePolicyText, current?.lifecyclePolicy)) return;
      await aws.call('ecr:PutLifecyclePolicy', { repositoryName, lifecyclePolicyText });
    },
  });
}
