import { previewTags, type Tags, tagKeys } from '../preview/tags.ts';
import type { Need } from './manifest.ts';
import { samplePreview } from './samples.ts';
import { type ConditionBlock, type ConditionKey, conditions, type Scope } from './scope.ts';

/** Condition keys and their values, as a request carries them. */
export type Context = Record<string, string | string[]>;

interface Asked {
  need: Need;
  /** Without wildcards. */
  resource: string;
  scope: Scope;
  /** The configuration's own. */
  tags: Tags;
}

/**
 * What AWS sends along with a request: that which the need's conditions ask for, and that which it
 * always sends and policies of others may test (IAM User Guide, "AWS global condition context keys").
 */
export function requestContext(asked: Asked): Context {
  const { need, scope } = asked;
  return {
    ...everywhere(asked),
    ...clusterOf(asked),
    ...resourceTags(asked),
    ...requestTags(asked),
    ...Object.assign({}, ...(need.when ?? []).map((key) => met(key, scope))),
  };
}

function everywhere({ need, resource, scope }: Asked): Context {
  const { account, callerArn } = scope;
  return {
    'aws:RequestedRegion': regionOf(need.action, scope),
    'aws:SecureTransport': 'true',
    'aws:ViaAWSService': 'false',
    'aws:PrincipalAccount': account,
    ...(callerArn === undefined ? {} : { 'aws:PrincipalArn': callerArn }),
    ...(resource.includes('::aws:') ? {} : { 'aws:ResourceAccount': account }),
  };
}

// Where each partition answers for services without a region (IAM User Guide, "aws:RequestedRegion").
const globalRegions: Record<string, { iam: string; route53: string }> = {
  aws: { iam: 'us-east-1', route53: 'us-east-1' },
  'aws-cn': { iam: 'cn-north-1', route53: 'cn-northwest-1' },
  'aws-us-gov': { iam: 'us-gov-west-1', route53: 'us-gov-west-1' },
};

function regionOf(action: string, { partition, region }: Scope): string {
  const service = action.split(':', 1)[0];
  const global = service === 'iam' || service === 'route53';
  // A role is passed within another service's call, where that call is made.
  if (!global || action === 'iam:PassRole') return region;
  return globalRegions[partition]?.[service] ?? region;
}

function clusterOf({ need: { action, on }, scope }: Asked): Context {
  const within =
    on.some((key) => key === 'service' || key === 'serviceDeployment' || key === 'task') ||
    action === 'ecs:RunTask' ||
    action === 'ecs:ListServices' ||
    action === 'ecs:ListTasks';
  return within ? { 'ecs:cluster': conditions.inCluster(scope).ArnEquals['ecs:cluster'] } : {};
}

const ofPreview = ['service', 'taskDefinition', 'targetGroup', 'listenerRule', 'logGroup'];
const taggable = [...ofPreview, 'logGroupBare', 'task', 'project', 'repository'];

/** The tags of what is there already. A request that makes something has none to show. */
function resourceTags({ need: { on, when = [] }, scope, tags }: Asked): Context {
  const exists = when.includes('ownsResource') || !when.includes('tagsApp');
  if (!exists || !on.every((key) => taggable.includes(key))) return {};
  return prefixed('aws:ResourceTag/', tagsOf(on, { scope, tags }));
}

/** The tags that are written: all of them by what makes something, a few by what tags it later. */
function requestTags({ need: { action, on, when = [] }, scope, tags }: Asked): Context {
  const written: Tags = when.includes('tagsApp')
    ? tagsOf(on, { scope, tags })
    : action === 'elasticloadbalancing:AddTags'
      ? { [tagKeys.claim]: samplePreview }
      : action === 'ecs:TagResource'
        ? { [tagKeys.commit]: '0'.repeat(40) }
        : {};
  const keys = Object.keys(written);
  if (keys.length === 0) return {};
  return { ...prefixed('aws:RequestTag/', written), 'aws:TagKeys': keys };
}

function tagsOf(on: Need['on'], { scope, tags }: Pick<Asked, 'scope' | 'tags'>): Tags {
  const all = previewTags(scope.app, samplePreview, tags);
  if (!on.some((key) => key === 'project' || key === 'repository')) return all;
  const { [tagKeys.preview]: _, ...shared } = all;
  return shared;
}

const prefixed = (prefix: string, tags: Tags): Context =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}${key}`, value]));

/** Values under which a condition holds: lists for the keys of many values. */
function met(key: ConditionKey, scope: Scope): Context {
  const block: ConditionBlock = conditions[key](scope);
  return Object.assign(
    {},
    ...Object.entries(block).map(([operator, keys]) =>
      Object.fromEntries(
        Object.entries(keys).map(([name, wanted]) => {
          const values = [wanted].flat().map((value) => value.replaceAll('*', samplePreview));
          return [name, operator.startsWith('For') ? values : (values[0] ?? '')];
        }),
      ),
    ),
  );
}
