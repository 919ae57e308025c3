import type { RunTaskCommandInput, TaskOverride } from '@aws-sdk/client-ecs';
import { awsError } from '../errors.ts';
import type { TaskDefinition } from './ecs-state.ts';

const bad = (message: string) => awsError('InvalidParameterException', message);

/** Parts of RunTask that the sandbox does not simulate: a call that uses one is refused, not half done. */
const notSimulated = ['placementConstraints', 'placementStrategy', 'volumeConfigurations'] as const;
const overridden = ['containerOverrides', 'executionRoleArn', 'taskRoleArn'];
const overriddenInContainer = ['name', 'command', 'environment'];

/** Refuses what AWS refuses about a call of RunTask by itself, without a look at the account. */
export function checkRunTask(input: RunTaskCommandInput): void {
  const { count = 1, group, startedBy, clientToken, propagateTags, overrides = {} } = input;
  // API reference, RunTask: lengths and characters of its parameters.
  if (clientToken !== undefined && !/^[!-~]{1,64}$/.test(clientToken)) {
    throw bad('Client token must be 1 to 64 printable ASCII characters.');
  }
  if (!Number.isInteger(count) || count < 1 || count > 10) {
    throw bad('The count of tasks must be a whole number from 1 to 10.');
  }
  if (startedBy !== undefined && !/^[A-Za-z0-9_/-]{1,128}$/.test(startedBy)) {
    throw bad(
      'startedBy must be 1 to 128 letters, numbers, hyphens, underscores and forward slashes.',
    );
  }
  if (group !== undefined && (group === '' || group.length > 255)) {
    throw bad('The task group must have 1 to 255 characters.');
  }
  if (propagateTags === 'SERVICE') {
    throw bad('A task without a service cannot have the tags of a service: propagateTags.');
  }
  refuseUnsimulated(input, overrides);
  // "A total of 8192 characters are allowed for overrides", the characters of JSON included.
  if (JSON.stringify(overrides).length > 8192) {
    throw bad('Container Overrides length must be at most 8192');
  }
}

function refuseUnsimulated(input: RunTaskCommandInput, overrides: TaskOverride): void {
  const found = [
    ...notSimulated.filter((key) => isGiven(input[key])),
    ...unknownIn(overrides, overridden),
    ...(overrides.containerOverrides ?? []).flatMap((each) =>
      unknownIn(each, overriddenInContainer),
    ),
  ];
  if (found.length === 0) return;
  throw awsError('UnsupportedFeatureException', `The sandbox does not simulate ${found[0]}.`);
}

const isGiven = (value: unknown) =>
  value !== undefined && !(Array.isArray(value) && value.length === 0);

const unknownIn = (given: object, known: readonly string[]) =>
  Object.entries(given).flatMap(([key, value]) =>
    known.includes(key) || !isGiven(value) ? [] : [key],
  );

/** Refuses overrides that the task definition has nothing for. */
export function checkOverrides(
  { overrides = {}, enableExecuteCommand }: RunTaskCommandInput,
  definition: TaskDefinition['definition'],
): void {
  const containers = definition.containerDefinitions ?? [];
  for (const { name } of overrides.containerOverrides ?? []) {
    if (containers.some((container) => container.name === name)) continue;
    throw bad(`Override for container named ${name} is not a container in the TaskDefinition.`);
  }
  if (enableExecuteCommand && !overrides.taskRoleArn && !definition.taskRoleArn) {
    throw bad('enableExecuteCommand needs a task role, in the task definition or as an override.');
  }
}
