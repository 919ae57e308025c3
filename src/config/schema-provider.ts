import {
  clusterPattern,
  describeListenerMistake,
  listenerPattern,
  regionPattern,
  rolePattern,
} from './arn.ts';
import { withForm } from './editor-forms.ts';
import * as field from './fields.ts';
import { domainPattern, longestBaseDomain } from './host.ts';

const domain = 'a plain domain such as previews.example.com, without https:// and *.';

/** Characters and length are ECR's; the app's name and a slash follow the prefix. */
const repositoryPrefix =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

/** Where rules of previews go on the listener: 1 is asked first, the default rule last. */
const rulePriority = field.section({
  from: field.whole(1, 50_000).default(1000).describe('Lowest priority number.'),
  to: field.whole(1, 50_000).default(49_999).describe('Highest priority number.'),
});

export const role = (what: string) =>
  field.text(`the ARN of ${what} (arn:aws:iam::<account>:role/<name>)`, rolePattern);

const listener = () =>
  withForm(field.checkedText(describeListenerMistake, listenerPattern), { kind: 'listener' });

export const providerConfig = field.section({
  cluster: field
    .text('the name or the ARN of an ECS cluster', clusterPattern)
    .describe('ECS cluster, by name or ARN.'),
  vpc: field
    .text('a VPC id such as vpc-0abc1234def56789a', /^vpc-[0-9a-f]{8,17}$/)
    .describe('VPC of the load balancer and of the subnets.'),
  subnets: field
    .uniqueListOf(
      field.text('a subnet id such as subnet-0abc1234def56789a', /^subnet-[0-9a-f]{8,17}$/),
      { what: 'subnet ids', from: 1, to: 16 },
    )
    .describe('Subnets that tasks run in.'),
  securityGroups: field
    .uniqueListOf(
      field.text('a security group id such as sg-0abc1234def56789a', /^sg-[0-9a-f]{8,17}$/),
      { what: 'security group ids', from: 1, to: 5 },
    )
    .describe('Security groups of the tasks; they let the load balancer reach the port.'),
  albListenerArn: field.optional(
    listener(),
    'HTTPS listener of the Application Load Balancer.',
    'none: it or `albListenerArns` is required',
  ),
  albListenerArns: field.optional(
    field.uniqueListOf(listener(), { what: 'listener ARNs', from: 1, to: 10 }),
    'HTTPS listeners of several load balancers, in place of `albListenerArn`: a load balancer takes 100 previews, and a new one goes where most room is. More than one needs `hostedZoneId`.',
    'the one of `albListenerArn`',
  ),
  executionRoleArn: role('an IAM role').describe(
    'Role that ECS starts tasks with and, unless `build.roleArn` is set, CodeBuild builds with.',
  ),
  baseDomain: field
    .text(domain, domainPattern)
    .max(longestBaseDomain, { error: `must have at most ${longestBaseDomain} characters` })
    .transform((written) => written.toLowerCase().replace(/\.$/, ''))
    .describe('Domain whose wildcard record and certificate the listener serves.'),
  ecrRepoPrefix: field
    .text('lower-case letters, digits and single . _ - / between them', repositoryPrefix)
    .max(200, { error: 'must have at most 200 characters' })
    .default('previewops')
    .describe('ECR repositories are named `<ecrRepoPrefix>/<app>`.'),
  region: field.optional(
    field.text('an AWS region such as us-east-1', regionPattern),
    'AWS region; the same as that of `albListenerArn`.',
    'the region of `albListenerArn`',
  ),
  hostedZoneId: field.optional(
    field
      .text(
        'a Route 53 hosted zone id such as Z0123456789ABCDEFGHIJ',
        /^(?:\/hostedzone\/)?[A-Z0-9]{1,32}$/,
      )
      .transform((written) => written.replace('/hostedzone/', '')),
    'Route 53 zone to write a record for each preview to, where there is no wildcard record.',
    'no records are written',
  ),
  rulePriority: rulePriority
    .prefault({})
    .describe('Range of listener rule priorities that previews may take.'),
});
