import type { Config } from '../../config/types.ts';
import { parseClaim } from '../../preview/claim.ts';
import { expiryOf } from '../../preview/expiry.ts';
import { namePrefix } from '../../preview/names.ts';
import { stoppedIn } from '../../preview/stopped.ts';
import { type Tags, tagKeys } from '../../preview/tags.ts';
import type { PreviewStatus, PreviewSummary } from '../provider.ts';
import { primary, type Service } from './resources/service.ts';
import { serviceCost } from './service-cost.ts';

/** What was found of one preview. */
export interface Finding {
  app: string;
  id: string;
  /** Besides the service. */
  resources: Set<string>;
  service: Service | undefined;
  /** As written on the target group. */
  claim: string | undefined;
  /** The claim of a run that failed, and its error's code. */
  failed: string | undefined;
  /** Of a rule, or of a record. */
  host?: string | undefined;
  /** A load balancer forwards to the target group, so that there is a rule, wherever it is. */
  routed?: boolean | undefined;
  /** Where a part of it is that a destroy would not find. */
  elsewhere?: string | undefined;
}

export interface Judging {
  now: number;
  config: Config;
}

type Judgement = [status: PreviewStatus, detail: string | null];

export function summarise(found: Finding, judging: Judging): PreviewSummary {
  const tags = found.service?.tags ?? {};
  const pr = Number(tags[tagKeys.pr] ?? /^pr-(\d+)$/.exec(found.id)?.[1]);
  const { at, kept } = expiryFound(found, judging.config);
  const claim = parseClaim(found.claim);
  const [status, detail] = withExpiry(judge(found, judging.now), at, judging.now);
  const url = tags[tagKeys.url] ?? null;
  return {
    app: found.app,
    id: found.id,
    pr: Number.isInteger(pr) ? pr : null,
    branch: tags[tagKeys.branch] ?? null,
    commit: tags[tagKeys.commit] ?? null,
    status,
    detail,
    url,
    createdAt: tags[tagKeys.created] ?? null,
    deployedAt: tags[tagKeys.deployed] ?? (claim?.kind === 'deploy' ? iso(claim.at) : null),
    stoppedAt: iso(stoppedIn(tags)?.at),
    startedAt: startedAt(tags),
    expiresAt: iso(at),
    kept: typeof kept === 'number' ? (kept > judging.now ? iso(kept) : null) : (kept ?? null),
    halfDestroyed: isHalfDestroyed(found),
    resources: [...(found.service ? ['service'] : []), ...[...found.resources].sort()],
    host: hostOf(url) ?? found.host ?? null,
    cost: found.service ? serviceCost(found.service, { ...judging, expiresAt: at }) : null,
    elsewhere: found.elsewhere ?? null,
  };
}

/** A destroy that was cut short before it removed anything has left a preview that is whole. */
function isHalfDestroyed(found: Finding): boolean {
  const { service } = found;
  if (service?.status === 'DRAINING') return true;
  return parseClaim(found.claim)?.kind === 'destroy' && (!service || missingOf(found).length > 0);
}

/** What requests need beside the service; what is routed has a rule, though nobody has seen it. */
export function missingOf({ resources, routed = false }: Finding): string[] {
  return ['listener-rule', 'target-group'].filter(
    (kind) => !resources.has(kind) && !(kind === 'listener-rule' && routed),
  );
}

const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());

/** The service carries the claim of the last run that came to its end. */
function startedAt(tags: Tags): string | null {
  const last = parseClaim(tags[tagKeys.claim]);
  return last?.kind === 'start' ? iso(last.at) : null;
}

