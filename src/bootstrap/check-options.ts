import {
  buildCredentialsPattern,
  clusterPattern,
  describeListenerMistake,
  regionPattern,
  rolePattern,
  secretPattern,
} from '../config/arn.ts';
import { domainPattern, longestBaseDomain } from '../config/host.ts';
import { PreviewopsError } from '../errors.ts';
import { fits } from './fit-options.ts';
import type { BootstrapOptions } from './options.ts';

type Say = (what: string, value: string | undefined, pattern: RegExp) => void;

const id = (prefix: string) => new RegExp(`^${prefix}-[0-9a-f]{8,17}$`);
const located = (service: string, resource: string) =>
  new RegExp(`^arn:aws(?:-[a-z]+)*:${service}:[a-z0-9-]*:\\d{12}:${resource}$`);
const repositories = {
  github: /^[A-Za-z0-9][\w-]{0,63}\/[\w.-]{1,100}$/,
  gitlab: /^[A-Za-z0-9_][\w.-]*(?:\/[A-Za-z0-9_][\w.-]*)+$/,
  none: /^[\w./-]+$/,
};
/** No sign that IAM, a template or a shell would read: `*` alone stands for any text, on purpose. */
const branchPattern = /^[\w./*+@#=-]{1,255}$/;

/**
 * Throws `bad-usage` with every mistake at once: texts of a wrong shape, of which none can reach a
 * policy or a `Fn::Sub`, and pieces that do not fit together.
 */
export function checkOptions(options: BootstrapOptions): void {
  const mistakes = [...shapes(options), ...fits(options)];
  if (mistakes.length === 0) return;
  throw new PreviewopsError(
    'bad-usage',
    `The bootstrap template cannot be made:\n${mistakes.map((line) => `  ${line}`).join('\n')}`,
    { hint: 'Correct what was given, or leave it out where it is to be made.' },
  );
}

function shapes(options: BootstrapOptions): string[] {
  const mistakes: string[] = [];
  const say: Say = (what, value, pattern) => {
    if (value !== undefined && !pattern.test(value)) {
      mistakes.push(`${what} has not the expected form: ${JSON.stringify(value)}`);
    }
  };
  checkOwn(options, say);
  checkExisting(options, say);
  const { existing, uses } = options;
  for (const listener of [existing.listenerArn ?? [], uses?.furtherListenerArns ?? []].flat()) {
    const wrong = describeListenerMistake(listener);
    if (wrong !== undefined) mistakes.push(`the listener ${wrong}`);
  }
  const { containerPort: port } = options;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    mistakes.push(`the container port must be a whole number from 1 to 65535: ${port}`);
  }
  return mistakes;
}

function checkOwn(options: BootstrapOptions, say: Say): void {
  const { uses = {}, repositoryIds } = options;
  say('the partition', options.partition, /^aws(?:-[a-z]+)*$/);
  say('the region', options.region, regionPattern);
  say('the account', options.account, /^\d{12}$/);
  say('the app', options.app, /^(?=.{1,40}$)[a-z0-9]+(?:-[a-z0-9]+)*$/);
  // What a load balancer takes: 32 characters, no hyphen at an end, not beginning with `internal-`.
  say('the name', options.name, /^(?!internal-)[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?$/);
  say('the repository', options.repository, repositories[options.ci]);
  say("the owner's id", repositoryIds?.owner, /^\d{1,20}$/);
  say("the repository's id", repositoryIds?.repository, /^\d{1,20}$/);
  for (const branch of options.branches ?? []) say('the branch', branch, branchPattern);
  say('the issuer', options.issuer, /^https:\/\/[a-z0-9.-]+(?::\d{1,5})?(?:\/[\w./-]*\w)?$/);
  say('the base domain', options.baseDomain, domainPattern);
  say('the base domain', options.baseDomain, new RegExp(`^.{1,${longestBaseDomain}}$`));
  say('the base domain', options.baseDomain, /^[^A-Z]*[^A-Z.]$/);
  say('the hosted zone', options.hostedZoneId, /^[A-Z0-9]{1,32}$/);
  say('the prefix of repositories', options.ecrRepoPrefix, /^[a-z0-9][a-z0-9._/-]{0,199}$/);
  for (const name of options.recordNames ?? []) say('the record', name, /^[a-z0-9.*-]{1,255}$/);
  say('the task role', uses.taskRoleArn, rolePattern);
  for (const secret of uses.secrets ?? []) say('the secret', secret, secretPattern);
  for (const image of uses.images ?? []) say('the image', image, /^[\w./:@+-]{1,500}$/);
  say('the credentials of builds', uses.credentials, buildCredentialsPattern);
}

function checkExisting({ existing }: BootstrapOptions, say: Say): void {
  const { balancer } = existing;
  say('the cluster', existing.cluster, clusterPattern);
  say('the cluster', existing.cluster, /^[^:/]+$/);
  say('the VPC', existing.vpc, id('vpc'));
  for (const subnet of existing.subnets ?? []) say('the subnet', subnet, id('subnet'));
  for (const group of existing.securityGroups ?? []) say('the security group', group, id('sg'));
  say("the load balancer's security group", balancer?.securityGroup, id('sg'));
  say("the load balancer's DNS name", balancer?.dnsName, domainPattern);
  say("the load balancer's zone", balancer?.canonicalHostedZoneId, /^[A-Z0-9]{1,32}$/);
  say('the certificate', existing.certificateArn, located('acm', 'certificate/[\\w-]+'));
  say('the OIDC provider', existing.oidcProviderArn, located('iam', 'oidc-provider/[\\w./:-]+'));
  say('the execution role', existing.executionRoleArn, rolePattern);
  say('the build role', existing.buildRoleArn, rolePattern);
  say('the deploy role', existing.deployRoleArn, rolePattern);
}
