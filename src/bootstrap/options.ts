import { namePrefix } from '../preview/names.ts';

export type CiSystem = 'github' | 'gitlab' | 'none';

/** How the hosts of previews come to lead to the load balancer. */
export type Dns = 'wildcard' | 'each-preview' | 'elsewhere';

/** What the stack is for. Everything is checked by `checkOptions` before it is used. */
export interface BootstrapOptions {
  partition: string;
  region: string;
  /** 12 digits: the account of all that exists. Not checked when absent. */
  account?: string | undefined;
  /** Whose roles to make; absent: only what apps share. */
  app?: string | undefined;
  /** Of the cluster, the load balancer and, as a tag, of the rest; `previewops` unless given. */
  name?: string | undefined;
  ci: CiSystem;
  /** `owner/name`, for GitLab the whole path, in the spelling of the server; needed with a CI. */
  repository?: string | undefined;
  /** GitHub's ids of the owner and the repository, as digits: no other repository can ever have them. */
  repositoryIds?: { owner: string; repository: string } | undefined;
  /** Branches beside pull requests whose jobs may deploy; `*` stands for any text. GitHub: `main`, GitLab: all. */
  branches?: readonly string[] | undefined;
  /** An https URL, for a GitLab or GitHub server of one's own. */
  issuer?: string | undefined;
  baseDomain?: string | undefined;
  hostedZoneId?: string | undefined;
  /**
   * Default: `wildcard` for a new load balancer, or for a zone and a load balancer that is known in full;
   * `each-preview` for a zone alone, `elsewhere` without one.
   */
  dns?: Dns | undefined;
  /** Whether a listener that exists needs a certificate for the base domain. */
  certificate?: boolean | undefined;
  containerPort: number;
  ecrRepoPrefix: string;
  /** Host patterns of the previews' own records; `*.<baseDomain>` unless given. */
  recordNames?: readonly string[] | undefined;
  /** What the configuration has beyond the defaults, for the roles to reach. */
  uses?: Uses | undefined;
  existing: Existing;
}

export interface Uses {
  hooks?: boolean | undefined;
  idle?: boolean | undefined;
  /** Beside the one that exists. */
  furtherListenerArns?: readonly string[] | undefined;
  taskRoleArn?: string | undefined;
  /** ARNs in Secrets Manager or SSM. */
  secrets?: readonly string[] | undefined;
  /** Images of sidecars. */
  images?: readonly string[] | undefined;
  /** ARN of a connection or a secret, by which builds read the repository. */
  credentials?: string | undefined;
}

/**
 * What is there already and is to be used. What the stack itself made is not there in this sense:
 * leave it out (`withoutOwn`), or the update removes it.
 */
export interface Existing {
  cluster?: string | undefined;
  vpc?: string | undefined;
  subnets?: readonly string[] | undefined;
  /** Of the tasks; they admit the load balancer on the container port. */
  securityGroups?: readonly string[] | undefined;
  listenerArn?: string | undefined;
  /** Of the listener: its security group, and its DNS name with the zone of that. */
  balancer?: Balancer | undefined;
  certificateArn?: string | undefined;
  oidcProviderArn?: string | undefined;
  executionRoleArn?: string | undefined;
  buildRoleArn?: string | undefined;
  deployRoleArn?: string | undefined;
  /** False where the account never used ECS, and so lacks the role that ECS works with. */
  ecsServiceRole?: boolean | undefined;
}

export interface Balancer {
  securityGroup?: string | undefined;
  dnsName?: string | undefined;
  canonicalHostedZoneId?: string | undefined;
}

export const nameOf = ({ name = 'previewops' }: BootstrapOptions): string => name;

/** One stack for each app; the first one also has what apps share, unless that has a stack of its own. */
export const stackNameOf = (options: BootstrapOptions): string =>
  options.app === undefined ? nameOf(options) : `${namePrefix}${options.app}`;

/** What the template makes. */
export interface Missing {
  network: boolean;
  balancer: boolean;
  certificate: boolean;
  record: boolean;
  taskGroup: boolean;
  cluster: boolean;
  executionRole: boolean;
  buildRole: boolean;
  /** The permissions to deploy, and with a CI the role that has them. */
  deploy: boolean;
}

export function missingOf(options: BootstrapOptions): Missing {
  const { existing, app } = options;
  const balancer = existing.listenerArn === undefined;
  return {
    balancer,
    network: existing.vpc === undefined && balancer,
    certificate: balancer || options.certificate === true,
    record: dnsOf(options) === 'wildcard',
    taskGroup: existing.securityGroups === undefined,
    cluster: existing.cluster === undefined,
    executionRole: app !== undefined && existing.executionRoleArn === undefined,
    buildRole: app !== undefined && existing.buildRoleArn === undefined,
    deploy: app !== undefined && existing.deployRoleArn === undefined,
  };
}

export function dnsOf({ dns, hostedZoneId, existing }: BootstrapOptions): Dns {
  if (dns !== undefined) return dns;
  const { listenerArn, balancer } = existing;
  const known = balancer?.dnsName !== undefined && balancer.canonicalHostedZoneId !== undefined;
  // Where a template makes the load balancer, the zone may also be filled in by hand.
  if (listenerArn === undefined) return 'wildcard';
  if (hostedZoneId === undefined) return 'elsewhere';
  return known ? 'wildcard' : 'each-preview';
}