/** Whatever has a name of ours without our tags. */
export function foreignSummary(resource: string, name: string): PreviewSummary {
  const bare = name.replace(/^\/ecs\//, '').replace(/^.*\/(.+):(preview-)?/, `${namePrefix}$1--`);
  const [, app = '', id = name] = new RegExp(`^${namePrefix}([a-z0-9-]+?)--(.+)$`).exec(bare) ?? [];
  return {
    app,
    id,
    pr: null,
    branch: null,
    commit: null,
    status: 'foreign',
    detail: `${resource} ${name} carries no previewops tags of such a preview`,
    url: null,
    createdAt: null,
    deployedAt: null,
    stoppedAt: null,
    startedAt: null,
    expiresAt: null,
    kept: null,
    halfDestroyed: false,
    resources: [resource],
    host: null,
    cost: null,
    elsewhere: null,
  };
}

function hostOf(url: string | null): string | undefined {
  return url === null ? undefined : /^https?:\/\/([^/:]+)/.exec(url)?.[1]?.toLowerCase();
}

/** Without a service there is only the claim to tell when somebody last deployed. */
function expiryFound({ service, claim }: Finding, { ttl }: Config) {
  if (service) return expiryOf(service.tags);
  const begun = parseClaim(claim)?.at;
  const at = ttl === undefined || begun === undefined ? undefined : begun + ttl * 1000;
  return { at, kept: undefined };
}

/** What is under way is let go on, and what is left over is so whether its time is over or not. */
const untilItsTime: readonly PreviewStatus[] = ['ready', 'failed', 'stopped'];

function withExpiry(judged: Judgement, expiresAt: number | undefined, now: number): Judgement {
  const [status, detail] = judged;
  if (expiresAt === undefined || expiresAt > now || !untilItsTime.includes(status)) return judged;
  return ['expired', detail === null ? status : `${status}: ${detail}`];
}

/** A first deploy builds an image before it makes a service; longer than this it does not take. */
const longestBuildMs = 60 * 60_000;

function judge(found: Finding, now: number): Judgement {
  const { service } = found;
  if (service?.status === 'DRAINING') return ['deleting', 'its tasks are stopping'];
  if (!service) return withoutService(found, now);
  const missing = missingOf(found);
  if (missing.length === 0) {
    return (
      judgeSwitch({ service, claim: found.claim, failed: found.failed }) ?? judgeRollout(service)
    );
  }
  const claim = parseClaim(found.claim);
  const unfinished = found.claim !== service.tags[tagKeys.claim];
  if (unfinished && claim?.kind === 'deploy' && now - claim.at < longestBuildMs) {
    return ['deploying', `no ${missing.join(', no ')} yet`];
  }
  if (isHalfDestroyed(found)) {
    return ['orphan', `half deleted: no ${missing.join(', no ')}; destroy it again`];
  }
  return ['orphan', `no ${missing.join(', no ')}; deploy it again, or prune`];
}

function withoutService(found: Finding, now: number): Judgement {
  const claim = parseClaim(found.claim);
  const left = `only ${[...found.resources].sort().join(', ')}`;
  if (claim?.kind === 'destroy') return ['orphan', `half deleted: ${left}; destroy it again`];
  const [run, code = 'failed'] = found.failed?.split(' ') ?? [];
  if (run !== undefined && run === found.claim) {
    return ['failed', `its first deploy: ${code.replaceAll('-', ' ')}`];
  }
  if (claim && now - claim.at < longestBuildMs) return ['deploying', 'its first deploy'];
  return ['orphan', `half created or half deleted: ${left}; deploy it again, or prune`];
}

/** What a stop or a start makes of it: its rule shows a page, or is about to show something else. */
function judgeSwitch(found: {
  service: Service;
  claim: string | undefined;
  failed: string | undefined;
}): Judgement | undefined {
  const { service, claim, failed } = found;
  const { kind } = (claim !== service.tags[tagKeys.claim] && parseClaim(claim)) || {};
  const [run, code = 'failed'] = failed?.split(' ') ?? [];
  if (kind === 'stop') return ['stopped', 'being stopped, or cut short: stop it again'];
  if (kind === 'start' && run === claim) {
    return ['failed', `its start: ${code.replaceAll('-', ' ')}; start it again, or stop it`];
  }
  if (kind === 'start') return ['deploying', 'being started, or cut short: start it again'];
  const stopped = stoppedIn(service.tags);
  const running = (primary(service)?.desiredCount ?? 0) > 0;
  return stopped && !running ? ['stopped', `since ${iso(stopped.at)}`] : undefined;
}

function judgeRollout(service: Service): Judgement {
  const newest = primary(service);
  const failed = service.deployments.find((d) => d.rolloutState === 'FAILED');
  if (newest?.rolloutState === 'FAILED') {
    return ['failed', newest.rolloutStateReason ?? 'the last rollout failed'];
  }
  if (failed) return ['failed', 'the last rollout failed; the revision before it serves'];
  if (newest?.rolloutState === 'IN_PROGRESS') {
    return ['deploying', `${newest.runningCount ?? 0} of ${newest.desiredCount ?? 0} running`];
  }
  if ((newest?.desiredCount ?? 0) === 0) return ['stopped', 'scaled to zero'];
  return ['ready', null];
}
