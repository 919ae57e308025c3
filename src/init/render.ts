import { schemaLine } from '../config/schema-url.ts';
import { placeholderFor, type Values } from './values.ts';

type Required = Parameters<typeof placeholderFor>[0];

/** The configuration as a new file: what is known, placeholders for the rest, and a word on each key. */
export function renderConfig(values: Values): string {
  const text = (key: Required) => scalar(values[key]) ?? placeholderFor(key);
  const list = (key: 'subnets' | 'securityGroups') =>
    (values[key] ?? [placeholderFor(key)]).map((each) => `    - ${each}`);
  return [
    schemaLine,
    '# Previews of pull requests on AWS ECS Fargate. Check it: previewops validate, previewops doctor.',
    '',
    '# Part of every name and tag: changing it leaves the previews that run behind.',
    `app: ${text('app')}`,
    '',
    'provider: aws-ecs',
    'providerConfig:',
    `  cluster: ${text('cluster')}`,
    '  # The VPC of the load balancer, and its subnets that tasks run in.',
    `  vpc: ${text('vpc')}`,
    '  subnets:',
    ...list('subnets'),
    "  # They let the load balancer in on the container's port.",
    '  securityGroups:',
    ...list('securityGroups'),
    '  # The HTTPS listener; each preview adds a rule for its host.',
    `  albListenerArn: ${text('albListenerArn')}`,
    values.buildRoleArn === undefined
      ? '  # ECS starts tasks with it, and CodeBuild builds images with it.'
      : '  # ECS starts tasks with it.',
    `  executionRoleArn: ${text('executionRoleArn')}`,
    '  # Previews are at https://pr-<number>.<baseDomain>.',
    `  baseDomain: ${text('baseDomain')}`,
    ...line(
      '  hostedZoneId',
      values.hostedZoneId,
      '  # Route 53: each preview gets a record here.',
    ),
    ...line('  region', values.region),
    '',
    'container:',
    ...line('  port', values.port),
    '  # healthCheck: { path: /healthz }      what the load balancer asks for; default /',
    '  # env: { LOG_LEVEL: debug }',
    ...section('build', [
      ...line('  repository', values.repository, '  # What CodeBuild clones.'),
      ...line('  roleArn', values.buildRoleArn, '  # CodeBuild builds images with it.'),
    ]),
    ...section('task', [
      ...line(
        '  assignPublicIp',
        values.assignPublicIp,
        '  # The subnets have a way out that needs no public address.',
      ),
    ]),
    '',
    '# ttl: 7d      removes a preview a week after its last deploy',
    '',
  ].join('\n');
}

const scalar = (value: unknown): string | undefined =>
  value === undefined ? undefined : String(value);

function line(key: string, value: unknown, comment?: string): string[] {
  if (value === undefined) return [];
  return [...(comment === undefined ? [] : [comment]), `${key}: ${String(value)}`];
}

const section = (key: string, lines: string[]) =>
  lines.length === 0 ? [] : ['', `${key}:`, ...lines];
