import type { Config } from '../../src/config/types.ts';
import { normalizeName } from '../../src/sandbox/services/route53-names.ts';
import type { World } from '../../src/sandbox/types.ts';
import { createStage } from './stage.ts';

export interface BigWorld {
  previews: number;
  /** Of these, those with the lowest numbers have expired. */
  expired?: number;
  /** Services that are nobody's preview. */
  others?: number;
  /**
   * Each on a load balancer of its own. As many as the configuration names unless told; what is more
   * than that is on none of its listeners.
   */
  listeners?: number;
}

/** The preview that all others are copies of. */
const model = 'pr-1';
const dayMs = 86_400_000;

/**
 * An account with many previews (`pr-1`, `pr-2`, ...), written past all calls: one is deployed, the
 * others are copies of what that left. More than AWS's limits allow on one load balancer.
 */
export async function bigWorld(
  config: Config,
  { previews, expired = 0, others = 0, ...given }: BigWorld,
): Promise<World> {
  const { listeners = config.providerConfig.albListenerArns.length } = given;
  const stage = await createStage({ config });
  await stage.process().deploy({ pr: 1 });
  const world = stage.world();
  const balancers = Array.from({ length: listeners }, (_, at) => addListener(world, config, at));
  const parts = partsOf(world);
  for (let number = 2; number <= previews; number++) {
    const listener = balancers[(number - 1) % listeners] ?? balancers[0];
    copyPreview(world, parts, { number, listener: listener ?? '' });
  }
  for (let number = 1; number <= previews; number++) {
    const service = world.ecs.services[parts.service.arn.replace(model, `pr-${number}`)];
    if (!service) throw new Error(`pr-${number} was not made`);
    const at = world.now + (number <= expired ? -dayMs : dayMs);
    service.tags['previewops:expires'] = new Date(at).toISOString();
  }
  for (let number = 1; number <= others; number++) copyOther(world, parts, number);
  return world;
}

type Parts = ReturnType<typeof partsOf>;

function partsOf({ ecs, elasticloadbalancing: elb, logs, ecr, route53 }: World) {
  const only = <T>(records: Record<string, T>, fits: (record: T) => boolean): T => {
    const found = Object.values(records).find(fits);
    if (found === undefined) throw new Error('the model preview has not all of its parts');
    return found;
  };
  const repository = only(ecr.repositories, () => true);
  return {
    service: only(ecs.services, () => true),
    task: only(ecs.tasks, ({ lastStatus }) => lastStatus === 'RUNNING'),
    definition: only(ecs.taskDefinitions, () => true),
    group: only(elb.targetGroups, () => true),
    rule: only(elb.rules, ({ hosts }) => hosts.length > 0),
    logGroup: only(logs.groups, ({ name }) => name.startsWith('/ecs/')),
    repository,
    image: only(repository.images, () => true),
    // None where a wildcard serves every preview.
    records: Object.values(route53.zones).flatMap(({ id, records }) =>
      records
        .filter(({ Name }) => String(Name).startsWith(`${model}.`))
        .map((record) => ({ zone: id, record })),
    ),
  };
}

/** `of` with another number for the model's, and the ids changed that must differ. */
function copyOf<T>(of: T, number: number, listener: [from: string, to: string] = ['', '']): T {
  const digits = number.toString(16).padStart(8, '0');
  const text = JSON.stringify(of)
    .replaceAll(/\bpr-1\b/g, `pr-${number}`)
    .replaceAll(/(targetgroup\/[\w-]+\/)[0-9a-f]{8}/g, `$1${digits}`)
    .replaceAll(/(ecs-svc\/)\d+/g, `$1${1e15 + number}`)
    .replaceAll(/(:task\/[\w-]+\/)[0-9a-f]{8}/g, `$1${digits}`);
  const [from, to] = listener;
  return JSON.parse(from === '' ? text : text.replaceAll(from, to)) as T;
}

