import { allPages, batches } from '../../../aws/paginate.ts';
import { parseClaim } from '../../../preview/claim.ts';
import { previewNames } from '../../../preview/names.ts';
import { type Tags, tagKeys } from '../../../preview/tags.ts';
import type { PreviewSummary } from '../../provider.ts';
import { describeTags } from '../audit/balancer.ts';
import { type AuditTools, keyOf, type Owner, ownerOf } from '../audit/tools.ts';
import type { Rule } from '../resources/listener-rule.ts';
import { type Service, shapeService } from '../resources/service.ts';
import { holdingsOf, isOnSpot } from '../service-cost.ts';
import type { Session } from '../session.ts';
import { summarise } from '../summary.ts';

/** A preview that has a rule on one of the listeners. */
export interface Occupant extends Owner {
  /** Of its last deploy, milliseconds since the epoch; undefined where nothing tells. */
  deployedAt: number | undefined;
  /** Of its rule. */
  host: string;
  /** A destroy has begun: doing it again finishes it. */
  leaving: boolean;
  /** Of this app's previews, where asked for: others' services may not be looked at. */
  summary: PreviewSummary | undefined;
  /** Whether its tasks run on Spot, where its service was looked at. */
  spot: boolean | undefined;
  /** What its tasks hold, where its service was looked at. */
  holds: ReturnType<typeof holdingsOf> | undefined;
}

const toolsOf = (session: Session): AuditTools => ({
  session,
  app: undefined,
  warned: new Set(),
});

/** Target groups named as the app's previews name theirs: one call where a region has at most 400. */
export async function findGroupsOfApp({ aws, target }: Session): Promise<string[]> {
  const prefix = previewNames(target.identity.app, '*', '').targetGroup.replace('*', '');
  return allPages({
    page: (Marker) =>
      aws.call('elasticloadbalancing:DescribeTargetGroups', { Marker, PageSize: 400 }),
    items: (page) =>
      (page.TargetGroups ?? [])
        .filter(({ TargetGroupName = '' }) => TargetGroupName.startsWith(prefix))
        .map(({ TargetGroupArn = '' }) => TargetGroupArn),
    token: (page) => page.NextMarker,
  });
}

/** How many of them the tags say are of other previews of the app; what is being removed is none any more. */
export async function countPreviews(session: Session, groups: readonly string[]): Promise<number> {
  const { app, id } = session.target.identity;
  const tags = await describeTags(toolsOf(session), groups);
  const staying = [...tags.values()].filter((own) => !isLeaving(own));
  const owners = staying.flatMap((own) => ownerOf(own, app) ?? []);
  return new Set(owners.map((owner) => owner.id).filter((other) => other !== id)).size;
}

/** The rules of previews with their tags, whoever's they are. */
async function tagRules(session: Session, rules: readonly Rule[]): Promise<Rule[]> {
  const asked = rules.filter(({ hosts }) => hosts.length > 0).map(({ arn }) => arn);
  const tags = await describeTags(toolsOf(session), asked);
  return rules.map((rule) => ({ ...rule, tags: tags.get(rule.arn) ?? rule.tags }));
}

/**
 * Who is there, longest without a deploy first. Needs no permission that a deploy has not. Without
 * `summaries`, services are looked at only where the claim does not tell of the last deploy.
 */
export async function readOccupants(
  session: Session,
  { rules, summaries }: { rules: readonly Rule[]; summaries: boolean },
): Promise<Occupant[]> {
  const { app } = session.target.identity;
  const owners = new Map<string, Owner & { targetGroupArn: string | undefined; host: string }>();
  for (const { tags, targetGroupArn, hosts } of await tagRules(session, rules)) {
    const owner = ownerOf(tags, undefined);
    if (owner) owners.set(keyOf(owner), { ...owner, targetGroupArn, host: hosts[0] ?? '' });
  }
  const all = [...owners.values()];
  const groups = await describeTags(
    toolsOf(session),
    all.flatMap(({ targetGroupArn }) => targetGroupArn ?? []),
  );
  const tagsOf = (one: (typeof all)[number]) => groups.get(one.targetGroupArn ?? '');
  const services = await readServices(
    session,
    all.filter((one) => one.app === app && (summaries || claimedAt(tagsOf(one)) === undefined)),
  );
  const occupants = all.map((one): Occupant => {
    const owner = { app: one.app, id: one.id };
    const tags = tagsOf(one);
    const service = services.get(keyOf(owner));
    const summary = summaryOf(session, owner, { tags, service });
    const deployed = Date.parse(summary?.deployedAt ?? '');
    const deployedAt = Number.isNaN(deployed) ? claimedAt(tags) : deployed;
    const spot = service && isOnSpot(service);
    const holds = service && holdingsOf(service, session.target.config);
    return { ...owner, host: one.host, leaving: isLeaving(tags), summary, spot, holds, deployedAt };
  });
  const ageless = Number.MAX_SAFE_INTEGER;
  return occupants.sort((a, b) => (a.deployedAt ?? ageless) - (b.deployedAt ?? ageless));
}

const isLeaving = (tags: Tags | undefined) => parseClaim(tags?.[tagKeys.claim])?.kind === 'destroy';

/** When the last run began, if it was a deploy. */
function claimedAt(tags: Tags | undefined): number | undefined {
  const claim = parseClaim(tags?.[tagKeys.claim]);
  return claim?.kind === 'deploy' ? claim.at : undefined;
}

function summaryOf(
  { clock, target }: Session,
  owner: Owner,
  found: { tags: Tags | undefined; service: Service | undefined },
): PreviewSummary | undefined {
  const { tags, service } = found;
  if (!service) return undefined;
  const resources = new Set(['listener-rule', 'target-group']);
  return summarise(
    {
      ...owner,
      service,
      resources,
      claim: tags?.[tagKeys.claim] ?? service.tags[tagKeys.claim],
      failed: tags?.[tagKeys.failed],
    },
    { now: clock.now(), config: target.config },
  );
}

// DescribeServices, ECS API Reference.
const batchSize = 10;

async function readServices(
  { aws, target }: Session,
  owners: readonly Owner[],
): Promise<Map<string, Service>> {
  const { cluster } = target.config.providerConfig;
  const names = owners.map(({ app, id }) => previewNames(app, id, '').service);
  const answers = await Promise.all(
    batches(names, batchSize).map((services) =>
      aws.call('ecs:DescribeServices', { cluster, services, include: ['TAGS'] }),
    ),
  );
  const found = answers.flatMap(({ services = [] }) =>
    services.flatMap((s) => shapeService(s) ?? []),
  );
  return new Map(
    found.flatMap((service) => {
      const owner = ownerOf(service.tags, target.identity.app);
      return owner ? [[keyOf(owner), service] as const] : [];
    }),
  );
}
