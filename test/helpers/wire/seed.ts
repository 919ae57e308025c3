import { CreateClusterCommand, ECSClient } from '@aws-sdk/client-ecs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { createUser, type Keys, post, signedFor, textOf } from './iam.ts';
import { createNetwork } from './network.ts';

export const region = 'us-east-1';
export const account = '123456789012'; // moto's only account unless a role of another is assumed
const baseDomain = 'previews.example.com';
const cluster = 'previewops-cluster';

export interface Seeded {
  /** What previewops.yml says, with every key of the provider's reference document. */
  config: {
    provider: 'aws-ecs';
    providerConfig: {
      cluster: string;
      vpc: string;
      subnets: string[];
      securityGroups: string[];
      albListenerArn: string;
      executionRoleArn: string;
      baseDomain: string;
      ecrRepoPrefix: string;
      region: string;
    };
  };
  hostedZoneId: string;
  loadBalancer: { arn: string; dnsName: string; canonicalHostedZoneId: string };
  /** Keys of a user who may do everything, for the harness and for tests without enforcement. */
  admin: Keys;
}

/** Makes in moto all that a config names and a user has before the first deploy. */
export async function seed(url: string): Promise<Seeded> {
  const admin = await createUser(url, 'admin', {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
  });
  const options = { region, endpoint: url, credentials: admin };
  const network = await createNetwork(url, region);
  const capacityProviders = ['FARGATE', 'FARGATE_SPOT'];
  await new ECSClient(options).send(
    new CreateClusterCommand({ clusterName: cluster, capacityProviders }),
  );
  const { listenerArn, ...loadBalancer } = await createLoadBalancer(
    new ElasticLoadBalancingV2Client(options),
    { ...network, certificate: await requestCertificate(url) },
  );
  const zone = await new Route53Client(options).send(
    new CreateHostedZoneCommand({ Name: baseDomain, CallerReference: 'seed' }),
  );
  return {
    config: {
      provider: 'aws-ecs',
      providerConfig: {
        cluster,
        ...network,
        albListenerArn: listenerArn,
        executionRoleArn: await createRole(url),
        baseDomain,
        ecrRepoPrefix: 'previewops',
        region,
      },
    },
    hostedZoneId: known(zone.HostedZone?.Id).replace('/hostedzone/', ''),
    loadBalancer,
    admin,
  };
}

async function createLoadBalancer(
  elb: ElasticLoadBalancingV2Client,
  using: { subnets: string[]; securityGroups: string[]; certificate: string },
) {
  const made = await elb.send(
    new CreateLoadBalancerCommand({
      Name: 'my-alb',
      Scheme: 'internet-facing',
      Subnets: using.subnets,
      SecurityGroups: using.securityGroups,
    }),
  );
  const balancer = known(made.LoadBalancers?.[0]);
  const arn = known(balancer.LoadBalancerArn);
  const listener = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: arn,
      Protocol: 'HTTPS',
      Port: 443,
      Certificates: [{ CertificateArn: using.certificate }],
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  );
  return {
    arn,
    dnsName: known(balancer.DNSName),
    canonicalHostedZoneId: known(balancer.CanonicalHostedZoneId),
    listenerArn: known(listener.Listeners?.[0]?.ListenerArn),
  };
}

async function requestCertificate(url: string): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...signedFor('acm'), 'x-amz-target': 'CertificateManager.RequestCertificate' },
    body: JSON.stringify({ DomainName: `*.${baseDomain}` }),
  });
  const { CertificateArn } = (await answer.json()) as { CertificateArn?: string };
  return known(CertificateArn);
}

async function createRole(url: string): Promise<string> {
  const services = ['ecs-tasks.amazonaws.com', 'codebuild.amazonaws.com'];
  const answer = await post(url, 'iam', '2010-05-08', {
    Action: 'CreateRole',
    RoleName: 'ecsTaskExecutionRole',
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: services.map((Service) => ({
        Effect: 'Allow',
        Principal: { Service },
        Action: 'sts:AssumeRole',
      })),
    }),
  });
  return textOf(answer, 'Arn');
}

/** What moto must have answered for the seeding to be of any use. */
function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('moto left a value out while the wire world was made');
  return value;
}
