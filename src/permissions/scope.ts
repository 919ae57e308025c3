import { namePrefix } from '../preview/names.ts';

/**
 * What a policy is about: one app in one account, cluster and listener. Plain data, so that the
 * policy generator, doctor and the sandbox's authoriser can all be handed the same thing.
 */
export interface Scope {
  partition: string;
  region: string;
  account: string;
  app: string;
  cluster: string;
  listenerArn: string;
  /** Where previews are on several listeners. */
  furtherListenerArns?: readonly string[] | undefined;
  /** Names as `preview/names.ts` makes them; a trailing `*` covers every preview of the app. */
  names: {
    service: string;
    targetGroup: string;
    logGroup: string;
    project: string;
    repository: string;
  };
  executionRoleArn: string;
  buildRoleArn: string;
  taskRoleArn?: string | undefined;
  hostedZoneId?: string | undefined;
  /** Who calls, as an IAM ARN; any principal of the account when that is not known. */
  callerArn?: string | undefined;
  /** Host patterns of the preview records, lower case, e.g. `*.previews.example.com`. */
  recordNames: readonly string[];
}

const arn = (s: Scope, service: string, rest: string) =>
  `arn:${s.partition}:${service}:${s.region}:${s.account}:${rest}`;

const iam = (s: Scope) => `arn:${s.partition}:iam::${s.account}`;

const listenersOf = (s: Scope) => [s.listenerArn, ...(s.furtherListenerArns ?? [])];

/** The caller, or any principal of the account when that is not known, and the roles it passes on. */
const principalsOf = (s: Scope) => [
  ...new Set([
    ...(s.callerArn ? [s.callerArn] : [`${iam(s)}:role/*`, `${iam(s)}:user/*`]),
    s.executionRoleArn,
    s.buildRoleArn,
    ...(s.taskRoleArn ? [s.taskRoleArn] : []),
  ]),
];

/**
 * Resource templates of the manifest. The formats are those of the Service Authorization
 * Reference; `any` stands for actions that have no resource type and so match only `*`.
 */
export const resources = {
  any: () => ['*'],
  service: (s: Scope) => [arn(s, 'ecs', `service/${s.cluster}/${s.names.service}`)],
  taskDefinition: (s: Scope) => [arn(s, 'ecs', `task-definition/${s.names.service}:*`)],
  serviceDeployment: (s: Scope) => [
    arn(s, 'ecs', `service-deployment/${s.cluster}/${s.names.service}/*`),
  ],
  task: (s: Scope) => [arn(s, 'ecs', `task/${s.cluster}/*`)],
  targetGroup: (s: Scope) => [
    arn(s, 'elasticloadbalancing', `targetgroup/${s.names.targetGroup}/*`),
  ],
  listener: (s: Scope) => listenersOf(s),
  listenerRule: (s: Scope) =>
    listenersOf(s).map((listener) => `${listener.replace(':listener/', ':listener-rule/')}/*`),
  /** Logs authorises some calls on the ARN with `:*` and the tagging ones on the bare ARN. */
  logGroup: (s: Scope) => [arn(s, 'logs', `log-group:${s.names.logGroup}:*`)],
  logGroupBare: (s: Scope) => [arn(s, 'logs', `log-group:${s.names.logGroup}`)],
  buildLogGroup: (s: Scope) => [arn(s, 'logs', `log-group:/aws/codebuild/${s.names.project}:*`)],
  project: (s: Scope) => [arn(s, 'codebuild', `project/${s.names.project}`)],
  repository: (s: Scope) => [arn(s, 'ecr', `repository/${s.names.repository}`)],
  buildRole: (s: Scope) => [s.buildRoleArn],
  taskRoles: (s: Scope) => [s.executionRoleArn, ...(s.taskRoleArn ? [s.taskRoleArn] : [])],
  hostedZone: (s: Scope) => [`arn:${s.partition}:route53:::hostedzone/${s.hostedZoneId ?? '*'}`],
  dnsChange: (s: Scope) => [`arn:${s.partition}:route53:::change/*`],
  cluster: (s: Scope) => [arn(s, 'ecs', `cluster/${s.cluster}`)],
  principals: (s: Scope) => principalsOf(s),
  roles: (s: Scope) => principalsOf(s).filter((one) => one.includes(':role/')),
  users: (s: Scope) => principalsOf(s).filter((one) => one.includes(':user/')),
  groups: (s: Scope) => [`${iam(s)}:group/*`],
  managedPolicies: (s: Scope) => [`${iam(s)}:policy/*`, `arn:${s.partition}:iam::aws:policy/*`],
  /** Of the bootstrap, for the app; the id behind the name is AWS's. */
  stack: (s: Scope) => [arn(s, 'cloudformation', `stack/${namePrefix}${s.app}/*`)],
  certificates: (s: Scope) => [arn(s, 'acm', 'certificate/*')],
  /** vCPU of Fargate and of Fargate Spot: it has no others. */
  vcpuQuotas: (s: Scope) => [arn(s, 'servicequotas', 'fargate/*')],
  /** CodeBuild's small Linux machines at once. */
  buildQuota: (s: Scope) => [arn(s, 'servicequotas', 'codebuild/L-9D07B6EF')],
} as const satisfies Record<string, (scope: Scope) => string[]>;

export type ResourceKey = keyof typeof resources;

/** A policy document's `Condition` block: operator -> key -> values. */
export type ConditionBlock = Record<string, Record<string, string | string[]>>;

/** Condition templates of the manifest, each supported by every action that names it. */
export const conditions = {
  inCluster: (s: Scope) => ({
    ArnEquals: { 'ecs:cluster': arn(s, 'ecs', `cluster/${s.cluster}`) },
  }),
  tagsApp: (s: Scope) => ({ StringEquals: { 'aws:RequestTag/previewops:app': s.app } }),
  ownsResource: (s: Scope) => ({ StringEquals: { 'aws:ResourceTag/previewops:app': s.app } }),
  whileCreatingService: () => ({ StringEquals: { 'ecs:CreateAction': 'CreateService' } }),
  whileRegistering: () => ({ StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' } }),
  whileRunningTask: () => ({ StringEquals: { 'ecs:CreateAction': 'RunTask' } }),
  whileCreatingTargetGroup: () => ({
    StringEquals: { 'elasticloadbalancing:CreateAction': 'CreateTargetGroup' },
  }),
  whileCreatingRule: () => ({
    StringEquals: { 'elasticloadbalancing:CreateAction': 'CreateRule' },
  }),
  passedToTasks: () => ({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } }),
  passedToBuild: () => ({ StringEquals: { 'iam:PassedToService': 'codebuild.amazonaws.com' } }),
  ownRecords: (s: Scope) => ({
    'ForAllValues:StringLike': {
      'route53:ChangeResourceRecordSetsNormalizedRecordNames': [...s.recordNames],
    },
    'ForAllValues:StringEquals': {
      'route53:ChangeResourceRecordSetsRecordTypes': ['A'],
      'route53:ChangeResourceRecordSetsActions': ['CREATE', 'DELETE'],
    },
  }),
} as const satisfies Record<string, (scope: Scope) => ConditionBlock>;

export type ConditionKey = keyof typeof conditions;
