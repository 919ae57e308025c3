/** A resource type's ARN after the account, with `<...>` for what varies (Service Authorization Reference). */
const templates: Record<string, string> = {
  'acm:certificate': 'certificate/<CertificateId>',
  'cloudformation:stack': 'stack/<StackName>/<Id>',
  'cloudwatch:dataset': 'dataset/<DatasetId>',
  'codebuild:project': 'project/<ProjectName>',
  'codeconnections:connection': 'connection/<ConnectionId>',
  'codestar-connections:connection': 'connection/<ConnectionId>',
  'ecr:repository': 'repository/<RepositoryName>',
  'ecs:cluster': 'cluster/<ClusterName>',
  'ecs:container-instance': 'container-instance/<ClusterName>/<ContainerInstanceId>',
  'ecs:service': 'service/<ClusterName>/<ServiceName>',
  'ecs:service-deployment': 'service-deployment/<ClusterName>/<ServiceName>/<ServiceDeploymentId>',
  'ecs:task': 'task/<ClusterName>/<TaskId>',
  'ecs:task-definition':
    'task-definition/<TaskDefinitionFamilyName>:<TaskDefinitionRevisionNumber>',
  'elasticloadbalancing:listener': 'listener/app/<LoadBalancerName>/<LoadBalancerId>/<ListenerId>',
  'elasticloadbalancing:listener-rule':
    'listener-rule/app/<LoadBalancerName>/<LoadBalancerId>/<ListenerId>/<ListenerRuleId>',
  'elasticloadbalancing:loadbalancer': 'loadbalancer/<LoadBalancerName>',
  'elasticloadbalancing:targetgroup': 'targetgroup/<TargetGroupName>/<TargetGroupId>',
  'iam:group': 'group/<GroupNameWithPath>',
  'iam:policy': 'policy/<PolicyNameWithPath>',
  'iam:role': 'role/<RoleNameWithPath>',
  'iam:user': 'user/<UserNameWithPath>',
  'kms:key': 'key/<KeyId>',
  'logs:log-group': 'log-group:<LogGroupName>',
  'logs:log-stream': 'log-group:<LogGroupName>:log-stream:<LogStreamName>',
  'route53:change': 'change/<Id>',
  'route53:hostedzone': 'hostedzone/<Id>',
  'secretsmanager:secret': 'secret:<SecretId>',
  'servicequotas:quota': '<ServiceCode>/<QuotaCode>',
  'ssm:parameter': 'parameter/<ParameterNameWithoutLeadingSlash>',
};

