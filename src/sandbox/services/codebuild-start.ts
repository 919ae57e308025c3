import type { StartBuildCommandInput } from '@aws-sdk/client-codebuild';
import { arnOf } from '../arn.ts';
import { awsError } from '../errors.ts';
import type { Ctx, Operation } from '../types.ts';
import { bad, checkServiceRole, needProject, onProject, passRole } from './codebuild-common.ts';
import {
  overriddenEnvironment,
  overriddenSource,
  refuseUnknownOverrides,
} from './codebuild-overrides.ts';
import { dockerProblem, failureMessage, scriptOf } from './codebuild-script.ts';
import { buildShape } from './codebuild-shape.ts';
import type { Build, Project } from './codebuild-state.ts';
import { completedAt, failPhase, phaseOf, timetable } from './codebuild-timetable.ts';
import { canonical } from './ecs-token.ts';

/** "The token is included in the StartBuild request and is valid for 5 minutes": API reference, StartBuild. */
const tokenMs = 5 * 60_000;

export const StartBuild = {
  authorize: (input: StartBuildCommandInput, ctx) => {
    const own = onProject(ctx, 'codebuild:StartBuild', input.projectName ?? '');
    const { sourceLocationOverride: location, buildspecOverride: buildspec } = input;
    const context = {
      ...own.context,
      ...(location ? { 'codebuild:source.location': location } : {}),
      ...(buildspec ? { 'codebuild:source.buildspec': buildspec } : {}),
    };
    return [{ ...own, context }, ...passRole(input.serviceRoleOverride)];
  },
  run(input: StartBuildCommandInput, ctx) {
    const project = needProject(ctx, input.projectName);
    refuseUnknownOverrides(input);
    const parameters = canonical(input);
    const earlier = findByToken(ctx, input, { project: project.name, parameters });
    if (earlier) return { build: buildShape(ctx, earlier) };
    const outcome = outcomeOf(ctx);
    checkConcurrency(ctx, project);
    if (input.serviceRoleOverride) {
      checkServiceRole(ctx, input.serviceRoleOverride, project.name);
    }
    const build = newBuild(ctx, input, { project, parameters, outcome });
    project.builds = build.number;
    ctx.world.codebuild.builds[build.id] = build;
    return { build: buildShape(ctx, build) };
  },
} satisfies Operation;

/** How the build will end; none begins where the account may queue none, whatever its quotas say. */
function outcomeOf({ behaviour }: Ctx): Build['outcome'] {
  if (behaviour.build !== 'no-queue') return behaviour.build;
  throw awsError(
    'AccountLimitExceededException',
    'Cannot have more than 0 builds in queue for the account',
  );
}

function findByToken(
  { world, now }: Ctx,
  { idempotencyToken }: StartBuildCommandInput,
  wanted: { project: string; parameters: string },
): Build | undefined {
  if (idempotencyToken === undefined) return undefined;
  const earlier = Object.values(world.codebuild.builds).find(
    ({ project, request, startAt }) =>
      project === wanted.project &&
      request.idempotencyToken === idempotencyToken &&
      startAt + tokenMs > now,
  );
  if (earlier && earlier.request.parameters !== wanted.parameters) {
    throw bad('The idempotency token was used before with other parameters.');
  }
  return earlier;
}

function checkConcurrency({ world, now }: Ctx, { name, concurrentBuildLimit }: Project): void {
  if (concurrentBuildLimit === undefined) return;
  const running = Object.values(world.codebuild.builds).filter(
    (build) => build.project === name && completedAt(build) > now,
  );
  if (running.length < concurrentBuildLimit) return;
  throw awsError(
    'AccountLimitExceededException',
    `Cannot have more than ${concurrentBuildLimit} active builds for the project ${name}`,
  );
}

function newBuild(
  ctx: Ctx,
  input: StartBuildCommandInput,
  {
    project,
    parameters,
    outcome,
  }: { project: Project } & Pick<Build, 'outcome'> & {
      parameters: string;
    },
): Build {
  const uuid = ctx.id(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const id = `${project.name}:${uuid}`;
  const sourceVersion = input.sourceVersion ?? project.sourceVersion;
  const { idempotencyToken } = input;
  const logsConfig = input.logsConfigOverride ?? project.logsConfig;
  const build: Build = structuredClone({
    id,
    arn: arnOf(ctx.world, 'codebuild', `build/${id}`),
    number: project.builds + 1,
    project: project.name,
    startAt: ctx.now,
    ...(sourceVersion === undefined ? {} : { sourceVersion }),
    source: overriddenSource(input, project),
    artifacts: input.artifactsOverride ?? project.artifacts,
    cache: input.cacheOverride ?? project.cache,
    environment: overriddenEnvironment(input, project),
    serviceRole: input.serviceRoleOverride ?? project.serviceRole,
    timeoutInMinutes: input.timeoutInMinutesOverride ?? project.timeoutInMinutes,
    queuedTimeoutInMinutes: input.queuedTimeoutInMinutesOverride ?? project.queuedTimeoutInMinutes,
    encryptionKey: project.encryptionKey,
    ...(logsConfig ? { logsConfig } : {}),
    request: { ...(idempotencyToken === undefined ? {} : { idempotencyToken }), parameters },
    initiator: ctx.callerArn.split(':').at(-1) ?? '',
    outcome,
    phases: [],
    pendingLines: [],
  });
  const problem = dockerProblem(build);
  build.phases = timetable(ctx.now, problem !== undefined);
  const phase = phaseOf(build, 'BUILD');
  if (problem === undefined) build.settleAt = phase.endAt;
  else failPhase(phase, failureMessage);
  build.pendingLines = scriptOf(build, problem);
  return build;
}
