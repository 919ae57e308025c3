import { isNamed } from '../../../aws/errors.ts';
import { allPages, batches } from '../../../aws/paginate.ts';
import { isImageTagOf } from '../../../preview/names.ts';
import { owns } from '../../../preview/tags.ts';
import { type Draft, nothing, step } from '../draft.ts';
import type { Session } from '../session.ts';
import { settle } from '../settle.ts';
import { type Target, tagRecord } from '../target.ts';

/**
 * Tags of the preview's images in the app's repository; the repository itself is the app's. None where
 * the repository is not ours: images carry no tags that would say whose they are.
 */
export async function readImageTags(session: Session): Promise<string[]> {
  const { aws, target } = session;
  try {
    const [images, repository] = await Promise.all([
      listImages(session),
      aws.call('ecr:ListTagsForResource', { resourceArn: target.arns.repository }),
    ]);
    if (!owns(tagRecord(repository.tags), target.identity.app)) return [];
    return images.filter((tag) => isImageTagOf(target.identity.id, tag));
  } catch (error) {
    if (isNamed(error, 'RepositoryNotFoundException')) return [];
    throw error;
  }
}

function listImages({ aws, target }: Session): Promise<string[]> {
  return allPages({
    page: (nextToken) =>
      aws.call('ecr:ListImages', {
        repositoryName: target.names.repository,
        filter: { tagStatus: 'TAGGED' },
        maxResults: 1000,
        nextToken,
      }),
    items: (page) => page.imageIds?.map(({ imageTag = '' }) => imageTag),
    token: (page) => page.nextToken,
  });
}

export function planImagesRemoval(target: Target, tags: readonly string[]): Draft {
  if (tags.length === 0) return nothing;
  return step('delete', 'image', `${target.names.repository} (${tags.length})`, {
    after: ['service'],
  });
}

/** By tag: an image that another preview has tagged too stays for that one. */
export async function removeImages(session: Session, observed: string[]) {
  await settle(session, {
    observed,
    read: () => readImageTags(session),
    race: (error) => isNamed(error, 'RepositoryNotFoundException'),
    act: async (tags) => {
      for (const group of batches(tags, 100)) {
        await session.aws.call('ecr:BatchDeleteImage', {
          repositoryName: session.target.names.repository,
          imageIds: group.map((imageTag) => ({ imageTag })),
        });
      }
    },
  });
}
