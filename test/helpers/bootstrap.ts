import type { BootstrapOptions } from '../../src/bootstrap/options.ts';

export const account = '123456789012';
export const region = 'us-east-1';
const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;
const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;

export const listenerArn = arn(
  'elasticloadbalancing',
  'listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2',
);
export const certificateArn = arn('acm', 'certificate/01234567-89ab-cdef-0123-456789abcdef');
export const hostedZoneId = 'Z0123456789ABCDEFGHIJ';

/** An account that has nothing yet. */
export const fresh: BootstrapOptions = {
  partition: 'aws',
  region,
  account,
  app: 'shop',
  ci: 'github',
  repository: 'acme/shop',
  baseDomain: 'previews.example.com',
  hostedZoneId,
  containerPort: 3000,
  ecrRepoPrefix: 'previewops',
  existing: {},
};

const network = {
  vpc: 'vpc-0abc1234def56789a',
  subnets: ['subnet-0abc1234def56789a', 'subnet-0abc1234def56789b'],
};
/** All that a second app finds. */
const shared = {
  ...network,
  cluster: 'shared',
  securityGroups: ['sg-0abc1234def56789a'],
  listenerArn,
  balancer: {
    securityGroup: 'sg-0fff1234def56789a',
    dnsName: 'shared-1234567890.us-east-1.elb.amazonaws.com',
    canonicalHostedZoneId: 'Z35SXDOTRQ7X7K',
  },
  oidcProviderArn: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
};
const longest = 'a-very-long-name-of-an-app-that-has-40-c';
const secret = arn('secretsmanager', 'secret:shop/database-AbCdEf');

/** Every combination that means something, by what a person would call it. */
export const cases: Record<string, BootstrapOptions> = {
  'an empty account': fresh,
  'an account that never used ECS': { ...fresh, existing: { ecsServiceRole: false } },
  'an empty account, DNS elsewhere': { ...fresh, hostedZoneId: undefined },
  'an empty account, no wildcard record': { ...fresh, dns: 'each-preview' },
  'an empty account, a certificate': { ...fresh, existing: { certificateArn } },
  'an empty account, GitLab': { ...fresh, ci: 'gitlab', repository: 'acme/web/shop' },
  'an empty account, a GitLab server': {
    ...fresh,
    ci: 'gitlab',
    issuer: 'https://git.example.com',
    repository: 'acme/shop',
  },
  'an empty account, no CI': { ...fresh, ci: 'none', repository: undefined },
  'an empty account, known ids': {
    ...fresh,
    repositoryIds: { owner: '123', repository: '456' },
    branches: ['main', 'release/*'],
  },
  'only what apps share': { ...fresh, app: undefined },
  'a network': { ...fresh, existing: network },
  'a network and security groups': {
    ...fresh,
    existing: { ...network, securityGroups: shared.securityGroups },
  },
  'a cluster': { ...fresh, existing: { cluster: 'shared' } },
  'a second app': {
    ...fresh,
    app: 'blog',
    repository: 'acme/blog',
    dns: 'elsewhere',
    existing: shared,
  },
  'a second app with another port': {
    ...fresh,
    app: 'blog',
    containerPort: 9000,
    dns: 'elsewhere',
    existing: { ...shared, securityGroups: undefined },
  },
  'a listener without certificate and record': { ...fresh, certificate: true, existing: shared },
  'a listener and a certificate that it lacks': {
    ...fresh,
    certificate: true,
    existing: { ...shared, certificateArn },
  },
  'a listener, a record for each preview': {
    ...fresh,
    existing: { ...shared, balancer: undefined },
  },
  "roles of one's own": {
    ...fresh,
    existing: { ...shared, executionRoleArn: role('tasks'), buildRoleArn: role('ci/build') },
  },
  'a listener and a further one': {
    ...fresh,
    uses: { furtherListenerArns: [listenerArn.replace('/shared/', '/second/')] },
    existing: { ...shared, balancer: undefined },
  },
  'one role for tasks and builds': {
    ...fresh,
    existing: { ...shared, executionRoleArn: role('both'), buildRoleArn: role('both') },
  },
  'the longest of everything': {
    ...fresh,
    app: longest,
    name: 'n'.repeat(32),
    baseDomain: `${'previews-'.repeat(6)}x.${'example-'.repeat(4)}x.com`,
    dns: 'each-preview',
    ecrRepoPrefix: 'p'.repeat(60),
    uses: {
      hooks: true,
      idle: true,
      taskRoleArn: role('t'.repeat(64)),
      secrets: [secret, '/shop/key', arn('ssm', 'parameter/shop/other')],
      images: [`${account}.dkr.ecr.${region}.amazonaws.com/tools/proxy:1`, 'postgres:17'],
      credentials: arn('codeconnections', 'connection/c0ffee'),
    },
    existing: { ecsServiceRole: false },
  },
};
