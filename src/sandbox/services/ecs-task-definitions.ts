import type {
  DescribeTaskDefinitionCommandInput,
  ListTaskDefinitionFamiliesCommandInput,
  ListTaskDefinitionsCommandInput,
  RegisterTaskDefinitionCommandInput,
  TaskDefinition as SdkTaskDefinition,
} from '@aws-sdk/client-ecs';
import { awsError } from '../errors.ts';
import { checkTags, requestTagContext, tagsOf } from '../tags.ts';
import type { Authorization, Ctx, Operation } from '../types.ts';
import { ecsArn, findTaskDefinition, tagList } from './ecs-lookup.ts';
import { page, reversed } from './ecs-page.ts';
import { completeDefinition } from './ecs-register.ts';
import type { TaskDefinition } from './ecs-state.ts';

export const everything = (action: string): Authorization[] => [{ action, resource: '*' }];

/** A revision as DescribeTaskDefinition answers it. */
export const shapeOf = (record: TaskDefinition): SdkTaskDefinition => ({
  ...structuredClone(record.definition),
  taskDefinitionArn: record.arn,
  family: record.family,
  revision: record.revision,
  status: record.status,
  registeredAt: new Date(record.registeredAt),
  ...(record.deregisteredAt ? { deregisteredAt: new Date(record.deregisteredAt) } : {}),
  ...(record.deleteRequestedAt ? { deleteRequestedAt: new Date(record.deleteRequestedAt) } : {}),
});

const roleArn = ({ world }: Ctx, role: string) =>
  role.startsWith('arn:') ? role : `arn:${world.partition}:iam::${world.account}:role/${role}`;

/** Whoever has ECS run something as a role must be allowed to pass it on. */
export const passTaskRole = (ctx: Ctx, role: string): Authorization => ({
  action: 'iam:PassRole',
  resource: roleArn(ctx, role),
  context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
});

export const RegisterTaskDefinition = {
  authorize(input: RegisterTaskDefinitionCommandInput, ctx) {
    const resource = ecsArn(ctx.world, `task-definition/${input.family}:*`);
    const tags = requestTagContext(tagsOf(input.tags));
    const size = {
      ...(input.cpu ? { 'ecs:task-cpu': input.cpu } : {}),
      ...(input.memory ? { 'ecs:task-memory': input.memory } : {}),
    };
    const roles = [input.executionRoleArn, input.taskRoleArn].flatMap((role) => role || []);
    return [
      { action: 'ecs:RegisterTaskDefinition', resource, context: { ...tags, ...size } },
      ...(input.tags?.length
        ? [
            {
              action: 'ecs:TagResource',
              resource,
              context: { ...tags, 'ecs:CreateAction': 'RegisterTaskDefinition' },
            },
          ]
        : []),
      ...roles.map((role) => passTaskRole(ctx, role)),
    ];
  },
  run(input: RegisterTaskDefinitionCommandInput, { world, now, callerArn }) {
    const definition = {
      ...completeDefinition(input),
      registeredBy: callerArn,
    };
    const tags = tagsOf(input.tags);
    checkTags(tags);
    const family = input.family ?? '';
    const revision = (world.ecs.revisions[family] ?? 0) + 1;
    const arn = ecsArn(world, `task-definition/${family}:${revision}`);
    const record: TaskDefinition = {
      arn,
      family,
      revision,
      status: 'ACTIVE',
      definition,
      tags,
      registeredAt: now,
    };
    world.ecs.revisions[family] = revision;
    world.ecs.taskDefinitions[arn] = record;
    return { taskDefinition: shapeOf(record), tags: tagList(tags) };
  },
} satisfies Operation;

export const DescribeTaskDefinition = {
  authorize: () => everything('ecs:DescribeTaskDefinition'),
  run(input: DescribeTaskDefinitionCommandInput, ctx) {
    const found = findTaskDefinition(ctx, input.taskDefinition);
    if (!found) throw awsError('ClientException', 'Unable to describe task definition.');
    return {
      taskDefinition: shapeOf(found),
      ...(input.include?.includes('TAGS') ? { tags: tagList(found.tags) } : {}),
    };
  },
} satisfies Operation;

export const ListTaskDefinitions = {
  authorize: () => everything('ecs:ListTaskDefinitions'),
  run(input: ListTaskDefinitionsCommandInput, { world }) {
    const { familyPrefix, status = 'ACTIVE', sort = 'ASC' } = input;
    const keyOf = ({ family, revision }: TaskDefinition) =>
      `${family}:${String(revision).padStart(10, '0')}`;
    const records = Object.values(world.ecs.taskDefinitions)
      // Despite its name AWS takes it as the whole family name.
      .filter((record) => familyPrefix === undefined || record.family === familyPrefix)
      .filter((record) => record.status === status);
    const { items, nextToken } = page(records, input, {
      size: 100,
      most: 100,
      keyOf: sort === 'DESC' ? (record) => reversed(keyOf(record)) : keyOf,
    });
    return {
      taskDefinitionArns: items.map((record) => record.arn),
      ...(nextToken ? { nextToken } : {}),
    };
  },
} satisfies Operation;

export const ListTaskDefinitionFamilies = {
  authorize: () => everything('ecs:ListTaskDefinitionFamilies'),
  run(input: ListTaskDefinitionFamiliesCommandInput, { world }) {
    const { familyPrefix = '', status = 'ALL' } = input;
    const active = new Map<string, boolean>();
    for (const record of Object.values(world.ecs.taskDefinitions)) {
      // What is being deleted belongs to no family any more.
      if (record.status === 'DELETE_IN_PROGRESS') continue;
      const before = active.get(record.family) ?? false;
      active.set(record.family, before || record.status === 'ACTIVE');
    }
    const families = [...active]
      .filter(([family]) => family.startsWith(familyPrefix))
      .filter(([, isActive]) => status === 'ALL' || isActive === (status === 'ACTIVE'))
      .map(([family]) => family);
    const { items, nextToken } = page(families, input, { size: 100, most: 100, keyOf: (f) => f });
    return { families: items, ...(nextToken ? { nextToken } : {}) };
  },
} satisfies Operation;
