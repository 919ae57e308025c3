import { parseClaim } from '../../preview/claim.ts';
import { never, tagKeys } from '../../preview/tags.ts';
import type { PreviewStatus, PreviewSummary } from '../provider.ts';
import { primary, type Service } from './resources/service.ts';

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
}

type Judgement = [status: PreviewStatus, detail: string | null];

export function summarise(found: Finding, now: number): PreviewSummary {
  const [status, detail] = judge(found, now);
  const tags = found.service?.tags ?? {};
  const pr = Number(tags[tagKeys.pr] ?? /^pr-(\d+)$/.exec(found.id)?.[1]);
  const expires = tags[tagKeys.expires];
  return {
    app: found.app,
    id: found.id,
    pr: Number.isInteger(pr) ? pr : null,
    branch: tags[tagKeys.branch] ?? null,
    commit: tags[tagKeys.commit] ?? null,
    status,
    detail,
    url: tags[tagKeys.url] ?? null,
    createdAt: tags[tagKeys.created] ?? null,
    deployedAt: tags[tagKeys.deployed] ?? null,
    expiresAt: expires === undefined || expires === never ? null : expires,
    resources: [...(found.service ? ['service'] : []), ...[...found.resources].sort()],
  };
}

/** A first deploy builds an image before it makes a service; longer than this it does not take. */
const longestBuildMs = 60 * 60_000;

function judge(found: Finding, now: number): Judgement {
  const { service } = found;
  if (service?.status === 'DRAINING') return ['deleting', 'its tasks are stopping'];
  if (!service) return withoutService(found, now);
  const missing = ['listener-rule', 'target-group'].filter((r) => !found.resources.has(r));
  if (missing.length > 0) return ['incomplete', `no ${missing.join(', no ')}`];
  return judgeRollout(service);
}

function withoutService(found: Finding, now: number): Judgement {
  const claim = parseClaim(found.claim);
  const left = `only ${[...found.resources].sort().join(', ')}`;
  if (claim?.kind === 'destroy') return ['incomplete', `half deleted: ${left}; destroy it again`];
  const [run, code = 'failed'] = found.failed?.split(' ') ?? [];
  if (run !== undefined && run === found.claim) {
    return ['failed', `its first deploy: ${code.replaceAll('-', ' ')}`];
  }
  if (claim && now - claim.at < longestBuildMs) return ['deploying', 'its first deploy'];
  return ['incomplete', `half created or half deleted: ${left}; deploy or destroy it again`];
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
