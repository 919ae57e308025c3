import type { BootstrapOptions, CiSystem, Dns, Existing } from '../bootstrap/options.ts';
import type { WorkflowName } from '../ci/workflows/words.ts';
import { parseUrl } from '../url.ts';
import type { Role, Zone } from './account.ts';
import { zoneId } from './propose-names.ts';
import { balancerOf, type Survey } from './survey.ts';
import type { Written } from './uses.ts';

/** What the stack is told beyond the survey. */
export interface StackFacts {
  region: string;
  partition: string;
  /** Absent without AWS. */
  account?: string | undefined;
  /** The app's repository, as a clone URL. */
  repository?: string | undefined;
  /** The CI that is asked for. */
  ci?: WorkflowName | undefined;
  oidcProviderArn?: string | undefined;
  /** Of the account; absent when they could not be listed. */
  roles?: readonly Role[] | undefined;
  zone?: Zone | undefined;
  /** What the configuration uses. */
  written?: Written | undefined;
  /** What the stack was last updated with, when it is there already. */
  parameters: Readonly<Record<string, string>>;
}

/** The options of the template for what the survey left to it. */
export function stackOptions(survey: Survey, facts: StackFacts): BootstrapOptions {
  const { values } = survey;
  const ci = ciOf(facts);
  const repository = ci === 'none' ? undefined : pathOf(facts.repository);
  const before = facts.parameters;
  const zone = before.HostedZoneId || (facts.zone && zoneId(facts.zone));
  return {
    partition: facts.partition,
    region: facts.region,
    ...(facts.account === undefined ? {} : { account: facts.account }),
    app: values.app,
    ci: repository === undefined ? 'none' : ci,
    ...(repository === undefined ? {} : { repository }),
    baseDomain: values.baseDomain ?? (before.BaseDomain || undefined),
    hostedZoneId: values.hostedZoneId ?? (needsZone(survey, before) ? zone : undefined),
    ...dnsOf(survey, { before, zone }),
    certificate: values.albListenerArn !== undefined && survey.covered === false,
    containerPort: values.port ?? 8080,
    ecrRepoPrefix: facts.written?.ecrRepoPrefix ?? 'previewops',
    uses: { ...facts.written?.uses, furtherListenerArns: furtherThan(values, facts) },
    existing: existingOf(survey, facts),
  };
}

/** Any of the file's may be the one that was named. */
const furtherThan = ({ albListenerArn }: Survey['values'], { written }: StackFacts) =>
  written?.listenerArns.filter((arn) => arn !== albListenerArn);

/** Jobs of other CIs get no role from the stack, only policies to attach. */
function ciOf({ ci, repository = '' }: StackFacts): CiSystem {
  if (ci !== undefined)
    return ci.startsWith('github') ? 'github' : ci === 'gitlab' ? 'gitlab' : 'none';
  if (repository.startsWith('https://github.com/')) return 'github';
  return repository.startsWith('https://gitlab.com/') ? 'gitlab' : 'none';
}

/** `https://github.com/acme/shop.git` -> `acme/shop`. */
function pathOf(url: string | undefined): string | undefined {
  const path = parseUrl(url ?? '')?.pathname ?? '';
  return path.replace(/^\/+/, '').replace(/(?:\.git)?\/*$/, '') || undefined;
}

/** A zone is of use for the records that are still to be written: those of hosts, or of a certificate. */
const needsZone = ({ values, leads, covered }: Survey, before: StackFacts['parameters']) =>
  Boolean(before.HostedZoneId) ||
  values.albListenerArn === undefined ||
  leads === 'nowhere' ||
  covered === false;

function dnsOf(
  { values, leads }: Survey,
  { before, zone }: { before: StackFacts['parameters']; zone: string | undefined },
): { dns?: Dns } {
  if (values.hostedZoneId !== undefined) return { dns: 'each-preview' };
  if (values.albListenerArn === undefined) return {};
  // The record that leads there may be the stack's own, which an update without it would remove.
  const own = before.HostedZoneId !== undefined && before.HostedZoneId !== '';
  return { dns: zone !== undefined && (leads === 'nowhere' || own) ? 'wildcard' : 'elsewhere' };
}

function existingOf(survey: Survey, { oidcProviderArn, roles, parameters }: StackFacts): Existing {
  const { values } = survey;
  const balancer = balancerOf(survey);
  const [securityGroup] = balancer?.SecurityGroups ?? [];
  const certificateArn = parameters.CertificateArn || undefined;
  return {
    cluster: values.cluster,
    vpc: values.vpc,
    subnets: values.subnets,
    securityGroups: values.securityGroups,
    listenerArn: values.albListenerArn,
    ...(balancer
      ? {
          balancer: {
            securityGroup,
            dnsName: balancer.DNSName,
            canonicalHostedZoneId: balancer.CanonicalHostedZoneId,
          },
        }
      : {}),
    ...(certificateArn === undefined ? {} : { certificateArn }),
    oidcProviderArn: parameters.OidcProviderArn || oidcProviderArn,
    executionRoleArn: values.executionRoleArn,
    buildRoleArn: survey.makes.has('buildRoleArn')
      ? undefined
      : (values.buildRoleArn ?? values.executionRoleArn),
    ecsServiceRole: roles?.some(({ RoleName }) => RoleName === 'AWSServiceRoleForECS'),
  };
}
