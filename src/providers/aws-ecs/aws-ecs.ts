import type { Aws } from '../../aws/aws.ts';
import type { Clock } from '../../clock.ts';
import type { Config } from '../../config/types.ts';
import { PreviewopsError } from '../../errors.ts';
import type { Identity } from '../../preview/identity.ts';
import type { Emit } from '../../report/events.ts';
import type { Probe } from '../probe.ts';
import type { Access, Provider } from '../provider.ts';
import { audit } from './audit/audit.ts';
import { deploy } from './deploy.ts';
import { destroy } from './destroy.ts';
import { idlePreviews } from './idle.ts';
import { keep, look } from './keep.ts';
import { list } from './list.ts';
import { readLogs } from './logs.ts';
import { runCommandOnce } from './one-off/by-hand.ts';
import type { Session } from './session.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { targetOf } from './target.ts';
import { reword } from './wording.ts';

export interface AwsEcsOptions {
  config: Config;
  aws: Aws;
  clock: Clock;
  emit: Emit;
  signal: AbortSignal;
  /** For claims and back-off; `Math.random` is fine. */
  random: () => number;
  /** Asks a preview's URL, to see that it answers. */
  probe?: Probe | undefined;
  /** When the command began, milliseconds since the epoch; now when left out. */
  startedAt?: number;
}

/** Previews on ECS Fargate behind a shared Application Load Balancer, built by CodeBuild. */
export function awsEcs(options: AwsEcsOptions): Provider {
  const { config, aws, clock, emit, signal, random, probe, startedAt = clock.now() } = options;
  const session = (identity: Identity): Session => {
    const target = targetOf(config, identity);
    return { aws, clock, signal, emit, random, target, probe, startedAt };
  };
  // What concerns no preview in particular.
  const anyIdentity: Identity = { app: config.app ?? 'app', id: 'any', host: '', url: '' };

  return {
    check: () => worded(session(anyIdentity), check),
    deploy: async (request) => {
      const change = await worded(session(request.identity), (s) => deploy(s, request));
      return {
        plan: change.plan,
        apply: () => worded(session(request.identity), () => change.apply()),
      };
    },
    destroy: async (identity) => {
      const change = await worded(session(identity), destroy);
      return { plan: change.plan, apply: () => worded(session(identity), () => change.apply()) };
    },
    status: (identity) => worded(session(identity), status),
    stop: ({ identity, ...order }) => worded(session(identity), (s) => stop(s, order)),
    start: ({ identity, ...order }) => worded(session(identity), (s) => start(s, order)),
    idle: (previews, idleMs) =>
      worded(session(anyIdentity), (s) => idlePreviews(s, { previews, idleMs })),
    logs: ({ identity, ...request }) => readLogs(session(identity), request),
    run: ({ identity, ...request }) => worded(session(identity), (s) => runCommandOnce(s, request)),
    list: ({ app }) => worded(session(anyIdentity), (s) => list(s, { app })),
    audit: ({ app }) => worded(session(anyIdentity), (s) => audit(s, app)),
    look: (identity) => worded(session(identity), look),
    keep: (identity, wish) => worded(session(identity), (s) => keep(s, wish)),
  };
}

/** Refusals of AWS that mean something particular here, in words. */
async function worded<T>(session: Session, work: (session: Session) => Promise<T>): Promise<T> {
  try {
    return await work(session);
  } catch (error) {
    throw reword(error, session.target) ?? error;
  }
}

/** Credentials, then access to the cluster: what step 7 of the provider's guide asks for. */
async function check({ aws, target }: Session): Promise<Access> {
  const { cluster } = target.config.providerConfig;
  const caller = await aws.call('sts:GetCallerIdentity', {});
  const account = caller.Account ?? '';
  if (account !== target.account) {
    throw new PreviewopsError(
      'no-credentials',
      `The credentials belong to account ${account}, and the configuration names account ${target.account}`,
      { hint: 'Use another profile (--profile), or correct the ARNs in providerConfig.' },
    );
  }
  await aws.call('ecs:ListServices', { cluster, maxResults: 1 });
  return { callerArn: caller.Arn ?? '', account, region: target.region, cluster };
}
