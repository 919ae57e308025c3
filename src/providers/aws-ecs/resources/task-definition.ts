import { isDeepStrictEqual } from 'node:util';
import type { Input, Output } from '../../../aws/api.ts';
import { isNamed, says } from '../../../aws/errors.ts';
import type { Tags } from '../../../preview/tags.ts';
import { type Draft, nothing, step } from '../draft.ts';
import type { Session } from '../session.ts';
import { settle } from '../settle.ts';
import { lowerTagList, type Target, tagRecord } from '../target.ts';
import { type Container, containers } from './containers.ts';

type Definition = NonNullable<Output<'ecs:DescribeTaskDefinition'>['taskDefinition']>;
type Registration = Input<'ecs:RegisterTaskDefinition'>;

export interface TaskDefinition {
  arn: string;
  /** Normalised: only what we set, with AWS's defaults taken off. */
  spec: Spec;
  tags: Tags;
}

/** Newest active revision of a family, or the one of an ARN; `undefined` when there is none. */
export async function readTaskDefinition(
  { aws }: Pick<Session, 'aws'>,
  familyOrArn: string,
): Promise<TaskDefinition | undefined> {
  try {
    const answer = await aws.call('ecs:DescribeTaskDefinition', {
      taskDefinition: familyOrArn,
      include: ['TAGS'],
    });
    const { taskDefinition: found } = answer;
    if (!found?.taskDefinitionArn) return undefined;
    return {
      arn: found.taskDefinitionArn,
      spec: normalise(found),
      tags: tagRecord(answer.tags),
    };
  } catch (error) {
    const absent =
      isNamed(error, 'ClientException', 'InvalidParameterException') &&
      says(error, /unable to describe task definition/i);
    if (absent) return undefined;
    throw error;
  }
}

export function registration(
  target: Target,
  image: string,
  commit: string | undefined,
): Registration {
  const { task, providerConfig } = target.config;
  return {
    family: target.names.family,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: String(task.cpu),
    memory: String(task.memory),
    executionRoleArn: providerConfig.executionRoleArn,
    ...(task.roleArn ? { taskRoleArn: task.roleArn } : {}),
    runtimePlatform: {
      cpuArchitecture: task.architecture === 'arm64' ? 'ARM64' : 'X86_64',
      operatingSystemFamily: 'LINUX',
    },
    ...(task.ephemeralStorage ? { ephemeralStorage: { sizeInGiB: task.ephemeralStorage } } : {}),
    containerDefinitions: containers(target, image, commit),
    tags: lowerTagList(target.tags),
  };
}

type Spec = Record<string, unknown>;

/**
 * A definition with only the fields that a registration of ours has, so that what AWS fills in and
 * how it orders lists makes no difference: compare like with like, or every run would register anew.
 */
export function normalise(definition: Definition | Registration): Spec {
  return {
    cpu: definition.cpu,
    memory: definition.memory,
    networkMode: definition.networkMode,
    executionRoleArn: definition.executionRoleArn ?? '',
    taskRoleArn: definition.taskRoleArn ?? '',
    architecture: definition.runtimePlatform?.cpuArchitecture ?? 'X86_64',
    storage: definition.ephemeralStorage?.sizeInGiB ?? 0,
    containers: (definition.containerDefinitions ?? []).map(normaliseContainer),
  };
}

function normaliseContainer(container: Container): Spec {
  const { healthCheck: check } = container;
  return {
    name: container.name,
    image: container.image,
    essential: container.essential ?? true,
    ports: (container.portMappings ?? []).map((p) => [p.containerPort, p.protocol ?? 'tcp']),
    environment: sorted(container.environment?.map((e) => [e.name ?? '', e.value ?? ''])),
    secrets: sorted(container.secrets?.map((s) => [s.name ?? '', s.valueFrom ?? ''])),
    command: container.command ?? [],
    dependsOn: sorted(container.dependsOn?.map((d) => [d.containerName ?? '', d.condition ?? ''])),
    stopTimeout: container.stopTimeout ?? 0,
    log: sorted(Object.entries(container.logConfiguration?.options ?? {})),
    health: check
      ? [
          check.command ?? [],
          check.interval ?? 30,
          check.timeout ?? 5,
          check.retries ?? 3,
          check.startPeriod ?? 0,
        ]
      : [],
  };
}

const sorted = (pairs: [string, string][] | undefined) =>
  [...(pairs ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));

/** Which parts of the definition differ, in words. */
export function specChanges(want: Spec, have: Spec): string[] {
  const outer = Object.keys(want).filter(
    (key) => key !== 'containers' && !isDeepStrictEqual(want[key], have[key]),
  );
  const wanted = want.containers as Spec[];
  const actual = have.containers as Spec[];
  const inner = wanted.flatMap((container) => {
    const other = actual.find((c) => c.name === container.name);
    if (!other) return [`container ${container.name}`];
    return Object.keys(container)
      .filter((key) => !isDeepStrictEqual(container[key], other[key]))
      .map((key) => `${container.name} ${key}`);
  });
  const gone = actual
    .filter((c) => !wanted.some((w) => w.name === c.name))
    .map((c) => `without container ${c.name}`);
  return [...outer, ...inner, ...gone];
}

/** The revision that already is what is wanted: the one in service is preferred to the newest. */
export function matching(
  want: Spec,
  candidates: readonly (TaskDefinition | undefined)[],
): TaskDefinition | undefined {
  return candidates.find((c) => c !== undefined && isDeepStrictEqual(want, c.spec));
}

export function planTaskDefinition(
  target: Target,
  options: {
    /** Absent while the image is yet to be built. */
    image: string | undefined;
    commit: string | undefined;
    candidates: readonly (TaskDefinition | undefined)[];
  },
): Draft {
  const { image, commit, candidates } = options;
  const name = target.names.family;
  const current = candidates.find((c) => c !== undefined);
  if (!current) return step('create', 'task-definition', name, { after: ['image'] });
  const want = normalise(registration(target, image ?? 'the image to be built', commit));
  if (matching(want, candidates)) return nothing;
  return step('update', 'task-definition', name, {
    changes: specChanges(want, current.spec),
    after: ['image'],
  });
}

/** Registers a revision unless one is already what is wanted; returns its ARN. */
export async function ensureTaskDefinition(
  session: Session,
  options: {
    image: string;
    commit: string | undefined;
    candidates: readonly (TaskDefinition | undefined)[];
  },
): Promise<string> {
  const { aws, target } = session;
  const input = registration(target, options.image, options.commit);
  const want = normalise(input);
  return settle(session, {
    observed: options.candidates,
    read: async () => [await readTaskDefinition(session, target.names.family)],
    // A role made a moment ago is not there yet for ECS.
    wait: {
      forMs: 60_000,
      everyMs: 5_000,
      when: (error) => says(error, 'ECS was unable to assume the role'),
    },
    act: async (candidates) => {
      const present = matching(want, candidates);
      if (present) return present.arn;
      const answer = await aws.call('ecs:RegisterTaskDefinition', input);
      const arn = answer.taskDefinition?.taskDefinitionArn;
      if (!arn) throw new Error('RegisterTaskDefinition answered without an ARN');
      return arn;
    },
  });
}
