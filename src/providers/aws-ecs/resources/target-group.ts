import type { Input } from '../../../aws/api.ts';
import { isNamed } from '../../../aws/errors.ts';
import { formatClaim } from '../../../preview/claim.ts';
import { owns, type Tags, tagKeys } from '../../../preview/tags.ts';
import type { Claims } from '../claims.ts';
import { conflict, type Draft, nothing, step, updateIf } from '../draft.ts';
import type { Session } from '../session.ts';
import { idempotent, settle } from '../settle.ts';
import { balancerName, type Target, tagList } from '../target.ts';

export interface TargetGroup {
  arn: string;
  vpc: string;
  /** Load balancers with a rule that forwards to it: at most one. */
  balancers: string[];
  healthCheck: HealthCheck;
  /** Read in the second round, once the ARN is known. */
  attributes: Record<string, string>;
  tags: Tags;
}

interface HealthCheck {
  HealthCheckPath: string | undefined;
  HealthCheckIntervalSeconds: number | undefined;
  HealthCheckTimeoutSeconds: number | undefined;
  HealthyThresholdCount: number | undefined;
  UnhealthyThresholdCount: number | undefined;
  Matcher: { HttpCode: string | undefined };
}

/**
 * A new target is healthy after its first success, so the interval is what a deploy waits for; 5 s is
 * the shortest that the load balancer takes, and the timeout must be below it.
 */
function healthCheck({ config }: Target) {
  const { path, codes } = config.container.healthCheck;
  return {
    HealthCheckPath: path,
    HealthCheckIntervalSeconds: 5,
    HealthCheckTimeoutSeconds: 4,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 3,
    Matcher: { HttpCode: codes },
  } satisfies HealthCheck;
}

/** The default delay of 300 s would be most of the time that a redeploy or destroy takes. */
const attributes = { 'deregistration_delay.timeout_seconds': '5' };

export async function readTargetGroup(session: Session): Promise<TargetGroup | undefined> {
  const found = await findTargetGroup(session);
  return found && completeTargetGroup(session, found);
}

/** First round: by name. Its tags and attributes need the ARN. */
export async function findTargetGroup({
  aws,
  target,
}: Session): Promise<Omit<TargetGroup, 'tags' | 'attributes'> | undefined> {
  try {
    const answer = await aws.call('elasticloadbalancing:DescribeTargetGroups', {
      Names: [target.names.targetGroup],
    });
    const group = answer.TargetGroups?.[0];
    if (!group?.TargetGroupArn) return undefined;
    return {
      arn: group.TargetGroupArn,
      vpc: group.VpcId ?? '',
      balancers: group.LoadBalancerArns ?? [],
      healthCheck: {
        HealthCheckPath: group.HealthCheckPath,
        HealthCheckIntervalSeconds: group.HealthCheckIntervalSeconds,
        HealthCheckTimeoutSeconds: group.HealthCheckTimeoutSeconds,
        HealthyThresholdCount: group.HealthyThresholdCount,
        UnhealthyThresholdCount: group.UnhealthyThresholdCount,
        Matcher: { HttpCode: group.Matcher?.HttpCode },
      },
    };
  } catch (error) {
    if (isNamed(error, 'TargetGroupNotFoundException')) return undefined;
    throw error;
  }
}

async function completeTargetGroup(
  session: Session,
  found: Omit<TargetGroup, 'tags' | 'attributes'>,
): Promise<TargetGroup | undefined> {
  const [tags, attributes] = await Promise.all([
    readTags(session, [found.arn]),
    readAttributes(session, found.arn),
  ]);
  const own = tags[found.arn];
  return own && { ...found, tags: own, attributes };
}

export async function readAttributes(
  { aws }: Session,
  arn: string,
): Promise<Record<string, string>> {
  const answer = await aws.call('elasticloadbalancing:DescribeTargetGroupAttributes', {
    TargetGroupArn: arn,
  });
  return Object.fromEntries((answer.Attributes ?? []).map((a) => [a.Key ?? '', a.Value ?? '']));
}

/** Tags by ARN; empty when one of them is gone, which fails the whole call. At most 20 ARNs. */
export async function readTags({ aws }: Session, arns: string[]): Promise<Record<string, Tags>> {
  if (arns.length === 0) return {};
  try {
    const answer = await aws.call('elasticloadbalancing:DescribeTags', { ResourceArns: arns });
    return Object.fromEntries(
      (answer.TagDescriptions ?? []).map((d) => [
        d.ResourceArn ?? '',
        Object.fromEntries((d.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''])),
      ]),
    );
  } catch (error) {
    if (isNamed(error, 'TargetGroupNotFoundException', 'RuleNotFoundException')) return {};
    throw error;
  }
}