/** The types on which AWS judges the actions that previews have to do with; none is `*` alone. */
const judgedOn: readonly [service: string, types: string, actions: string][] = [
  ['acm', 'certificate', 'DescribeCertificate'],
  [
    'cloudformation',
    'stack',
    'CreateChangeSet DeleteChangeSet DescribeChangeSet DescribeStackEvents DescribeStacks ExecuteChangeSet ListStackResources',
  ],
  ['cloudwatch', 'dataset', 'GetMetricData'],
  ['codebuild', '', 'ListSourceCredentials'],
  [
    'codebuild',
    'project',
    'BatchGetBuilds BatchGetProjects CreateProject ListBuildsForProject StartBuild StopBuild UpdateProject',
  ],
  ['codeconnections', 'connection', 'GetConnection GetConnectionToken UseConnection'],
  ['codestar-connections', 'connection', 'GetConnection GetConnectionToken UseConnection'],
  ['ec2', '', 'DescribeRouteTables DescribeSecurityGroups DescribeSubnets DescribeVpcEndpoints'],
  ['ecr', '', 'GetAuthorizationToken'],
  [
    'ecr',
    'repository',
    'BatchCheckLayerAvailability BatchDeleteImage BatchGetImage CompleteLayerUpload CreateRepository DescribeImages DescribeRepositories GetDownloadUrlForLayer GetLifecyclePolicy InitiateLayerUpload ListImages ListTagsForResource PutImage PutLifecyclePolicy TagResource UploadLayerPart',
  ],
  [
    'ecs',
    '',
    'DeregisterTaskDefinition DescribeTaskDefinition ListClusters ListServices ListTaskDefinitionFamilies ListTaskDefinitions',
  ],
  ['ecs', 'cluster', 'DescribeClusters'],
  ['ecs', 'container-instance', 'ListTasks'],
  ['ecs', 'service', 'CreateService DeleteService DescribeServices UpdateService'],
  ['ecs', 'service service-deployment', 'DescribeServiceDeployments StopServiceDeployment'],
  ['ecs', 'task', 'DescribeTasks StopTask'],
  ['ecs', 'task-definition', 'DeleteTaskDefinitions RegisterTaskDefinition RunTask'],
  [
    'ecs',
    'cluster container-instance service task task-definition',
    'ListTagsForResource TagResource',
  ],
  [
    'elasticloadbalancing',
    '',
    'DescribeAccountLimits DescribeListenerCertificates DescribeListeners DescribeLoadBalancers DescribeRules DescribeTags DescribeTargetGroupAttributes DescribeTargetGroups DescribeTargetHealth',
  ],
  ['elasticloadbalancing', 'listener', 'CreateRule'],
  ['elasticloadbalancing', 'listener-rule', 'DeleteRule ModifyRule'],
  // The reference names the load balancer alone, of the classic kind; groups and rules are tagged all the same.
  ['elasticloadbalancing', 'loadbalancer targetgroup listener listener-rule', 'AddTags'],
  [
    'elasticloadbalancing',
    'targetgroup',
    'CreateTargetGroup DeleteTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes',
  ],
  ['iam', '', 'ListOpenIDConnectProviders ListRoles'],
  ['iam', 'group', 'GetGroupPolicy ListAttachedGroupPolicies ListGroupPolicies'],
  ['iam', 'policy', 'GetPolicy GetPolicyVersion'],
  ['iam', 'role', 'GetRole GetRolePolicy ListAttachedRolePolicies ListRolePolicies PassRole'],
  [
    'iam',
    'user',
    'GetUser GetUserPolicy ListAttachedUserPolicies ListGroupsForUser ListUserPolicies',
  ],
  ['iam', 'group role user', 'SimulatePrincipalPolicy'],
  ['kms', 'key', 'Decrypt'],
  ['logs', '', 'DescribeLogGroups'],
  [
    'logs',
    'log-group',
    'CreateLogGroup DeleteLogGroup ListTagsForResource PutRetentionPolicy TagResource',
  ],
  ['logs', 'log-stream', 'CreateLogStream GetLogEvents PutLogEvents'],
  ['route53', '', 'ListHostedZones'],
  ['route53', 'change', 'GetChange'],
  ['route53', 'hostedzone', 'ChangeResourceRecordSets GetHostedZone ListResourceRecordSets'],
  ['secretsmanager', 'secret', 'GetSecretValue'],
  ['servicequotas', 'quota', 'GetServiceQuota'],
  ['ssm', 'parameter', 'GetParameter GetParameters'],
  ['sts', '', 'GetCallerIdentity'],
  ['tag', '', 'GetResources'],
];

/** An ARN of a resource type, and what recognises it. */
export interface ResourceType {
  name: string;
  /** As the simulator shows it: `arn:${Partition}:ecs:${Region}:${Account}:cluster/${ClusterName}`. */
  template: string;
  matches(arn: string): boolean;
}

const types = new Map(
  Object.entries(templates).map(([name, rest]) => [name, resourceType(name, rest)]),
);
const actions = new Map(
  judgedOn.flatMap(([service, names, all]) => {
    const on = names.split(' ').flatMap((name) => types.get(`${service}:${name}`) ?? []);
    return all.split(' ').map((action) => [`${service}:${action}`.toLowerCase(), on] as const);
  }),
);

/** The resource types of an action, an empty list when it has none; `undefined` for one not known here. */
export const resourceTypesOf = (action: string): readonly ResourceType[] | undefined =>
  actions.get(action.toLowerCase());

/** Every action that the simulator knows, lower case. */
export const knownActions: readonly string[] = [...actions.keys()];

function resourceType(name: string, rest: string): ResourceType {
  const [service = ''] = name.split(':');
  const variable = (word: string) => `\${${word}}`;
  const region = ['iam', 'route53'].includes(service) ? '' : variable('Region');
  const account = service === 'route53' ? '' : variable('Account');
  const shown = rest.replace(/<(\w+)>/g, (_, word: string) => variable(word));
  // A stream's ARN may be given as its group's with `:*`, as policies have it.
  const form = name === 'logs:log-stream' ? 'log-group:<LogGroupName>' : rest;
  const pattern = new RegExp(`^arn:[^:]+:${service}:[^:]*:[^:]*:${form.replace(/<\w+>/g, '.+')}$`);
  return {
    name,
    template: `arn:${variable('Partition')}:${service}:${region}:${account}:${shown}`,
    matches: (arn) => pattern.test(arn),
  };
}
