import { type ResourceKey, resources, type Scope } from './scope.ts';

/** The preview that stands for all. */
export const samplePreview = 'pr-1';
const id16 = '0123456789abcdef';
const id32 = id16 + id16;

/** Each `*` of the ARNs in turn becomes the next part; the last one serves the rest. */
function fill(key: ResourceKey, ...parts: string[]): (scope: Scope) => string[] {
  return (scope) =>
    resources[key](scope).map((arn) => {
      let next = 0;
      return arn.replaceAll('*', () => parts[Math.min(next++, parts.length - 1)] ?? '');
    });
}

const asWritten = (key: ResourceKey) => (scope: Scope) => [...resources[key](scope)];

/**
 * ARNs of each resource as AWS would name them, ids made up. They have the shape that AWS gives
 * them, because policies of others match on it.
 */
export const samples = {
  any: () => ['*'],
  service: fill('service', samplePreview),
  taskDefinition: fill('taskDefinition', samplePreview, '1'),
  serviceDeployment: fill('serviceDeployment', samplePreview, 'Kq3vB7xZs1_mP0cWt2LnAe'),
  task: fill('task', id32),
  targetGroup: fill('targetGroup', samplePreview, id16),
  listener: asWritten('listener'),
  listenerRule: fill('listenerRule', id16),
  // The ARN of a log group ends with `:*` in the API itself (Logs API Reference, LogGroup).
  logGroup: (scope) => fill('logGroupBare', samplePreview)(scope).map((arn) => `${arn}:*`),
  logGroupBare: fill('logGroupBare', samplePreview),
  buildLogGroup: fill('buildLogGroup', `log-stream:${id16}`),
  project: fill('project', samplePreview),
  repository: fill('repository', samplePreview),
  buildRole: asWritten('buildRole'),
  taskRoles: asWritten('taskRoles'),
  hostedZone: fill('hostedZone', 'Z0123456789ABCDEFGHIJ'),
  dnsChange: fill('dnsChange', 'C0123456789ABCDEFGHIJ'),
  cluster: asWritten('cluster'),
  principals: fill('principals', 'previews'),
  roles: fill('roles', 'previews'),
  users: fill('users', 'previews'),
  groups: fill('groups', 'previews'),
  managedPolicies: fill('managedPolicies', 'previews'),
  certificates: fill('certificates', '01234567-89ab-cdef-0123-456789abcdef'),
  vcpuQuotas: fill('vcpuQuotas', 'L-3032A538'),
  buildQuota: asWritten('buildQuota'),
  stack: fill('stack', '01234567-89ab-cdef-0123-456789abcdef'),
  containerInstance: (scope) =>
    fill('task', id32)(scope).map((arn) => arn.replace(':task/', ':container-instance/')),
} as const satisfies Record<ResourceKey | 'containerInstance', (scope: Scope) => string[]>;
