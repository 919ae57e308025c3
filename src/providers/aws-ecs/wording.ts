import { isNamed, says } from '../../aws/errors.ts';
import { PreviewopsError } from '../../errors.ts';
import type { Plan } from '../../preview/plan.ts';
import type { Target } from './target.ts';

/** Conflicts end a run before its first write. */
export function refuseConflicts(plan: Plan): void {
  const [first] = plan.conflicts;
  if (!first) return;
  throw new PreviewopsError(
    'conflict',
    plan.conflicts.map((c) => `${c.resource} ${c.name} ${c.reason}`).join('\n'),
    { hint: plan.conflicts.map((c) => c.hint).join('\n'), details: { conflicts: plan.conflicts } },
  );
}

const limits: Record<string, string> = {
  TooManyRulesException: 'the rules of the load balancer (quota L-7EED9B64, adjustable)',
  TooManyUniqueTargetGroupsPerLoadBalancerException:
    'the 100 target groups that a load balancer can have (not adjustable)',
  TooManyTargetGroupsException: 'the target groups of the region',
  TargetGroupAssociationLimitException: 'the load balancers of a target group',
  LimitExceededException: 'a quota of the account',
};

/** What AWS's refusals mean for a preview; `undefined` for those that need no translation. */
export function reword(error: unknown, target: Target): PreviewopsError | undefined {
  if (error instanceof PreviewopsError || !(error instanceof Error)) return undefined;
  const { providerConfig } = target.config;
  const limit = limits[error.name];
  if (limit) {
    return new PreviewopsError('limit-reached', `A limit is reached: ${limit}`, {
      hint: `AWS says: ${error.message}\nSee what runs with \`previewops list --all-apps\`, and destroy what is not needed.`,
      cause: error,
    });
  }
  if (isNamed(error, 'AccountLimitExceededException')) return noBuildPlace(error);
  const absent = (what: string, hint: string) =>
    new PreviewopsError('not-found', what, { hint, cause: error });
  if (isNamed(error, 'ClusterNotFoundException')) {
    return absent(
      `There is no ECS cluster ${providerConfig.cluster} in ${target.region}`,
      `Check providerConfig.cluster and region, or create it:\n  aws ecs create-cluster --cluster-name ${providerConfig.cluster} --region ${target.region}`,
    );
  }
  if (isNamed(error, 'ListenerNotFoundException', 'ListenerNotFound')) {
    return absent(
      `There is no listener ${providerConfig.albListenerArns.join(' or ')}`,
      'Check providerConfig: it names HTTPS listeners by their ARNs, from `aws elbv2 describe-listeners`.',
    );
  }
  if (isNamed(error, 'NoSuchHostedZone')) {
    return absent(
      `There is no hosted zone ${providerConfig.hostedZoneId}`,
      'Check providerConfig.hostedZoneId, or leave it out when a wildcard record serves the previews.',
    );
  }
  if (says(error, /subnet ID|InvalidSubnet|security group .* does not exist/i)) {
    return absent(error.message, 'Check providerConfig.subnets and securityGroups.');
  }
  return undefined;
}

/** CodeBuild's queue holds a few builds for each that may run, and none where none may: the usual start of an account. */
function noBuildPlace(error: Error): PreviewopsError {
  const none = says(error, /more than 0 builds/);
  const quota =
    'Service Quotas, AWS CodeBuild, "Concurrently running builds for Linux/Small environment" (L-9D07B6EF)';
  return new PreviewopsError(
    'limit-reached',
    none
      ? 'CodeBuild takes no build: the limit of this account is 0 builds at once'
      : `CodeBuild takes no further build: ${error.message}`,
    {
      hint: none
        ? `New accounts often begin with 0. Ask for more: ${quota}.\nUntil then, deploy an image that was built elsewhere with --image.`
        : `Deploy again when other builds have ended, or ask for more: ${quota}.`,
      cause: error,
    },
  );
}
