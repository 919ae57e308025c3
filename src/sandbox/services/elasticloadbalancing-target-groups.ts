// Longer than most: the four operations that write target groups share their validation.
import type {
  CreateTargetGroupCommandInput,
  CreateTargetGroupOutput,
  DeleteTargetGroupCommandInput,
  ModifyTargetGroupAttributesCommandInput,
  ModifyTargetGroupAttributesOutput,
  ModifyTargetGroupCommandInput,
  ModifyTargetGroupOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { arnOf } from '../arn.ts';
import { requestTagContext, resourceTagContext, tagsOf } from '../tags.ts';
import type { Authorization, Ctx, Operation, TargetGroup, World } from '../types.ts';
import { checkAttribute, initialAttributes } from './elasticloadbalancing-attributes.ts';
import {
  associations,
  checkElbTags,
  elbError,
  groupsOf,
  required,
  targetGroupOf,
  validationError,
} from './elasticloadbalancing-common.ts';
import { attributesOf, shapeOf } from './elasticloadbalancing-group-reads.ts';
import { defaultHealthCheck, healthCheckOf } from './elasticloadbalancing-health.ts';

// Quotas for Application Load Balancers: target groups per region.
const maxTargetGroups = 3000;
/** How long a group counts as in use after its last rule has gone. */
const releaseMs = 5_000;

/** An action on a group that exists; AWS compares the tags that it has now. */
const onGroup = (action: string, arn: string | undefined, ctx: Ctx): Authorization[] => [
  {
    action: `elasticloadbalancing:${action}`,
    resource: arn ?? '*',
    context: resourceTagContext(ctx.world.elasticloadbalancing.targetGroups[arn ?? '']?.tags),
  },
];

export const CreateTargetGroup = {
  authorize(input: CreateTargetGroupCommandInput, { world }: Ctx): Authorization[] {
    const tags = tagsOf(input.Tags);
    const context = requestTagContext(tags);
    // The id is not known before the group is: AWS authorises the name with `*` after it.
    const resource = arnOf(world, 'elasticloadbalancing', `targetgroup/${input.Name}/*`);
    const create = { action: 'elasticloadbalancing:CreateTargetGroup', resource, context };
    if (Object.keys(tags).length === 0) return [create];
    return [
      create,
      {
        action: 'elasticloadbalancing:AddTags',
        resource,
        context: { ...context, 'elasticloadbalancing:CreateAction': 'CreateTargetGroup' },
      },
    ];
  },
  run(input: CreateTargetGroupCommandInput, ctx: Ctx): CreateTargetGroupOutput {
    const { world, now } = ctx;
    const name = checkName(required(input.Name, 'name'));
    const settings = settingsOf(input, world);
    const tags = tagsOf(input.Tags);
    checkElbTags(tags);
    const { targetGroups } = world.elasticloadbalancing;
    const all = Object.values(targetGroups);
    const existing = all.find((group) => group.name === name);
    if (existing) {
      if (!sameSettings(existing, settings)) {
        throw elbError(
          'DuplicateTargetGroupName',
          `A target group with the same name '${name}' exists, but with different settings`,
        );
      }
      return { TargetGroups: [shapeOf(existing, associations(world))] };
    }
    if (all.length >= maxTargetGroups) {
      throw elbError(
        'TooManyTargetGroups',
        `The limit of ${maxTargetGroups} target groups is reached`,
      );
    }
    const arn = arnOf(world, 'elasticloadbalancing', `targetgroup/${name}/${ctx.id(16)}`);
    const group: TargetGroup = {
      arn,
      name,
      ...settings,
      attributes: initialAttributes(),
      tags,
      targets: {},
      createdAt: now,
    };
    targetGroups[arn] = group;
    return { TargetGroups: [shapeOf(group, associations(world))] };
  },
} satisfies Operation;

export const ModifyTargetGroup = {
  authorize: (input: ModifyTargetGroupCommandInput, ctx: Ctx) =>
    onGroup('ModifyTargetGroup', input.TargetGroupArn, ctx),
  run(input: ModifyTargetGroupCommandInput, { world }: Ctx): ModifyTargetGroupOutput {
    const group = targetGroupOf(world, required(input.TargetGroupArn, 'targetGroupArn'));
    group.healthCheck = healthCheckOf(input, group.healthCheck);
    return { TargetGroups: [shapeOf(group, associations(world))] };
  },
} satisfies Operation;

export const DeleteTargetGroup = {
  authorize: (input: DeleteTargetGroupCommandInput, ctx: Ctx) =>
    onGroup('DeleteTargetGroup', input.TargetGroupArn, ctx),
  run(input: DeleteTargetGroupCommandInput, { world, now }: Ctx): object {
    const arn = required(input.TargetGroupArn, 'targetGroupArn');
    const { targetGroups, rules } = world.elasticloadbalancing;
    const group = targetGroups[arn];
    // The API models no "not found" for this call: deleting what is gone succeeds.
    if (!group) return {};
    const used = Object.values(rules).some((rule) => groupsOf(rule).includes(arn));
    const letGo = group.releasedAt !== undefined && now < group.releasedAt + releaseMs;
    if (used || letGo) {
      throw elbError(
        'ResourceInUse',
        `Target group '${arn}' is currently in use by a listener or a rule`,
      );
    }
    delete targetGroups[arn];
    return {};
  },
} satisfies Operation;

export const ModifyTargetGroupAttributes = {
  authorize: (input: ModifyTargetGroupAttributesCommandInput, ctx: Ctx) =>
    onGroup('ModifyTargetGroupAttributes', input.TargetGroupArn, ctx),
  run(
    input: ModifyTargetGroupAttributesCommandInput,
    { world }: Ctx,
  ): ModifyTargetGroupAttributesOutput {
    const group = targetGroupOf(world, required(input.TargetGroupArn, 'targetGroupArn'));
    const changes = tagsOf(required(input.Attributes, 'attributes'));
    for (const [key, value] of Object.entries(changes)) checkAttribute(key, value);
    Object.assign(group.attributes, changes);
    return attributesOf(group);
  },
} satisfies Operation;

type Settings = Pick<TargetGroup, 'protocol' | 'port' | 'vpcId' | 'targetType' | 'healthCheck'>;

function settingsOf(input: CreateTargetGroupCommandInput, world: World): Settings {
  const { TargetType: targetType = 'instance' } = input;
  if (targetType !== 'ip' && targetType !== 'instance') {
    throw validationError(`The sandbox has no target groups of the type '${targetType}'`);
  }
  const protocol = required(input.Protocol, 'protocol');
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') {
    throw validationError(
      `Protocol '${protocol}' is not supported by an Application Load Balancer`,
    );
  }
  const port = required(input.Port, 'port');
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw validationError(`Port '${port}' must be between 1 and 65535`);
  }
  const vpcId = required(input.VpcId, 'vpcId');
  if (!world.network.vpcs[vpcId]) {
    throw validationError(`The VPC ID '${vpcId}' is not found`);
  }
  return {
    protocol,
    port,
    vpcId,
    targetType,
    healthCheck: healthCheckOf(input, defaultHealthCheck),
  };
}

const sameSettings = (group: TargetGroup, settings: Settings) =>
  (['protocol', 'port', 'vpcId', 'targetType'] as const).every(
    (key) => group[key] === settings[key],
  ) &&
  (Object.keys(settings.healthCheck) as (keyof Settings['healthCheck'])[]).every(
    (key) => group.healthCheck[key] === settings.healthCheck[key],
  );

function checkName(name: string): string {
  const label = `Target group name '${name}'`;
  if (name === '') throw validationError('Target group name must not be empty');
  if (name.length > 32) throw validationError(`${label} cannot be longer than '32' characters`);
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    throw validationError(
      `${label} can only contain characters that are alphanumeric characters or hyphens(-)`,
    );
  }
  if (/^-|-$/.test(name)) throw validationError(`${label} cannot begin or end with '-'`);
  if (name.includes('--')) throw validationError(`${label} cannot contain '--'`);
  return name;
}
