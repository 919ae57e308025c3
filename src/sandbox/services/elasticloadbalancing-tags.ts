import type {
  AddTagsCommandInput,
  DescribeTagsCommandInput,
  DescribeTagsOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { requestTagContext, resourceTagContext, tagsOf } from '../tags.ts';
import type { Authorization, Ctx, Operation, Tags, World } from '../types.ts';
import {
  anywhere,
  checkElbTags,
  elbError,
  listenerOf,
  required,
  ruleOf,
  targetGroupOf,
  validationError,
} from './elasticloadbalancing-common.ts';

// AddTags and DescribeTags, Elastic Load Balancing API reference.
const maxArns = 20;

export const AddTags = {
  authorize(input: AddTagsCommandInput, { world }: Ctx): Authorization[] {
    const context = requestTagContext(tagsOf(input.Tags));
    return (input.ResourceArns ?? []).map((resource) => ({
      action: 'elasticloadbalancing:AddTags',
      resource,
      context: { ...context, ...resourceTagContext(currentTags(world, resource)) },
    }));
  },
  run(input: AddTagsCommandInput, { world }: Ctx): object {
    const arns = checkArns(input.ResourceArns);
    const given = required(input.Tags, 'tags');
    if (new Set(given.map(({ Key }) => Key)).size < given.length) {
      throw elbError('DuplicateTagKeys', 'A tag key was given more than once');
    }
    const changes = tagsOf(given);
    const owners = arns.map((arn) => ownerOf(world, arn));
    for (const owner of owners) checkElbTags({ ...owner.tags, ...changes });
    for (const owner of owners) owner.tags = { ...owner.tags, ...changes };
    return {};
  },
} satisfies Operation;

export const DescribeTags = {
  authorize: anywhere('DescribeTags'),
  run(input: DescribeTagsCommandInput, { world }: Ctx): DescribeTagsOutput {
    const arns = checkArns(input.ResourceArns);
    return {
      TagDescriptions: arns.map((arn) => ({
        ResourceArn: arn,
        Tags: Object.entries(ownerOf(world, arn).tags ?? {}).map(([Key, Value]) => ({
          Key,
          Value,
        })),
      })),
    };
  },
} satisfies Operation;

function checkArns(arns: string[] | undefined): string[] {
  const given = required(arns, 'resourceArns');
  if (given.length === 0) throw validationError('At least one resource ARN must be given');
  if (given.length > maxArns) {
    throw validationError(`The maximum number of resource ARNs, ${maxArns}, is exceeded`);
  }
  return [...new Set(given)];
}

/** The record that has the tags of an ARN; one that is not there fails the whole call. */
function ownerOf(world: World, arn: string): { tags?: Tags } {
  const kind = arn.split(':')[5]?.split('/')[0];
  if (kind === 'targetgroup') return targetGroupOf(world, arn);
  if (kind === 'listener-rule') return ruleOf(world, arn);
  if (kind === 'listener') return listenerOf(world, arn);
  if (kind !== 'loadbalancer') throw validationError(`'${arn}' is not a valid resource ARN`);
  const balancer = world.elasticloadbalancing.loadBalancers[arn];
  if (!balancer) throw elbError('LoadBalancerNotFound', 'One or more load balancers not found');
  return balancer;
}

function currentTags(world: World, arn: string): Tags | undefined {
  const { targetGroups, rules, listeners, loadBalancers } = world.elasticloadbalancing;
  return (targetGroups[arn] ?? rules[arn] ?? listeners[arn] ?? loadBalancers[arn])?.tags;
}
