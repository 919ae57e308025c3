import type { ConditionKey, ResourceKey } from './scope.ts';
import type { CallingCommand } from './words.ts';

export { type CallingCommand, callingCommands } from './words.ts';

/** One IAM permission that a call needs: an action on resources, under conditions. */
export interface Need {
  action: string;
  on: readonly ResourceKey[];
  /** Conditions that must all hold; AWS supports each of them for this action. */
  when?: readonly ConditionKey[];
  /** Which of the call's commands need it; all when absent. */
  commands?: readonly CallingCommand[];
}

export interface ManifestEntry {
  /** Whether the call changes anything in AWS. A lost answer of such a call is never blindly repeated. */
  write: boolean;
  /** First the call's own action, then its hidden companions; none for a call that AWS lets everybody make. */
  needs: readonly Need[];
  /** The commands that make this call. */
  commands: readonly CallingCommand[];
  /** Needed only with this feature of the config. */
  only?: 'dns' | 'build' | 'hooks';
  /** Further commands that make it, where the config has hooks. */
  withHooks?: readonly CallingCommand[];
  /** Further commands that make it, where the config says when a preview is idle. */
  withIdle?: readonly CallingCommand[];
  why: string;
}

const deploy = ['deploy'] as const;
const destroy = ['destroy', 'prune'] as const;
const change = [...deploy, ...destroy] as const;
/** Whatever looks for all that there is. */
const audit = ['list', 'prune', 'doctor'] as const;
const doctor = ['doctor'] as const;
const init = ['init'] as const;
/** Whatever reads the account itself, before or after there is a configuration. */
const survey = ['doctor', 'init'] as const;
/** Whatever looks at a preview, or at all of them. */
const look = [...deploy, 'destroy', ...audit, 'status'] as const;
/** Whatever scales a preview, beside a deploy; `prune --idle` stops. */
const scale = ['stop', 'start'] as const;
const idle = ['prune'] as const;
/** Whatever follows a container. */
const follow = ['deploy', 'status', 'logs', 'run', 'start'] as const;

const read = (
  action: string,
  on: readonly ResourceKey[],
  commands: readonly CallingCommand[],
  why: string,
  when?: readonly ConditionKey[],
) => ({ write: false, needs: [{ action, on, ...(when ? { when } : {}) }] as const, commands, why });

const write = (
  commands: readonly CallingCommand[],
  why: string,
  ...needs: readonly [Need, ...Need[]]
) => ({ write: true, needs, commands, why });

/**
 * Every AWS call that any command makes, with the IAM permissions it needs. A call that is not in
 * this table does not compile. Sources: the Service Authorization Reference for actions, resources
 * and condition keys; the ECS and ELB guides on tagging at creation for the hidden companions.
 */
