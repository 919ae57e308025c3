import { isNamed } from '../../aws/errors.ts';
import { allPages, batches } from '../../aws/paginate.ts';
import { namePrefix } from '../../preview/names.ts';
import { owns, type Tags, tagKeys } from '../../preview/tags.ts';
import type { PreviewSummary } from '../provider.ts';
import { listRules } from './resources/listener-rule.ts';
import { type Service, shapeService } from './resources/service.ts';
import type { Session } from './session.ts';
import { type Finding, summarise } from './summary.ts';

/** Every preview of which anything exists: in the cluster, on the listener, among target groups and log groups. */
export async function list(
  session: Session,
  { app }: { app?: string | undefined },
): Promise<PreviewSummary[]> {
  const [services, rules, groups, logGroups] = await Promise.all([
    listServices(session, app),
    taggedRules(session),
    taggedTargetGroups(session),
    listLogGroups(session),
  ]);
  const findings = new Map<string, Finding>();
  const of = (tags: Tags): Finding | undefined => {
    const owner = { app: tags[tagKeys.app] ?? '', id: tags[tagKeys.preview] ?? '' };
    if (!owns(tags, owner.app, owner.id) || (app !== undefined && owner.app !== app)) return;
    return finding(findings, owner);
  };
  for (const service of services) {
    const found = of(service.tags);
    if (found) found.service = service;
  }
  for (const rule of rules) of(rule)?.resources.add('listener-rule');
  for (const tags of groups) {
    const found = of(tags);
    found?.resources.add('target-group');
    if (found) Object.assign(found, { claim: tags[tagKeys.claim], failed: tags[tagKeys.failed] });
  }
  await addLogGroups(session, { findings, logGroups, app });
  await addDraining(session, findings);
  const now = session.clock.now();
  return [...findings.values()]
    .map((found) => summarise(found, now))
    .sort((a, b) => compare(a.app, b.app) || compare(a.id, b.id));
}

const compare = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true });

function finding(all: Map<string, Finding>, owner: { app: string; id: string }): Finding {
  const key = `${owner.app}--${owner.id}`;
  const known = all.get(key);
  if (known) return known;
  const fresh: Finding = {
    ...owner,
    resources: new Set(),
    service: undefined,
    claim: undefined,
    failed: undefined,
  };
  all.set(key, fresh);
  return fresh;
}

/**
 * Only names of ours, or of the one app, are described: a cluster may run thousands of other
 * services, and an app's policy allows no look at another app's.
 */
async function listServices(session: Session, app: string | undefined): Promise<Service[]> {
  const prefix = app === undefined ? namePrefix : `${namePrefix}${app}--`;
  const { cluster } = session.target.config.providerConfig;
  const arns = await allPages({
    page: (nextToken) =>
      session.aws.call('ecs:ListServices', { cluster, maxResults: 100, nextToken }),
    items: (page) => page.serviceArns,
    token: (page) => page.nextToken,
  });
  const names = arns.map((arn) => arn.split('/').at(-1) ?? '');
  return describeServices(
    session,
    names.filter((name) => name.startsWith(prefix)),
  );
}

async function describeServices({ aws, target }: Session, names: string[]): Promise<Service[]> {
  const { cluster } = target.config.providerConfig;
  const answers = await Promise.all(
    batches(names, 10).map((services) =>
      aws.call('ecs:DescribeServices', { cluster, services, include: ['TAGS'] }),
    ),
  );
  return answers
    .flatMap((answer) => answer.services ?? [])
    .map(shapeService)
    .filter((service) => service !== undefined);
}

async function taggedRules(session: Session): Promise<Tags[]> {
  const rules = await listRules(session);
  return tagsOf(
    session,
    rules.filter((rule) => rule.hosts.length > 0).map((rule) => rule.arn),
  );
}

