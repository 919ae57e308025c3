import type {
  BatchGetBuildsCommandInput,
  Build as SdkBuild,
  StopBuildCommandInput,
} from '@aws-sdk/client-codebuild';
import { awsError } from '../errors.ts';
import type { Operation } from '../types.ts';
import { bad, onProject } from './codebuild-common.ts';
import { buildShape } from './codebuild-shape.ts';
import { completedAt, stopPhases } from './codebuild-timetable.ts';

/** A build is named by its id or its ARN; both hold the project's name. */
const idOf = (idOrArn: string) => idOrArn.replace(/^arn:[^/]*:build\//, '');
const projectOf = (idOrArn: string) => idOf(idOrArn).split(':')[0] ?? '';

export const BatchGetBuilds = {
  authorize: ({ ids }: BatchGetBuildsCommandInput, ctx) =>
    [...new Set((ids ?? []).map(projectOf))].map((project) =>
      onProject(ctx, 'codebuild:BatchGetBuilds', project),
    ),
  run({ ids = [] }: BatchGetBuildsCommandInput, ctx) {
    if (ids.length < 1 || ids.length > 100) throw bad('ids must have 1 to 100 items.');
    const { builds } = ctx.world.codebuild;
    const found = ids.flatMap((id) => builds[idOf(id)] ?? []);
    return {
      builds: found.map((build): SdkBuild => buildShape(ctx, build)),
      buildsNotFound: ids.filter((id) => !builds[idOf(id)]),
    };
  },
} satisfies Operation;

export const StopBuild = {
  authorize: ({ id }: StopBuildCommandInput, ctx) => [
    onProject(ctx, 'codebuild:StopBuild', projectOf(id ?? '')),
  ],
  run({ id }: StopBuildCommandInput, ctx) {
    const build = ctx.world.codebuild.builds[idOf(id ?? '')];
    if (!build) throw awsError('ResourceNotFoundException', `Build cannot be found: ${id}`);
    if (completedAt(build) > ctx.now) {
      stopPhases(build, ctx.now);
      build.pendingLines = [];
      delete build.settleAt;
    }
    return { build: buildShape(ctx, build) };
  },
} satisfies Operation;
