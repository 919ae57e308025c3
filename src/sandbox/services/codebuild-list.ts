import type { ListBuildsForProjectCommandInput } from '@aws-sdk/client-codebuild';
import { paginate } from '../paginate.ts';
import type { Operation } from '../types.ts';
import { bad, needProject, onProject } from './codebuild-common.ts';
import type { Build } from './codebuild-state.ts';

/** "only the first 100 items are returned": API reference, ListBuildsForProject. */
const pageSize = 100;

/** Numbers of ten digits, which sort as text; turned round for the newest first. */
const keysOf = {
  ASCENDING: ({ number }: Build) => String(number).padStart(10, '0'),
  DESCENDING: ({ number }: Build) => String(9_999_999_999 - number).padStart(10, '0'),
};

export const ListBuildsForProject = {
  authorize: ({ projectName }: ListBuildsForProjectCommandInput, ctx) => [
    onProject(ctx, 'codebuild:ListBuildsForProject', projectName ?? ''),
  ],
  run({ projectName, sortOrder, nextToken }: ListBuildsForProjectCommandInput, ctx) {
    const { name } = needProject(ctx, projectName);
    const builds = Object.values(ctx.world.codebuild.builds).filter(
      ({ project }) => project === name,
    );
    const keyOf = keysOf[sortOrder ?? 'DESCENDING'];
    if (!keyOf) throw bad(`Invalid sort order: ${sortOrder} is neither ASCENDING nor DESCENDING.`);
    // "If the project has more than 100 builds, setting the sort order will result in an error."
    if (sortOrder !== undefined && builds.length > pageSize) {
      throw bad(`A project with more than ${pageSize} builds cannot be listed in a sort order.`);
    }
    const { items, next } = paginate(builds, {
      marker: nextToken,
      size: pageSize,
      keyOf,
      onBadMarker: () => {
        throw bad('Invalid next token.');
      },
    });
    return { ids: items.map(({ id }) => id), ...(next === undefined ? {} : { nextToken: next }) };
  },
} satisfies Operation;