export const manifest = {
  'sts:GetCallerIdentity': {
    write: false,
    needs: [], // STS answers it to everybody (STS API Reference, GetCallerIdentity)
    commands: ['validate', ...survey],
    why: 'To say who the credentials belong to.',
  },

  'ecs:ListServices': read(
    'ecs:ListServices',
    ['any'],
    [...audit, 'validate'],
    'To find the previews of the cluster.',
    ['inCluster'],
  ),
  'ecs:DescribeServices': {
    write: false,
    needs: [
      { action: 'ecs:DescribeServices', on: ['service'] },
      // Not in the reference, but accounts were refused the tags without it.
      { action: 'ecs:ListTagsForResource', on: ['service'] },
    ],
    commands: [...look, 'keep', ...scale, 'logs', 'run'],
    why: 'To see a preview, and to follow its rollout.',
  },
  'ecs:CreateService': write(
    deploy,
    'To run the preview.',
    { action: 'ecs:CreateService', on: ['service'], when: ['tagsApp'] },
    { action: 'ecs:TagResource', on: ['service'], when: ['whileCreatingService', 'tagsApp'] },
  ),
  'ecs:UpdateService': {
    ...write(
      [...deploy, ...scale],
      'To roll out a new revision, or a changed setting such as the number of tasks.',
      { action: 'ecs:UpdateService', on: ['service'], when: ['ownsResource'] },
    ),
    withIdle: idle,
  },
  'ecs:DeleteService': write(destroy, 'To stop and remove the preview.', {
    action: 'ecs:DeleteService',
    on: ['service'],
    when: ['ownsResource'],
  }),
  'ecs:DescribeServiceDeployments': read(
    'ecs:DescribeServiceDeployments',
    ['service', 'serviceDeployment'],
    [...deploy, 'start'],
    'To know how the rollout of this deploy ends, whatever the service does after it.',
  ),
  'ecs:StopServiceDeployment': write(
    deploy,
    'To stop the rollout when the deploy is interrupted or superseded.',
    { action: 'ecs:StopServiceDeployment', on: ['service'], when: ['ownsResource'] },
    // ECS asks for both; a service deployment has no tags of its own.
    { action: 'ecs:StopServiceDeployment', on: ['serviceDeployment'] },
  ),
  'ecs:TagResource': {
    ...write(
      [...deploy, 'keep', ...scale],
      'To note the commit that the service runs, how long it stays, and that it is stopped.',
      { action: 'ecs:TagResource', on: ['service'], when: ['ownsResource'] },
    ),
    withIdle: idle,
  },
  'ecs:RegisterTaskDefinition': write(
    deploy,
    'To describe the containers of a revision.',
    { action: 'ecs:RegisterTaskDefinition', on: ['taskDefinition'], when: ['tagsApp'] },
    {
      action: 'ecs:TagResource',
      on: ['taskDefinition'],
      when: ['whileRegistering', 'tagsApp'],
    },
    { action: 'iam:PassRole', on: ['taskRoles'], when: ['passedToTasks'] },
  ),
  'ecs:DescribeTaskDefinition': read(
    'ecs:DescribeTaskDefinition',
    ['any'],
    [...change, 'list', 'doctor', 'status'],
    'To see whether the revision differs from what is asked for, and whose one is that is left over.',
  ),
  'ecs:ListTaskDefinitions': read(
    'ecs:ListTaskDefinitions',
    ['any'],
    ['destroy', ...audit],
    'To find the revisions to remove.',
  ),
  'ecs:ListTaskDefinitionFamilies': read(
    'ecs:ListTaskDefinitionFamilies',
    ['any'],
    audit,
    'To find revisions that are left of a preview.',
  ),
  'ecs:DeregisterTaskDefinition': write(destroy, 'To remove a revision (first half).', {
    action: 'ecs:DeregisterTaskDefinition',
    on: ['any'],
  }),
  'ecs:DeleteTaskDefinitions': write(destroy, 'To remove a revision (second half).', {
    action: 'ecs:DeleteTaskDefinitions',
    on: ['taskDefinition'],
    when: ['ownsResource'],
  }),
  'ecs:ListTasks': {
    ...read(
      'ecs:ListTasks',
      ['any'],
      ['deploy', 'status', 'logs', 'start'],
      'To find the tasks that run, and those that stopped when a rollout fails.',
      ['inCluster'],
    ),
    withHooks: destroy,
  },
  'ecs:DescribeTasks': {
    ...read(
      'ecs:DescribeTasks',
      ['task'],
      follow,
      'To say why a task stopped, and how a hook ended.',
    ),
    withHooks: destroy,
  },
  'ecs:RunTask': {
    ...write(
      [...change, 'run'],
      "To run a hook, or a command by hand, in the app's image.",
      { action: 'ecs:RunTask', on: ['taskDefinition'], when: ['inCluster', 'ownsResource'] },
      { action: 'ecs:TagResource', on: ['task'], when: ['whileRunningTask', 'tagsApp'] },
      { action: 'iam:PassRole', on: ['taskRoles'], when: ['passedToTasks'] },
    ),
    only: 'hooks',
  },
  'ecs:StopTask': {
    ...write(
      [...change, 'run'],
      'To stop a hook when time is over, on Ctrl-C, and when its preview is destroyed.',
      {
        action: 'ecs:StopTask',
        on: ['task'],
        when: ['ownsResource'],
      },
    ),
    only: 'hooks',
  },

  'elasticloadbalancing:DescribeLoadBalancers': read(
    'elasticloadbalancing:DescribeLoadBalancers',
    ['any'],
    [...change, 'list', 'status', ...survey],
    "To point the preview's DNS record at the load balancer.",
  ),
  'elasticloadbalancing:DescribeRules': read(
    'elasticloadbalancing:DescribeRules',
    ['any'],
    [...look, ...scale],
    "To find the preview's rule by its host, and the free priorities.",
  ),
  'elasticloadbalancing:DescribeTargetGroups': read(
    'elasticloadbalancing:DescribeTargetGroups',
    ['any'],
    [...look, ...scale],
    "To find the preview's target group.",
  ),
  'elasticloadbalancing:DescribeTargetGroupAttributes': read(
    'elasticloadbalancing:DescribeTargetGroupAttributes',
    ['any'],
    deploy,
    'To see whether the deregistration delay is as short as it should be.',
  ),
  'elasticloadbalancing:DescribeTags': read(
    'elasticloadbalancing:DescribeTags',
    ['any'],
    [...look, ...scale],
    'To know which rules and target groups are ours, and which deploy is the newest.',
  ),
  'elasticloadbalancing:DescribeTargetHealth': read(
    'elasticloadbalancing:DescribeTargetHealth',
    ['any'],
    ['deploy', 'status', 'start'],
    'To know that the new tasks answer.',
  ),
  'elasticloadbalancing:CreateTargetGroup': write(
    deploy,
    'To give the preview a target group.',
    { action: 'elasticloadbalancing:CreateTargetGroup', on: ['targetGroup'], when: ['tagsApp'] },
    {
      action: 'elasticloadbalancing:AddTags',
      on: ['targetGroup'],
      when: ['whileCreatingTargetGroup', 'tagsApp'],
    },
  ),
  'elasticloadbalancing:ModifyTargetGroup': write(deploy, 'To change the health check.', {
    action: 'elasticloadbalancing:ModifyTargetGroup',
    on: ['targetGroup'],
    when: ['ownsResource'],
  }),
  'elasticloadbalancing:ModifyTargetGroupAttributes': write(
    deploy,
    'To shorten the deregistration delay from 300 s.',
    {
      action: 'elasticloadbalancing:ModifyTargetGroupAttributes',
      on: ['targetGroup'],
      when: ['ownsResource'],
    },
  ),
  'elasticloadbalancing:DeleteTargetGroup': write(destroy, 'To remove the target group.', {
    action: 'elasticloadbalancing:DeleteTargetGroup',
    on: ['targetGroup'],
    when: ['ownsResource'],
  }),
  'elasticloadbalancing:CreateRule': write(
    [...deploy, 'start'],
    "To route the preview's host to it, and to have tasks checked before they are shown.",
    { action: 'elasticloadbalancing:CreateRule', on: ['listener'], when: ['tagsApp'] },
    {
      action: 'elasticloadbalancing:AddTags',
      on: ['listenerRule'],
      when: ['whileCreatingRule', 'tagsApp'],
    },
  ),
  'elasticloadbalancing:ModifyRule': {
    ...write(
      [...deploy, ...scale],
      'To repair or change the route on a rerun, and to show a page while it is stopped.',
      { action: 'elasticloadbalancing:ModifyRule', on: ['listenerRule'], when: ['ownsResource'] },
    ),
    withIdle: idle,
  },
  'elasticloadbalancing:DeleteRule': write([...change, 'start'], 'To remove the route.', {
    action: 'elasticloadbalancing:DeleteRule',
    on: ['listenerRule'],
    when: ['ownsResource'],
  }),
  'elasticloadbalancing:AddTags': write(
    [...change, ...scale],
    'To write the claim of the newest run.',
    {
      action: 'elasticloadbalancing:AddTags',
      on: ['targetGroup'],
      when: ['ownsResource'],
    },
  ),

  'tag:GetResources': read(
    'tag:GetResources',
    ['any'],
    audit,
    'To find by their tags what belongs to previews, wherever in the region it is.',
  ),

  'cloudwatch:GetMetricData': {
    ...read(
      'cloudwatch:GetMetricData',
      ['any'],
      [...deploy, ...doctor],
      'To see how many vCPU are in use before a new preview is made, and which previews got no request for a while.',
    ),
    withIdle: idle,
  },

  'logs:DescribeLogGroups': read(
    'logs:DescribeLogGroups',
    ['any'],
    look,
    'To see whether the log group exists, and its retention.',
  ),
  'logs:ListTagsForResource': read(
    'logs:ListTagsForResource',
    ['logGroupBare'],
    look,
    'To know whether the log group is ours.',
  ),
  'logs:CreateLogGroup': write(
    deploy,
    'To have a log group before the first task starts; without it the task dies.',
    { action: 'logs:CreateLogGroup', on: ['logGroup'], when: ['tagsApp'] },
    { action: 'logs:TagResource', on: ['logGroupBare'], when: ['tagsApp'] },
  ),
  'logs:PutRetentionPolicy': write(deploy, 'To let old log lines expire.', {
    action: 'logs:PutRetentionPolicy',
    on: ['logGroup'],
    when: ['ownsResource'],
  }),
  'logs:DeleteLogGroup': write(destroy, 'To remove the log group.', {
    action: 'logs:DeleteLogGroup',
    on: ['logGroup'],
    when: ['ownsResource'],
  }),
  'logs:GetLogEvents': {
    ...read(
      'logs:GetLogEvents',
      ['logGroup', 'buildLogGroup'],
      follow,
      'To show what builds, hooks and containers write.',
    ),
    withHooks: destroy,
  },

  'ecr:DescribeRepositories': read(
    'ecr:DescribeRepositories',
    ['repository'],
    deploy,
    "To see whether the app's repository exists.",
  ),
  'ecr:ListTagsForResource': read(
    'ecr:ListTagsForResource',
    ['repository'],
    [...change, 'list', 'doctor'],
    'To know whether the repository is ours.',
  ),
  'ecr:GetLifecyclePolicy': read(
    'ecr:GetLifecyclePolicy',
    ['repository'],
    [...deploy, 'doctor'],
    'To see whether old images expire.',
  ),
  'ecr:DescribeImages': read(
    'ecr:DescribeImages',
    ['repository'],
    deploy,
    'To find the image of this commit, and its digest.',
  ),
  'ecr:ListImages': read(
    'ecr:ListImages',
    ['repository'],
    ['destroy', ...audit],
    'To find the images of the preview.',
  ),
  'ecr:CreateRepository': {
    ...write(
      deploy,
      'To have a place for the images.',
      { action: 'ecr:CreateRepository', on: ['repository'], when: ['tagsApp'] },
      { action: 'ecr:TagResource', on: ['repository'], when: ['tagsApp'] },
    ),
    only: 'build',
  },
  'ecr:PutLifecyclePolicy': {
    ...write(deploy, 'To let old images expire.', {
      action: 'ecr:PutLifecyclePolicy',
      on: ['repository'],
      when: ['ownsResource'],
    }),
    only: 'build',
  },
  'ecr:BatchDeleteImage': write(destroy, "To remove the preview's images.", {
    action: 'ecr:BatchDeleteImage',
    on: ['repository'],
    when: ['ownsResource'],
  }),

  'codebuild:BatchGetProjects': {
    ...read(
      'codebuild:BatchGetProjects',
      ['project'],
      deploy,
      "To see whether the app's build project exists.",
    ),
    only: 'build',
  },
  'codebuild:BatchGetBuilds': {
    ...read('codebuild:BatchGetBuilds', ['project'], ['deploy', 'logs'], 'To follow the build.'),
    only: 'build',
  },
  'codebuild:ListBuildsForProject': {
    ...read(
      'codebuild:ListBuildsForProject',
      ['project'],
      ['logs'],
      "To find a preview's last build.",
    ),
    only: 'build',
  },
  'codebuild:CreateProject': {
    ...write(
      deploy,
      'To have a build project.',
      { action: 'codebuild:CreateProject', on: ['project'], when: ['tagsApp'] },
      { action: 'iam:PassRole', on: ['buildRole'], when: ['passedToBuild'] },
    ),
    only: 'build',
  },
  'codebuild:UpdateProject': {
    ...write(
      deploy,
      'To bring the build project up to date.',
      { action: 'codebuild:UpdateProject', on: ['project'], when: ['ownsResource', 'tagsApp'] },
      { action: 'iam:PassRole', on: ['buildRole'], when: ['passedToBuild'] },
    ),
    only: 'build',
  },
  'codebuild:StartBuild': {
    ...write(deploy, 'To build the image.', {
      action: 'codebuild:StartBuild',
      on: ['project'],
      when: ['ownsResource'],
    }),
    only: 'build',
  },
  'codebuild:StopBuild': {
    ...write(deploy, 'To stop the build when the deploy is interrupted or superseded.', {
      action: 'codebuild:StopBuild',
      on: ['project'],
      when: ['ownsResource'],
    }),
    only: 'build',
  },

  'route53:ListResourceRecordSets': {
    ...read(
      'route53:ListResourceRecordSets',
      ['hostedZone'],
      [...change, 'list', 'status', 'doctor'],
      "To see the preview's DNS record.",
    ),
    only: 'dns',
  },
  'route53:ChangeResourceRecordSets': {
    ...write(change, "To write or remove the preview's DNS record.", {
      action: 'route53:ChangeResourceRecordSets',
      on: ['hostedZone'],
      when: ['ownRecords'],
    }),
    only: 'dns',
  },
  'route53:GetChange': {
    ...read('route53:GetChange', ['dnsChange'], deploy, 'To know that the DNS record is live.'),
    only: 'dns',
  },

  'iam:ListRoles': read(
    'iam:ListRoles',
    ['any'],
    init,
    'To offer the roles that ECS tasks and CodeBuild can take on.',
  ),
  'iam:GetRole': read(
    'iam:GetRole',
    ['roles'],
    doctor,
    'To see whom a role trusts, and the real ARN of an assumed one.',
  ),
  'iam:GetUser': read('iam:GetUser', ['users'], doctor, "To see a user's boundary."),
  'iam:SimulatePrincipalPolicy': read(
    'iam:SimulatePrincipalPolicy',
    ['principals'],
    doctor,
    'To ask IAM what the caller and the roles may do.',
  ),
  'iam:ListAttachedRolePolicies': read(
    'iam:ListAttachedRolePolicies',
    ['roles'],
    doctor,
    "To read a role's policies when IAM may not be asked.",
  ),
  'iam:ListRolePolicies': read(
    'iam:ListRolePolicies',
    ['roles'],
    doctor,
    "To read a role's policies when IAM may not be asked.",
  ),
  'iam:GetRolePolicy': read(
    'iam:GetRolePolicy',
    ['roles'],
    doctor,
    "To read a role's policies when IAM may not be asked.",
  ),
  'iam:ListAttachedUserPolicies': read(
    'iam:ListAttachedUserPolicies',
    ['users'],
    doctor,
    "To read a user's policies when IAM may not be asked.",
  ),
  'iam:ListUserPolicies': read(
    'iam:ListUserPolicies',
    ['users'],
    doctor,
    "To read a user's policies when IAM may not be asked.",
  ),
  'iam:GetUserPolicy': read(
    'iam:GetUserPolicy',
    ['users'],
    doctor,
    "To read a user's policies when IAM may not be asked.",
  ),
  'iam:ListGroupsForUser': read(
    'iam:ListGroupsForUser',
    ['users'],
    doctor,
    'To find the groups whose policies a user has.',
  ),
  'iam:ListAttachedGroupPolicies': read(
    'iam:ListAttachedGroupPolicies',
    ['groups'],
    doctor,
    "To read the policies of a user's groups.",
  ),
  'iam:ListGroupPolicies': read(
    'iam:ListGroupPolicies',
    ['groups'],
    doctor,
    "To read the policies of a user's groups.",
  ),
  'iam:GetGroupPolicy': read(
    'iam:GetGroupPolicy',
    ['groups'],
    doctor,
    "To read the policies of a user's groups.",
  ),
  'iam:GetPolicy': read(
    'iam:GetPolicy',
    ['managedPolicies'],
    doctor,
    'To read a managed policy when IAM may not be asked.',
  ),
  'iam:GetPolicyVersion': read(
    'iam:GetPolicyVersion',
    ['managedPolicies'],
    doctor,
    'To read a managed policy when IAM may not be asked.',
  ),
  'ec2:DescribeSubnets': read(
    'ec2:DescribeSubnets',
    ['any'],
    [...deploy, ...survey],
    'To see the VPC, the zone and the free addresses of the subnets.',
  ),
  'ec2:DescribeSecurityGroups': read(
    'ec2:DescribeSecurityGroups',
    ['any'],
    survey,
    'To see whether the load balancer reaches the container.',
  ),
  'ec2:DescribeRouteTables': read(
    'ec2:DescribeRouteTables',
    ['any'],
    survey,
    'To see whether tasks have a way out to ECR and Logs.',
  ),
  'ec2:DescribeVpcEndpoints': read(
    'ec2:DescribeVpcEndpoints',
    ['any'],
    survey,
    'To see whether endpoints stand in for a way out.',
  ),
  'acm:DescribeCertificate': read(
    'acm:DescribeCertificate',
    ['certificates'],
    survey,
    'To see which names a certificate covers, and for how long.',
  ),
  'servicequotas:GetServiceQuota': {
    write: false,
    needs: [
      { action: 'servicequotas:GetServiceQuota', on: ['vcpuQuotas'] },
      { action: 'servicequotas:GetServiceQuota', on: ['buildQuota'], commands: doctor },
    ],
    commands: [...deploy, ...doctor],
    why: 'To see how many vCPU and builds the account may have.',
  },
  'ecs:DescribeClusters': read(
    'ecs:DescribeClusters',
    ['cluster'],
    survey,
    'To see that the cluster is active and has Fargate.',
  ),
  'ecs:ListClusters': read(
    'ecs:ListClusters',
    ['any'],
    init,
    'To offer the clusters to choose from.',
  ),
  'elasticloadbalancing:DescribeListeners': read(
    'elasticloadbalancing:DescribeListeners',
    ['any'],
    [...survey, 'list', 'prune'],
    'To see that the listener speaks HTTPS on 443, and to find rules of previews on others.',
  ),
  'elasticloadbalancing:DescribeListenerCertificates': read(
    'elasticloadbalancing:DescribeListenerCertificates',
    ['any'],
    survey,
    'To find all certificates of the listener.',
  ),
  'elasticloadbalancing:DescribeAccountLimits': read(
    'elasticloadbalancing:DescribeAccountLimits',
    ['any'],
    doctor,
    'To see how many rules and target groups are left.',
  ),
  'codebuild:ListSourceCredentials': read(
    'codebuild:ListSourceCredentials',
    ['any'],
    doctor,
    'To see whether CodeBuild can read a private repository.',
  ),
  'route53:ListHostedZones': read(
    'route53:ListHostedZones',
    ['any'],
    init,
    'To find the zone that records of previews can go to.',
  ),
  'route53:GetHostedZone': {
    ...read(
      'route53:GetHostedZone',
      ['hostedZone'],
      doctor,
      'To see that the zone is that of the base domain.',
    ),
    only: 'dns',
  },

  'iam:ListOpenIDConnectProviders': read(
    'iam:ListOpenIDConnectProviders',
    ['any'],
    init,
    'To see whether the account trusts the CI already: it can have one provider for it only.',
  ),
  'cloudformation:DescribeStacks': read(
    'cloudformation:DescribeStacks',
    ['stack'],
    init,
    'To see whether the stack exists, how it stands, and what it made.',
  ),
  'cloudformation:ListStackResources': read(
    'cloudformation:ListStackResources',
    ['stack'],
    init,
    'To tell what the stack made from what others did.',
  ),
  'cloudformation:DescribeStackEvents': read(
    'cloudformation:DescribeStackEvents',
    ['stack'],
    init,
    'To follow the stack, and to say why it failed.',
  ),
  'cloudformation:CreateChangeSet': write(init, 'To have AWS say what the template would change.', {
    action: 'cloudformation:CreateChangeSet',
    on: ['stack'],
  }),
  'cloudformation:DescribeChangeSet': read(
    'cloudformation:DescribeChangeSet',
    ['stack'],
    init,
    'To show what the template would change, before it does.',
  ),
  'cloudformation:ExecuteChangeSet': write(
    init,
    'To make what the template lists; CloudFormation does that with the rights of the caller, which must cover it.',
    { action: 'cloudformation:ExecuteChangeSet', on: ['stack'] },
  ),
  'cloudformation:DeleteChangeSet': write(init, 'To leave no change set that nobody agreed to.', {
    action: 'cloudformation:DeleteChangeSet',
    on: ['stack'],
  }),
} as const satisfies Record<string, ManifestEntry>;

/** The name of an AWS call: `<IAM prefix>:<Operation>`. */
export type CallKey = keyof typeof manifest;
/** `OperationOf<'ecs'>` is every ECS operation of the manifest. */
export type OperationOf<Service extends string> = CallKey extends infer Key
  ? Key extends `${Service}:${infer Operation}`
    ? Operation
    : never
  : never;