const bare = (listenerArn: string) => listenerArn.replace(/^.*:listener\//, '');

function copyPreview(
  world: World,
  parts: Parts,
  { number, listener }: { number: number; listener: string },
): void {
  const { ecs, elasticloadbalancing: elb, logs } = world;
  const moved: [string, string] = [bare(parts.rule.listenerArn), bare(listener)];
  const put = <T extends { arn: string }>(records: Record<string, T>, record: T) => {
    records[record.arn] = record;
  };
  put(ecs.services, { ...copyOf(parts.service, number), serviceDeployments: [] });
  const task = copyOf(parts.task, number);
  put(ecs.tasks, { ...task, id: task.arn.split('/').at(-1) ?? '' });
  put(ecs.taskDefinitions, copyOf(parts.definition, number));
  ecs.revisions[copyOf(parts.definition.family, number)] = 1;
  put(elb.targetGroups, copyOf(parts.group, number));
  const rule = copyOf(parts.rule, number, moved);
  const arn = rule.arn.replace(/\w+$/, (number + 0xfeed0000).toString(16).padStart(16, '0'));
  put(elb.rules, { ...rule, arn, priority: 1000 + number });
  const group = copyOf(parts.logGroup, number);
  logs.groups[group.name] = group;
  const { images } = parts.repository;
  const image = copyOf(parts.image, number);
  const digest = image.digest.replace(/[0-9a-f]{8}$/, number.toString(16).padStart(8, '0'));
  const repository = world.ecr.repositories[parts.repository.name];
  if (repository && images) repository.images[digest] = { ...image, digest };
  for (const { zone, record } of parts.records) {
    const AliasTarget = aliasOf(world, listener);
    world.route53.zones[zone]?.records.push({ ...copyOf(record, number), AliasTarget });
  }
}

function aliasOf({ elasticloadbalancing: elb }: World, listener: string) {
  const balancer = elb.loadBalancers[elb.listeners[listener]?.loadBalancerArn ?? ''];
  return {
    HostedZoneId: balancer?.canonicalHostedZoneId,
    DNSName: normalizeName(balancer?.dnsName ?? ''),
    EvaluateTargetHealth: false,
  };
}

function copyOther(world: World, { service }: Parts, number: number): void {
  const name = `shop-backend-${number}`;
  const arn = service.arn.replace(service.name, name);
  // Records that are only read may share what is in them.
  const idle = { desiredCount: 0, deployments: [], serviceDeployments: [], events: [] };
  const { lastCompleted: _, ...rest } = service;
  const revision = othersRevision(service.revision);
  world.ecs.services[arn] = { ...rest, ...idle, arn, name, revision, tags: { team: 'shop' } };
}

type Revision = Parts['service']['revision'];
const revisions = new WeakMap<Revision, Revision>();

/** One for all others. The model's own would be in use, and looked at by every call, once it is deleted. */
function othersRevision(of: Revision): Revision {
  const taskDefinition = of.taskDefinition.replace(/[^/]+$/, 'shop-backend:1');
  const shared = revisions.get(of) ?? { ...of, taskDefinition };
  revisions.set(of, shared);
  return shared;
}

function addListener(world: World, { providerConfig }: Config, at: number): string {
  const { listeners, loadBalancers, rules } = world.elasticloadbalancing;
  const first = providerConfig.albListenerArn;
  const named = providerConfig.albListenerArns[at];
  if (named !== undefined) return named;
  const own = (text: string) =>
    text.replace(/\/app\/[\w-]+\/\w+/, `/app/my-alb-${at + 1}/${at}${at}`);
  const arn = own(first);
  const listener = listeners[first];
  const balancer = listener && loadBalancers[listener.loadBalancerArn];
  const fallback = Object.values(rules).find(
    (rule) => rule.listenerArn === first && rule.priority === 0,
  );
  if (!listener || !balancer || !fallback) throw new Error('the first listener is not there');
  const balancerArn = own(balancer.arn);
  loadBalancers[balancerArn] = { ...balancer, arn: balancerArn, name: `my-alb-${at + 1}` };
  listeners[arn] = { ...listener, arn, loadBalancerArn: balancerArn };
  const rule = { ...fallback, arn: own(fallback.arn), listenerArn: arn };
  rules[rule.arn] = rule;
  return arn;
}
