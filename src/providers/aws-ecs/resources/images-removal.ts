import { isNamed } from '../../../aws/errors.ts';
import { allPages, batches } from '../../../aws/paginate.ts';
import { isImageTagOf } from '../../../preview/names.ts';
import { type Draft, nothing, step } from '../draft.ts';
import type { Session } from '../session.ts';
import { settle } from '../settle.ts';
import type { Target } from '../target.ts';

/** Tags of the preview's images in the app's repository; the repository itself is the app's. */
export async function readImageTags({ aws, target }: Session): Promise<string[]> {
  try {
    const images = await allPages({
      page: (nextToken) =>
        aws.call('ecr:ListImages', {
          repositoryName: target.names.repository,
          filter: { tagStatus: 'TAGGED' },
          maxResults: 1000,
          nextToken,
        }),
      items: (page) => page.imageIds,
      token: (page) => page.nextToken,
    });
    return images
      .map((image) => image.imageTag ?? '')
      .filter((tag) => isImageTagOf(target.identity.id, tag));
  } catch (error) {
    if (isNamed(error, 'RepositoryNotFoundException')) return [];
    throw error;
  }
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
