import { previewNames } from '../../../preview/names.ts';
import type { Audit, PreviewSummary, SharedResource } from '../../provider.ts';
import type { Session } from '../session.ts';
import { type Finding, foreignSummary, missingOf, summarise } from '../summary.ts';
import { describeTags, type FoundBalancing, findBalancing } from './balancer.ts';
import { createFindings, type Findings, noteRuns } from './findings.ts';
import { pullRequestAt } from './hosts.ts';
import { findFamilies, findImages, findLogGroups, type Named } from './leftovers.ts';
import { findRecords } from './records.ts';
import { type FoundServices, findServices } from './services.ts';
import { findShared } from './shared.ts';
import { type AuditTools, keyOf, ownerOf } from './tools.ts';

/**
 * Every preview of which anything exists, whatever it is: by tags where AWS can be asked by tags, by
 * name where not, with the tags of what stands alone read before it is called ours.
 */
export async function audit(session: Session, app: string | undefined): Promise<Audit> {
  const tools: AuditTools = { session, app, warned: new Set() };
  const sharing = findShared(tools);
  const [services, balancing, named, hosts, shared] = await Promise.all([
    findServices(tools),
    findBalancing(tools),
    findNamed(tools, sharing),
    findRecords(tools),
    sharing,
  ]);
  const findings = createFindings();
  for (const service of services.services.values()) {
    const { 'previewops:app': its = '', 'previewops:preview': id = '' } = service.tags;
    findings.of({ app: its, id }).service = service;
  }
  const foreign = [...services.foreign.map((name) => foreignSummary('service', name))];
  foreign.push(...addBalancing(findings, tools, balancing));
  foreign.push(...(await addNamed(findings, named)));
  addRecords(findings, tools, { hosts, routed: balancing.hosts });
  await lookAgain(findings, tools, { services, balancing });
  return conclude(findings, tools, { services, shared, foreign });
}

/** Images are looked for in the app's repository; for all apps, in every one that carries our tags. */
async function findNamed(tools: AuditTools, sharing: Promise<SharedResource[]>): Promise<Named[]> {
  const { config } = tools.session.target;
  const apps = async () => {
    if (tools.app !== undefined) return [tools.app];
    const known = (await sharing).filter(({ resource }) => resource === 'repository');
    const own = config.app === undefined ? [] : [config.app];
    return [...new Set([...own, ...known.map(({ app }) => app)])];
  };
  const found = await Promise.all([
    findLogGroups(tools),
    findFamilies(tools),
    apps().then((all) => findImages(tools, all)),
  ]);
  return found.flat();
}

/** Gives what is named as ours and is not. */
function addBalancing(
  findings: Findings,
  { app }: AuditTools,
  { rules, groups }: FoundBalancing,
): PreviewSummary[] {
  const foreign: PreviewSummary[] = [];
  for (const { name, balancers, tags } of groups) {
    const owner = ownerOf(tags, undefined);
    const named = owner && name === previewNames(owner.app, owner.id, '').targetGroup;
    if (!tags || (named && app !== undefined && owner.app !== app)) continue;
    if (!owner || !named) {
      foreign.push(foreignSummary('target-group', name));
      continue;
    }
    const finding = findings.of(owner);
    finding.resources.add('target-group');
    finding.routed = balancers.length > 0;
    noteRuns(finding, tags);
  }
  for (const { tags, hosts, configured } of rules) {
    const owner = ownerOf(tags, app);
    if (!owner) continue;
    const finding = findings.of(owner);
    finding.resources.add('listener-rule');
    finding.host ??= hosts[0];
    if (!configured) finding.elsewhere = 'a listener that the configuration does not name';
  }
  return foreign;
}

/** Beside others of its preview a name will do; what stands alone is ours only if its tags say so. */
async function addNamed(findings: Findings, named: readonly Named[]): Promise<PreviewSummary[]> {
  const lonely = named.filter((one) => {
    const known = findings.find(one);
    known?.resources.add(one.kind);
    return !known;
  });
  const foreign = await Promise.all(
    lonely.map(async (one): Promise<PreviewSummary[]> => {
      const tags = await one.tags();
      if (!tags) return [];
      const owner = ownerOf(tags, one.app);
      if (owner?.id !== one.id) return [foreignSummary(one.kind, one.name)];
      findings.of(one).resources.add(one.kind);
      return [];
    }),
  );
  return foreign.flat();
}

/** A record without a rule for its host is a leftover if a pull request's preview would have it. */
function addRecords(
  findings: Findings,
  { session, app }: AuditTools,
  { hosts, routed }: { hosts: readonly string[]; routed: ReadonlySet<string> },
): void {
  const its = app ?? session.target.config.app;
  if (its === undefined) return;
  const byHost = new Map(findings.all().map((finding) => [finding.host, finding]));
  for (const host of hosts) {
    const pull = pullRequestAt(session.target, its, host);
    const known = byHost.get(host) ?? (pull && findings.find({ app: its, id: pull.id }));
    const finding = known ?? (pull && !routed.has(host) && findings.of({ app: its, id: pull.id }));
    if (!finding) continue;
    finding.resources.add('dns-record');
    finding.host ??= host;
  }
}

/** What is not whole is told by its target group's tags: read as they are now, not as they were indexed. */
async function lookAgain(
  findings: Findings,
  tools: AuditTools,
  { services, balancing }: { services: FoundServices; balancing: FoundBalancing },
): Promise<void> {
  const broken = findings.all().filter((one) => !one.service || missingOf(one).length > 0);
  const groups = new Map(balancing.groups.map(({ name, arn }) => [name, arn]));
  const groupOf = ({ app, id }: Finding) => groups.get(previewNames(app, id, '').targetGroup) ?? '';
  const arns = broken.map(groupOf).filter((arn) => arn !== '');
  const [tags] = await Promise.all([
    describeTags(tools, arns),
    services.more(broken.map(({ app, id }) => previewNames(app, id, '').service)),
  ]);
  for (const finding of broken) {
    finding.service = services.services.get(keyOf(finding));
    const now = tags.get(groupOf(finding));
    if (now && ownerOf(now, finding.app)?.id === finding.id) noteRuns(finding, now);
  }
}

function conclude(
  findings: Findings,
  { session }: AuditTools,
  found: { services: FoundServices; shared: SharedResource[]; foreign: PreviewSummary[] },
): Audit {
  const { elsewhere } = found.services;
  const others: Audit['elsewhere'] = [];
  const own = findings.all().filter((finding) => {
    const cluster = finding.service ? undefined : elsewhere?.get(keyOf(finding));
    if (cluster === undefined) return true;
    others.push({ app: finding.app, id: finding.id, cluster });
    return false;
  });
  // Without the index nobody can tell whether another app's service is in another cluster.
  const { config } = session.target;
  const unsure = (finding: Finding) =>
    elsewhere === undefined && !finding.service && finding.app !== config.app;
  const now = session.clock.now();
  const previews = own.map((finding) =>
    summarise(unsure(finding) ? { ...finding, elsewhere: 'another cluster, perhaps' } : finding, {
      now,
      config,
    }),
  );
  return {
    previews: previews.sort((a, b) => compare(a.app, b.app) || compare(a.id, b.id)),
    foreign: found.foreign,
    shared: found.shared,
    elsewhere: others,
  };
}

const { compare } = new Intl.Collator('en', { numeric: true });
