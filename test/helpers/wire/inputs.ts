import type { Input } from '../../../src/aws/api.ts';
import { account, region, type Seeded } from './seed.ts';

/** Names of one preview as a deploy would use them; the wire tests agree on these. */
export const names = {
  preview: 'previewops-shop-pr-42',
  logGroup: '/ecs/previewops-shop-pr-42',
  repository: 'previewops/shop',
  project: 'previewops-shop',
  host: 'pr-42.previews.example.com',
} as const;

const pairs = { 'previewops:app': 'shop', 'previewops:preview': 'pr-42' };

/** The same tags as ECS and CodeBuild, as ELB and ECR, and as Logs spell them. */
export const tags = {
  lower: Object.entries(pairs).map(([key, value]) => ({ key, value })),
  upper: Object.entries(pairs).map(([Key, Value]) => ({ Key, Value })),
  map: pairs,
} as const;

export const imageOf = (tag: string) =>
  `${account}.dkr.ecr.${region}.amazonaws.com/${names.repository}:${tag}`;

export const arnOf = {
  logGroup: `arn:aws:logs:${region}:${account}:log-group:${names.logGroup}`,
  repository: `arn:aws:ecr:${region}:${account}:repository/${names.repository}`,
} as const;

/** The realistic inputs that are too long to repeat in a test. */
export const inputs = {
  project: ({ config }: Seeded) =>
    ({
      name: names.project,
      source: {
        type: 'GITHUB',
        location: 'https://github.com/acme/shop.git',
        buildspec: 'version: 0.2\nphases:\n  build:\n    commands: [docker build .]\n',
        gitCloneDepth: 1,
      },
      artifacts: { type: 'NO_ARTIFACTS' },
      environment: {
        type: 'LINUX_CONTAINER',
        image: 'aws/codebuild/amazonlinux-x86_64-standard:6.0',
        computeType: 'BUILD_GENERAL1_SMALL',
        privilegedMode: true,
        environmentVariables: [{ name: 'SINCE', value: '2026-01-01T00:00:00Z' }],
      },
      serviceRole: config.providerConfig.executionRoleArn,
      timeoutInMinutes: 30,
      logsConfig: {
        cloudWatchLogs: { status: 'ENABLED', groupName: `/aws/codebuild/${names.project}` },
      },
      concurrentBuildLimit: 5,
      tags: tags.lower,
    }) satisfies Input<'codebuild:CreateProject'>,

  build: (tag: string) =>
    ({
      projectName: names.project,
      sourceVersion: 'refs/pull/42/head^{0123456789abcdef0123456789abcdef01234567}',
      idempotencyToken: `token-${tag}`,
      environmentVariablesOverride: [{ name: 'PREVIEWOPS_IMAGE', value: imageOf(tag) }],
    }) satisfies Input<'codebuild:StartBuild'>,

  taskDefinition: ({ config }: Seeded, image: string) =>
    ({
      family: names.preview,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      executionRoleArn: config.providerConfig.executionRoleArn,
      runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
      containerDefinitions: [
        {
          name: 'app',
          image,
          essential: true,
          portMappings: [{ containerPort: 3000, protocol: 'tcp' }],
          environment: [{ name: 'PORT', value: '3000' }],
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': names.logGroup,
              'awslogs-region': region,
              'awslogs-stream-prefix': 'app',
            },
          },
        },
      ],
      tags: tags.lower,
    }) satisfies Input<'ecs:RegisterTaskDefinition'>,

  service: ({ config }: Seeded, made: { taskDefinition: string; targetGroupArn: string }) =>
    ({
      cluster: config.providerConfig.cluster,
      serviceName: names.preview,
      taskDefinition: made.taskDefinition,
      desiredCount: 1,
      launchType: 'FARGATE',
      clientToken: 'token',
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: config.providerConfig.subnets,
          securityGroups: config.providerConfig.securityGroups,
          assignPublicIp: 'ENABLED',
        },
      },
      loadBalancers: [
        { targetGroupArn: made.targetGroupArn, containerName: 'app', containerPort: 3000 },
      ],
      healthCheckGracePeriodSeconds: 60,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
      availabilityZoneRebalancing: 'DISABLED',
      enableECSManagedTags: true,
      propagateTags: 'SERVICE',
      tags: tags.lower,
    }) satisfies Input<'ecs:CreateService'>,

  targetGroup: ({ config }: Seeded, name: string = names.preview) =>
    ({
      Name: name,
      TargetType: 'ip',
      Protocol: 'HTTP',
      Port: 80,
      VpcId: config.providerConfig.vpc,
      HealthCheckPath: '/',
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 4,
      HealthyThresholdCount: 2,
      Matcher: { HttpCode: '200-399' },
      Tags: tags.upper,
    }) satisfies Input<'elasticloadbalancing:CreateTargetGroup'>,

  rule: (
    { config }: Seeded,
    rule: { priority: number; targetGroupArn: string | undefined; host?: string },
  ) =>
    ({
      ListenerArn: config.providerConfig.albListenerArn,
      Priority: rule.priority,
      Conditions: [
        { Field: 'host-header', HostHeaderConfig: { Values: [rule.host ?? names.host] } },
      ],
      Actions: [{ Type: 'forward', TargetGroupArn: rule.targetGroupArn }],
      Tags: tags.upper,
    }) satisfies Input<'elasticloadbalancing:CreateRule'>,
};