async function taggedTargetGroups(session: Session): Promise<Tags[]> {
  const groups = await allPages({
    page: (Marker) =>
      session.aws.call('elasticloadbalancing:DescribeTargetGroups', { Marker, PageSize: 400 }),
    items: (page) => page.TargetGroups,
    token: (page) => page.NextMarker,
  });
  const ours = groups.filter((group) => group.TargetGroupName?.startsWith(namePrefix));
  return tagsOf(
    session,
    ours.map((group) => group.TargetGroupArn ?? ''),
  );
}

async function tagsOf(session: Session, arns: string[]): Promise<Tags[]> {
  const answers = await Promise.all(batches(arns, 20).map((some) => describeTags(session, some)));
  return answers.flat();
}

/** One ARN that vanished meanwhile fails a whole call, so a group that fails is halved until it is found. */
async function describeTags(session: Session, arns: string[]): Promise<Tags[]> {
  try {
    const answer = await session.aws.call('elasticloadbalancing:DescribeTags', {
      ResourceArns: arns,
    });
    return (answer.TagDescriptions ?? []).map((d) =>
      Object.fromEntries((d.Tags ?? []).map((t) => [t.Key ?? '', t.Value ?? ''])),
    );
  } catch (error) {
    if (!isNamed(error, 'TargetGroupNotFoundException', 'RuleNotFoundException')) throw error;
    if (arns.length === 1) return [];
    const half = Math.ceil(arns.length / 2);
    const halves = [arns.slice(0, half), arns.slice(half)];
    return (await Promise.all(halves.map((some) => describeTags(session, some)))).flat();
  }
}

const logGroupName = new RegExp(`^/ecs/${namePrefix}([a-z0-9-]+?)--([a-z0-9-]+)$`);

async function listLogGroups({
  aws,
}: Session): Promise<{ app: string; id: string; arn: string }[]> {
  const groups = await allPages({
    page: (nextToken) =>
      aws.call('logs:DescribeLogGroups', {
        logGroupNamePrefix: `/ecs/${namePrefix}`,
        limit: 50,
        nextToken,
      }),
    items: (page) => page.logGroups,
    token: (page) => page.nextToken,
  });
  return groups.flatMap((group) => {
    const [, app, id] = logGroupName.exec(group.logGroupName ?? '') ?? [];
    const arn = group.logGroupArn ?? group.arn?.replace(/:\*$/, '');
    return app && id && arn ? [{ app, id, arn }] : [];
  });
}

/** A log group that stands alone is a leftover only if its tags say that we made it. */
async function addLogGroups(
  session: Session,
  options: {
    findings: Map<string, Finding>;
    logGroups: { app: string; id: string; arn: string }[];
    app: string | undefined;
  },
): Promise<void> {
  const { findings, logGroups, app } = options;
  await Promise.all(
    logGroups
      .filter((group) => app === undefined || group.app === app)
      .map(async ({ arn, ...owner }) => {
        const known = findings.get(`${owner.app}--${owner.id}`);
        if (known) return void known.resources.add('log-group');
        const answer = await session.aws
          .call('logs:ListTagsForResource', { resourceArn: arn })
          .catch((error: unknown) => {
            // Gone meanwhile, or another app's, which this policy may not look at.
            if (isNamed(error, 'ResourceNotFoundException', 'AccessDeniedException')) return;
            throw error;
          });
        if (owns(answer?.tags, owner.app, owner.id)) {
          finding(findings, owner).resources.add('log-group');
        }
      }),
  );
}

/** ListServices hides services that are draining; what is left of their previews leads to them. */
async function addDraining(session: Session, findings: Map<string, Finding>): Promise<void> {
  const without = [...findings].filter(([, found]) => !found.service);
  const names = without.map(([key]) => `${namePrefix}${key}`);
  for (const service of await describeServices(session, names)) {
    const key = `${service.tags[tagKeys.app]}--${service.tags[tagKeys.preview]}`;
    const found = findings.get(key);
    if (found) found.service = service;
  }
}
