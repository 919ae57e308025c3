import type {
  CreateLogGroupCommandInput,
  DeleteLogGroupCommandInput,
  DescribeLogGroupsCommandInput,
  DescribeLogGroupsCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  LogGroup as LogGroupShape,
  PutRetentionPolicyCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { logGroupArn } from '../arn.ts';
import { awsError } from '../errors.ts';
import { paginate } from '../paginate.ts';
import { checkTags, requestTagContext, resourceTagContext } from '../tags.ts';
import type { Authorization, Ctx, LogGroup, Operation, ServiceTable } from '../types.ts';
import {
  checkGroupName,
  checkLimit,
  checkRetention,
  groupOf,
  invalid,
  noGroup,
  onGroup,
} from './logs-common.ts';
import { GetLogEvents } from './logs-events.ts';

const CreateLogGroup = {
  authorize(input: CreateLogGroupCommandInput, ctx: Ctx): Authorization[] {
    const context = requestTagContext(input.tags ?? {});
    const create = { ...onGroup('CreateLogGroup', input.logGroupName, ctx), context };
    if (Object.keys(context).length === 0) return [create];
    const resource = logGroupArn(ctx.world, input.logGroupName ?? '');
    return [create, { action: 'logs:TagResource', resource, context }];
  },
  run(input: CreateLogGroupCommandInput, { world, now }: Ctx): object {
    const name = checkGroupName(input.logGroupName);
    const tags = { ...input.tags };
    checkTags(tags, { countError: 'TooManyTagsException' });
    if (Object.hasOwn(world.logs.groups, name)) {
      throw awsError('ResourceAlreadyExistsException', 'The specified log group already exists');
    }
    const arn = logGroupArn(world, name);
    world.logs.groups[name] = { name, arn, createdAt: now, tags, streams: {} };
    return {};
  },
} satisfies Operation;

const PutRetentionPolicy = {
  authorize: (input: PutRetentionPolicyCommandInput, ctx: Ctx) => [
    onGroup('PutRetentionPolicy', input.logGroupName, ctx),
  ],
  run(input: PutRetentionPolicyCommandInput, { world }: Ctx): object {
    const name = checkGroupName(input.logGroupName);
    const days = checkRetention(input.retentionInDays);
    groupOf(world, name).retentionDays = days;
    return {};
  },
} satisfies Operation;

const DeleteLogGroup = {
  authorize: (input: DeleteLogGroupCommandInput, ctx: Ctx) => [
    onGroup('DeleteLogGroup', input.logGroupName, ctx),
  ],
  run(input: DeleteLogGroupCommandInput, { world }: Ctx): object {
    const { name } = groupOf(world, checkGroupName(input.logGroupName));
    delete world.logs.groups[name];
    return {};
  },
} satisfies Operation;

const DescribeLogGroups = {
  authorize: (): Authorization[] => [{ action: 'logs:DescribeLogGroups', resource: '*' }],
  run(
    input: DescribeLogGroupsCommandInput,
    { world }: Ctx,
  ): Omit<DescribeLogGroupsCommandOutput, '$metadata'> {
    const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern } = input;
    if (prefix !== undefined && pattern !== undefined) {
      throw invalid(
        'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
      );
    }
    if (prefix !== undefined) checkGroupName(prefix);
    const all = Object.values(world.logs.groups).filter(
      ({ name }) => name.startsWith(prefix ?? '') && name.includes(pattern ?? ''),
    );
    const { items, next } = paginate(all, {
      marker: input.nextToken,
      size: checkLimit(input.limit, 50),
      keyOf: ({ name }) => name,
      onBadMarker: () => {
        throw invalid('The specified nextToken is invalid.');
      },
    });
    return { logGroups: items.map(shapeOf), ...(next === undefined ? {} : { nextToken: next }) };
  },
} satisfies Operation;

const ListTagsForResource = {
  authorize(input: ListTagsForResourceCommandInput, { world }: Ctx): Authorization[] {
    const resource = input.resourceArn ?? '*';
    const group = Object.values(world.logs.groups).find(({ arn }) => arn === resource);
    const context = resourceTagContext(group?.tags);
    return [{ action: 'logs:ListTagsForResource', resource, context }];
  },
  run(
    input: ListTagsForResourceCommandInput,
    { world }: Ctx,
  ): Omit<ListTagsForResourceCommandOutput, '$metadata'> {
    const arn = input.resourceArn ?? '';
    const [, name] = /^arn:[^:]+:logs:[^:]+:\d{12}:log-group:([^:]+)$/.exec(arn) ?? [];
    if (name === undefined)
      throw invalid(`The ARN '${arn}' is not one of a log group (without ':*')`);
    const group = groupOf(world, name);
    if (group.arn !== arn) throw noGroup();
    return { tags: { ...group.tags } };
  },
} satisfies Operation;

/** CloudWatch Logs: exactly the operations of the manifest. */
export const logs = {
  CreateLogGroup,
  DeleteLogGroup,
  DescribeLogGroups,
  GetLogEvents,
  ListTagsForResource,
  PutRetentionPolicy,
} satisfies ServiceTable<'logs'>;

/** The two ARN fields differ as AWS's do: `arn` ends in `:*`, `logGroupArn` does not. */
function shapeOf(group: LogGroup): LogGroupShape {
  return {
    logGroupName: group.name,
    creationTime: group.createdAt,
    ...(group.retentionDays === undefined ? {} : { retentionInDays: group.retentionDays }),
    metricFilterCount: 0,
    arn: `${group.arn}:*`,
    logGroupArn: group.arn,
    storedBytes: 0,
    logGroupClass: 'STANDARD',
  };
}
