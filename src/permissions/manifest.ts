import type { ConditionKey, ResourceKey } from './scope.ts';

/** Commands that call AWS; `previewops policy --for` will take these names. */
export type CallingCommand = 'deploy' | 'destroy' | 'list' | 'validate';

/** One IAM permission that a call needs: an action on resources, under conditions. */
export interface Need {
  action: string;
  on: readonly ResourceKey[];
  /** Conditions that must all hold; AWS supports each of them for this action. */
  when?: readonly ConditionKey[];
}

export interface ManifestEntry {
  /** Whether the call changes anything in AWS. A lost answer of such a call is never blindly repeated. */
  write: boolean;
  /** The first need is the call's own action; the rest are its hidden companions. */
  needs: readonly [Need, ...Need[]];
  /** The commands that make this call. */
  commands: readonly CallingCommand[];
  /** Needed only with this feature of the config. */
  only?: 'dns' | 'build';
  why: string;
}

const deploy = ['deploy'] as const;
const destroy = ['destroy'] as const;
const change = ['deploy', 'destroy'] as const;
const all = ['deploy', 'destroy', 'list'] as const;

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
  'sts:GetCallerIdentity': read(
    'sts:GetCallerIdentity',
    ['any'],
    ['validate'],
    'To say who the credentials belong to.',
  ),

  'ecs:ListServices': read(
    'ecs:ListServices',
    ['any'],
    ['list', 'validate'],
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
    commands: all,
    why: 'To see a preview, and to follow its rollout.',
  },
  'ecs:CreateService': write(
    deploy,
    'To run the preview.',
    { action: 'ecs:CreateService', on: ['service'], when: ['tagsApp'] },
    { action: 'ecs:TagResource', on: ['service'], when: ['whileCreatingService', 'tagsApp'] },
  ),
  'ecs:UpdateService': write(deploy, 'To roll out a new revision, or a changed setting.', {
    action: 'ecs:UpdateService',
    on: ['service'],
    when: ['ownsResource'],
  }),
  'ecs:DeleteService': write(destroy, 'To stop and remove the preview.', {
    action: 'ecs:DeleteService',
    on: ['service'],
    when: ['ownsResource'],
  }),
  'ecs:TagResource': write(deploy, 'To note the commit that the service runs.', {
    action: 'ecs:TagResource',
    on: ['service'],
    when: ['ownsResource'],
  }),
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
    change,
    'To see whether the revision differs from what is asked for.',
  ),
  'ecs:ListTaskDefinitions': read(
    'ecs:ListTaskDefinitions',
    ['any'],
    destroy,
    'To find the revisions to remove.',
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
  'ecs:ListTasks': read(
    'ecs:ListTasks',
    ['any'],
    deploy,
    'To find the tasks that stopped when a rollout fails.',
    ['inCluster'],
  ),
  'ecs:DescribeTasks': read('ecs:DescribeTasks', ['task'], deploy, 'To say why a task stopped.'),

  'elasticloadbalancing:DescribeLoadBalancers': read(
    'elasticloadbalancing:DescribeLoadBalancers',
    ['any'],
    change,
    "To point the preview's DNS record at the load balancer.",
  ),
  'elasticloadbalancing:DescribeRules': read(
    'elasticloadbalancing:DescribeRules',
    ['any'],
    all,
    "To find the preview's rule by its host, and the free priorities.",
  ),
  'elasticloadbalancing:DescribeTargetGroups': read(
    'elasticloadbalancing:DescribeTargetGroups',
    ['any'],
    all,
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
    all,
    'To know which rules and target groups are ours, and which deploy is the newest.',
  ),
  'elasticloadbalancing:DescribeTargetHealth': read(
    'elasticloadbalancing:DescribeTargetHealth',
    ['any'],
    deploy,
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
    deploy,
    "To route the preview's host to it.",
    { action: 'elasticloadbalancing:CreateRule', on: ['listener'], when: ['tagsApp'] },
    {
      action: 'elasticloadbalancing:AddTags',
      on: ['listenerRule'],
      when: ['whileCreatingRule', 'tagsApp'],
    },
  ),
  'elasticloadbalancing:ModifyRule': write(deploy, 'To repair or change the route on a rerun.', {
    action: 'elasticloadbalancing:ModifyRule',
    on: ['listenerRule'],
    when: ['ownsResource'],
  }),
  'elasticloadbalancing:DeleteRule': write(change, 'To remove the route.', {
    action: 'elasticloadbalancing:DeleteRule',
    on: ['listenerRule'],
    when: ['ownsResource'],
  }),
  'elasticloadbalancing:AddTags': write(change, 'To write the claim of the newest run.', {
    action: 'elasticloadbalancing:AddTags',
    on: ['targetGroup'],
    when: ['ownsResource'],
  }),

  'logs:DescribeLogGroups': read(
    'logs:DescribeLogGroups',
    ['any'],
    all,
    'To see whether the log group exists, and its retention.',
  ),
  'logs:ListTagsForResource': read(
    'logs:ListTagsForResource',
    ['logGroupBare'],
    all,
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
      ['buildLogGroup'],
      deploy,
      'To show the last lines of a build that failed.',
    ),
    only: 'build',
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
    deploy,
    'To know whether the repository is ours.',
  ),
  'ecr:GetLifecyclePolicy': read(
    'ecr:GetLifecyclePolicy',
    ['repository'],
    deploy,
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
    destroy,
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
    ...read('codebuild:BatchGetBuilds', ['project'], deploy, 'To follow the build.'),
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
      change,
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
} as const satisfies Record<string, ManifestEntry>;

/** The name of an AWS call: `<IAM prefix>:<Operation>`. */
export type CallKey = keyof typeof manifest;
/** `OperationOf<'ecs'>` is every ECS operation of the manifest. */
export type OperationOf<Service extends string> = CallKey extends infer Key
  ? Key extends `${Service}:${infer Operation}`
    ? Operation
    : never
  : never;
