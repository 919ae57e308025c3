import type { EnvironmentVariable, StartBuildCommandInput } from '@aws-sdk/client-codebuild';
import { bad } from './codebuild-common.ts';
import type { Build, Project } from './codebuild-state.ts';

/** The overrides that the sandbox honours; any other is refused rather than ignored. */
const honoured = new Set([
  'projectName',
  'sourceVersion',
  'idempotencyToken',
  'environmentVariablesOverride',
  'sourceTypeOverride',
  'sourceLocationOverride',
  'sourceAuthOverride',
  'gitCloneDepthOverride',
  'buildspecOverride',
  'environmentTypeOverride',
  'imageOverride',
  'computeTypeOverride',
  'privilegedModeOverride',
  'serviceRoleOverride',
  'timeoutInMinutesOverride',
  'queuedTimeoutInMinutesOverride',
  'cacheOverride',
  'artifactsOverride',
  'logsConfigOverride',
  'reportBuildStatusOverride',
]);

export function refuseUnknownOverrides(input: StartBuildCommandInput): void {
  const unknown = Object.entries(input).find(([key, v]) => v !== undefined && !honoured.has(key));
  if (unknown) throw bad(`The sandbox does not simulate ${unknown[0]}.`);
}

export function overriddenSource(
  input: StartBuildCommandInput,
  { source }: Project,
): Build['source'] {
  return {
    ...source,
    ...(input.sourceTypeOverride ? { type: input.sourceTypeOverride } : {}),
    ...(input.sourceLocationOverride ? { location: input.sourceLocationOverride } : {}),
    ...(input.sourceAuthOverride ? { auth: input.sourceAuthOverride } : {}),
    ...(input.buildspecOverride ? { buildspec: input.buildspecOverride } : {}),
    ...(input.gitCloneDepthOverride === undefined
      ? {}
      : { gitCloneDepth: input.gitCloneDepthOverride }),
  };
}

export function overriddenEnvironment(
  input: StartBuildCommandInput,
  { environment }: Project,
): Build['environment'] {
  const variables = new Map<string, EnvironmentVariable>();
  for (const entry of [
    ...(environment.environmentVariables ?? []),
    ...(input.environmentVariablesOverride ?? []),
  ]) {
    variables.set(entry.name ?? '', { type: 'PLAINTEXT', ...entry });
  }
  return {
    ...environment,
    ...(input.environmentTypeOverride ? { type: input.environmentTypeOverride } : {}),
    ...(input.imageOverride ? { image: input.imageOverride } : {}),
    ...(input.computeTypeOverride ? { computeType: input.computeTypeOverride } : {}),
    ...(input.privilegedModeOverride === undefined
      ? {}
      : { privilegedMode: input.privilegedModeOverride }),
    environmentVariables: [...variables.values()],
  };
}
