import type { Output } from '../../../aws/api.ts';
import { isNamed } from '../../../aws/errors.ts';
import { allPages, batches } from '../../../aws/paginate.ts';
import { namePrefix } from '../../../preview/names.ts';
import type { Tags } from '../../../preview/tags.ts';
import { tagRecord } from '../target.ts';
import { hostsOf } from './hosts.ts';
import { findTagged } from './tagged.ts';
import type { AuditTools } from './tools.ts';

export interface FoundRule {
  arn: string;
  hosts: string[];
  tags: Tags;
  /** On a listener of the configuration, where a destroy finds it. */
  configured: boolean;
}

export interface FoundGroup {
  arn: string;
  name: string;
  /** Load balancers with a rule, or default action, that forwards to it. */
  balancers: string[];
  /** Absent when it vanished meanwhile. */
  tags: Tags | undefined;
}

export interface FoundBalancing {
  rules: FoundRule[];
  /** Named as ours are. */
  groups: FoundGroup[];
  /** Every host that has a rule, whoever's. */
  hosts: Set<string>;
}

/** Rules and target groups of previews, wherever in the region: by tags, for a rule has no name. */
export async function findBalancing(tools: AuditTools): Promise<FoundBalancing> {
  const listeners = tools.session.target.config.providerConfig.albListenerArns;
  const [rules, groups] = await Promise.all([
    Promise.all(listeners.map((arn) => listRules(tools, arn))),
    findGroups(tools),
  ]);
  const known = rules.flat();
  const further = await rulesElsewhere(tools, { groups, known, listeners });
  const all = [
    ...known.map((rule) => ({ ...rule, configured: true })),
    ...further.map((rule) => ({ ...rule, configured: false })),
  ];
  const asked = all.filter(({ hosts }) => hosts.length > 0);
  const tags = await describeTags(
    tools,
    asked.map(({ arn }) => arn),
  );
  return {
    groups,
    hosts: new Set(all.flatMap(({ hosts }) => hosts)),
    rules: asked.map(({ arn, hosts, configured }) => ({
      arn,
      hosts,
      configured,
      tags: tags.get(arn) ?? {},
    })),
  };
}

type RuleAnswer = NonNullable<Output<'elasticloadbalancing:DescribeRules'>['Rules']>[number];

interface BareRule {
  arn: string;
  hosts: string[];
  /** Target groups that it forwards to. */
  groups: string[];
}

async function listRules({ session }: AuditTools, ListenerArn: string): Promise<BareRule[]> {
  const rules = await allPages({
    page: (Marker) =>
      session.aws.call('elasticloadbalancing:DescribeRules', {
        ListenerArn,
        Marker,
        PageSize: 400,
      }),
    items: (page) => page.Rules,
    token: (page) => page.NextMarker,
  });
  return rules.map((rule) => ({
    arn: rule.RuleArn ?? '',
    hosts: hostsOf(rule),
    groups: groupsOf(rule),
  }));
}

const groupsOf = ({ Actions = [] }: RuleAnswer): string[] =>
  Actions.flatMap(({ TargetGroupArn, ForwardConfig }) =>
    [
      TargetGroupArn,
      ...(ForwardConfig?.TargetGroups ?? []).map((group) => group.TargetGroupArn),
    ].filter((arn) => arn !== undefined),
  );

/**
 * A group that a load balancer uses without a rule that we have seen: its rule is on a listener which
 * the configuration does not name, or not any more.
 */
async function rulesElsewhere(
  tools: AuditTools,
  seen: { groups: FoundGroup[]; known: BareRule[]; listeners: string[] },
): Promise<BareRule[]> {
  const routed = new Set(seen.known.flatMap(({ groups }) => groups));
  const balancers = new Set(
    seen.groups.filter(({ arn }) => !routed.has(arn)).flatMap(({ balancers: its }) => its),
  );
  const listeners = await Promise.all([...balancers].map((arn) => listenersAt(tools, arn)));
  const further = [...new Set(listeners.flat())].filter((arn) => !seen.listeners.includes(arn));
  return (await Promise.all(further.map((arn) => listRules(tools, arn)))).flat();
}

async function listenersAt({ session }: AuditTools, LoadBalancerArn: string): Promise<string[]> {
  const listeners = await allPages({
    page: (Marker) =>
      session.aws.call('elasticloadbalancing:DescribeListeners', { LoadBalancerArn, Marker }),
    items: (page) => page.Listeners,
    token: (page) => page.NextMarker,
  });
  return listeners.map(({ ListenerArn = '' }) => ListenerArn);
}

async function findGroups(tools: AuditTools): Promise<FoundGroup[]> {
  const tags = new Map<string, Tags>();
  const [groups] = await Promise.all([
    allPages({
      page: (Marker) =>
        tools.session.aws.call('elasticloadbalancing:DescribeTargetGroups', {
          Marker,
          PageSize: 400,
        }),
      // Only what is needed of each: a region may have thousands.
      items: (page) =>
        page.TargetGroups?.filter(({ TargetGroupName = '' }) =>
          TargetGroupName.startsWith(namePrefix),
        ).map((group) => ({
          arn: group.TargetGroupArn ?? '',
          name: group.TargetGroupName ?? '',
          balancers: group.LoadBalancerArns ?? [],
        })),
      token: (page) => page.NextMarker,
    }),
    findTagged(tools, ['elasticloadbalancing:targetgroup'], (page) => {
      for (const found of page) tags.set(found.arn, found.tags);
    }),
  ]);
  const unknown = groups.filter(({ arn }) => !tags.has(arn)).map(({ arn }) => arn);
  for (const [arn, own] of await describeTags(tools, unknown)) tags.set(arn, own);
  return groups.map((group) => ({ ...group, tags: tags.get(group.arn) }));
}

// DescribeTags, ELB API Reference.
const batchSize = 20;

/** Tags by ARN, as they are now; those that vanished meanwhile are left out. */
export async function describeTags(
  tools: AuditTools,
  arns: readonly string[],
): Promise<Map<string, Tags>> {
  const answers = await Promise.all(
    batches(arns, batchSize).map((some) => describeSome(tools, some)),
  );
  return new Map(answers.flat());
}

/** One ARN that vanished meanwhile fails a whole call, so a group that fails is halved until it is found. */
async function describeSome(tools: AuditTools, arns: string[]): Promise<[string, Tags][]> {
  try {
    const answer = await tools.session.aws.call('elasticloadbalancing:DescribeTags', {
      ResourceArns: arns,
    });
    return (answer.TagDescriptions ?? []).map((d) => [d.ResourceArn ?? '', tagRecord(d.Tags)]);
  } catch (error) {
    if (!isNamed(error, 'TargetGroupNotFoundException', 'RuleNotFoundException')) throw error;
    if (arns.length === 1) return [];
    const half = Math.ceil(arns.length / 2);
    const halves = [arns.slice(0, half), arns.slice(half)];
    return (await Promise.all(halves.map((some) => describeSome(tools, some)))).flat();
  }
}
