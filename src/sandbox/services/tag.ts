import type {
  GetResourcesCommandInput,
  GetResourcesOutput,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { awsError } from '../errors.ts';
import { paginate } from '../paginate.ts';
import type { Ctx, Operation, ServiceTable, Tags, World } from '../types.ts';

interface Tagged {
  arn: string;
  tags?: Tags;
}

/**
 * What the tagging API knows of, by type. AWS's pages do not say for sure whether listener rules are
 * among them, so they are not: who relies on them here would be lost in AWS.
 */
function taggedResources({ ecs, elasticloadbalancing: elb, logs, ecr, codebuild }: World) {
  return {
    'codebuild:project': Object.values(codebuild.projects),
    'ecr:repository': Object.values(ecr.repositories),
    'ecs:cluster': Object.values(ecs.clusters),
    'ecs:service': Object.values(ecs.services),
    'ecs:task': Object.values(ecs.tasks),
    'ecs:task-definition': Object.values(ecs.taskDefinitions),
    'elasticloadbalancing:listener': Object.values(elb.listeners),
    'elasticloadbalancing:loadbalancer': Object.values(elb.loadBalancers),
    'elasticloadbalancing:targetgroup': Object.values(elb.targetGroups),
    'logs:log-group': Object.values(logs.groups),
  } satisfies Record<string, readonly Tagged[]>;
}

const invalid = (message: string) => awsError('InvalidParameterException', message);

const isOfType = (type: string, filters: readonly string[] | undefined) =>
  !filters?.length || filters.some((filter) => filter === type || type.startsWith(`${filter}:`));

type Filters = NonNullable<GetResourcesCommandInput['TagFilters']>;

const fits = (tags: Tags, filters: Filters) =>
  filters.every(({ Key = '', Values = [] }) => {
    const value = Object.hasOwn(tags, Key) ? tags[Key] : undefined;
    return value !== undefined && (Values.length === 0 || Values.includes(value));
  });

// GetResources, Resource Groups Tagging API reference.
const largestPage = 100;
const mostKeys = 50;
const mostValues = 20;

function checkInput({
  ResourcesPerPage: size,
  TagFilters = [],
  ...rest
}: GetResourcesCommandInput) {
  if (size !== undefined && (!Number.isInteger(size) || size < 1 || size > largestPage)) {
    throw invalid(`ResourcesPerPage must be a number from 1 to ${largestPage}.`);
  }
  if (TagFilters.length > mostKeys) throw invalid(`At most ${mostKeys} tag filters can be given.`);
  if (TagFilters.some(({ Values = [] }) => Values.length > mostValues)) {
    throw invalid(`A tag filter can have at most ${mostValues} values.`);
  }
  const known = ['ResourceTypeFilters', 'PaginationToken'];
  const unknown = Object.keys(rest).find((key) => !known.includes(key));
  if (unknown !== undefined) throw invalid(`${unknown} is not simulated.`);
}

const GetResources = {
  authorize: () => [{ action: 'tag:GetResources', resource: '*' }],
  run(input: GetResourcesCommandInput, { world }: Ctx): GetResourcesOutput {
    checkInput(input);
    const { ResourceTypeFilters, TagFilters = [] } = input;
    const found = Object.entries<readonly Tagged[]>(taggedResources(world))
      .filter(([type]) => isOfType(type, ResourceTypeFilters))
      .flatMap(([, records]) => records)
      .filter(({ tags = {} }) => Object.keys(tags).length > 0 && fits(tags, TagFilters));
    const { items, next } = paginate(found, {
      marker: input.PaginationToken || undefined,
      size: input.ResourcesPerPage ?? largestPage,
      keyOf: ({ arn }) => arn,
      onBadMarker: () => {
        throw awsError('PaginationTokenExpiredException', 'The pagination token has expired.');
      },
    });
    return {
      // Not absent but empty on the last page.
      PaginationToken: next ?? '',
      ResourceTagMappingList: items.map(({ arn, tags = {} }) => ({
        ResourceARN: arn,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      })),
    };
  },
} satisfies Operation;

/** The Resource Groups Tagging API: exactly the operations of the manifest. */
export const tag = { GetResources } satisfies ServiceTable<'tag'>;