export function planTargetGroup(target: Target, observed: TargetGroup | undefined): Draft {
  const { names, identity, config } = target;
  const name = names.targetGroup;
  if (!observed) return step('create', 'target-group', name);
  if (!owns(observed.tags, identity.app, identity.id)) {
    return conflict(
      'target-group',
      name,
      'exists without the previewops tags of this preview',
      'Rename or delete it, or give this app another name (`app`).',
    );
  }
  if (observed.vpc !== config.providerConfig.vpc) {
    return conflict(
      'target-group',
      name,
      `is in ${observed.vpc}, and the configuration says ${config.providerConfig.vpc}`,
      'A target group cannot move to another VPC: destroy the preview, then deploy it again.',
    );
  }
  const elsewhere = observed.balancers.find((arn) => !target.arns.loadBalancers.includes(arn));
  if (elsewhere !== undefined) {
    return conflict(
      'target-group',
      name,
      `belongs to load balancer ${balancerName(elsewhere)}, which the configuration does not name`,
      'Name its listener in providerConfig.albListenerArns, or destroy the preview with the configuration that it was deployed with.',
    );
  }
  return updateIf('target-group', name, [
    ...healthCheckChanges(target, observed),
    ...(sameAttributes(observed) ? [] : ['deregistration delay']),
  ]);
}

function healthCheckChanges(target: Target, observed: TargetGroup): string[] {
  const wanted = healthCheck(target);
  const actual = observed.healthCheck;
  return (Object.keys(wanted) as (keyof typeof wanted)[])
    .filter((key) => JSON.stringify(wanted[key]) !== JSON.stringify(actual[key]))
    .map((key) => `health check ${key.replace(/HealthCheck|Seconds|Count/g, '').toLowerCase()}`);
}

function sameAttributes(observed: TargetGroup): boolean {
  return Object.entries(attributes).every(([key, value]) => observed.attributes[key] === value);
}

/**
 * Creates or brings up to date, but for the attributes: nothing has to wait for those, so
 * `setAttributes` runs beside the next steps. A new target group carries this run's claim from birth.
 */
export async function ensureTargetGroup(
  session: Session,
  options: { observed: TargetGroup | undefined; claims: Claims },
): Promise<{ arn: string; attributesDue: boolean }> {
  const { aws, target } = session;
  const { claims } = options;
  return settle(session, {
    observed: options.observed,
    read: () => readTargetGroup(session),
    race: (error) => isNamed(error, 'DuplicateTargetGroupNameException'),
    act: async (current) => {
      if (!current) return { arn: await createTargetGroup(session, claims), attributesDue: true };
      claims.carriedBy(current.arn, { written: false });
      if (healthCheckChanges(target, current).length > 0) {
        await aws.call('elasticloadbalancing:ModifyTargetGroup', {
          TargetGroupArn: current.arn,
          ...healthCheck(target),
        });
      }
      return { arn: current.arn, attributesDue: !sameAttributes(current) };
    },
  });
}

export async function setAttributes(session: Session, arn: string): Promise<void> {
  await idempotent(session, () =>
    session.aws.call('elasticloadbalancing:ModifyTargetGroupAttributes', {
      TargetGroupArn: arn,
      Attributes: tagList(attributes),
    }),
  );
}

async function createTargetGroup({ aws, target }: Session, claims: Claims): Promise<string> {
  const input: Input<'elasticloadbalancing:CreateTargetGroup'> = {
    Name: target.names.targetGroup,
    TargetType: 'ip', // Fargate tasks are addressed by IP
    Protocol: 'HTTP',
    Port: 80, // ECS registers each task with its container's port; this one is never used
    VpcId: target.config.providerConfig.vpc,
    ...healthCheck(target),
    Tags: tagList({ ...target.tags, [tagKeys.claim]: formatClaim(claims.own) }),
  };
  const answer = await aws.call('elasticloadbalancing:CreateTargetGroup', input);
  const arn = answer.TargetGroups?.[0]?.TargetGroupArn;
  if (!arn) throw new Error('CreateTargetGroup answered without an ARN');
  claims.carriedBy(arn, { written: true });
  return arn;
}

export function planTargetGroupRemoval(target: Target, observed: TargetGroup | undefined): Draft {
  if (!observed) return nothing;
  const { names, identity } = target;
  if (!owns(observed.tags, identity.app, identity.id)) {
    return conflict(
      'target-group',
      names.targetGroup,
      'carries no previewops tags of this preview',
      'It is left alone.',
    );
  }
  // Last of all: it carries the claim. And ECS stalls when it goes before the service.
  return step('delete', 'target-group', names.targetGroup, {
    after: ['service', 'listener-rule', 'task-definition', 'image', 'log-group', 'dns-record'],
  });
}

export async function removeTargetGroup(session: Session, observed: TargetGroup) {
  await settle(session, {
    observed: observed as { arn: string } | undefined,
    read: () => findTargetGroup(session),
    race: (error) => isNamed(error, 'TargetGroupNotFoundException'),
    // For a moment after its last rule is deleted, ELB still counts the group as in use.
    wait: {
      forMs: 120_000,
      everyMs: 2_000,
      when: (error) => isNamed(error, 'ResourceInUseException'),
    },
    act: async (current) => {
      if (current?.arn !== observed.arn) return;
      await session.aws.call('elasticloadbalancing:DeleteTargetGroup', {
        TargetGroupArn: observed.arn,
      });
    },
  });
}
