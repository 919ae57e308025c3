import type {
  LogsLocation,
  Build as SdkBuild,
  BuildPhase as SdkPhase,
} from '@aws-sdk/client-codebuild';
import { logGroupArn } from '../arn.ts';
import type { Ctx } from '../types.ts';
import { logGroupOf, logStreamOf } from './codebuild-advance.ts';
import { resolveCommit } from './codebuild-script.ts';
import type { Build, Phase } from './codebuild-state.ts';
import { completedAt } from './codebuild-timetable.ts';

function phaseShape({ type, startAt, endAt, status, context }: Phase, now: number): SdkPhase {
  const begun: SdkPhase = { phaseType: type, startTime: new Date(startAt) };
  if (type === 'COMPLETED' || endAt > now) return begun;
  return {
    ...begun,
    phaseStatus: status,
    endTime: new Date(endAt),
    durationInSeconds: Math.floor((endAt - startAt) / 1000),
    contexts: [context ? { ...context } : { statusCode: '', message: '' }],
  };
}

/** Whether a phase is over; a build that was stopped before has no such phase at all. */
const isPast = ({ phases }: Build, type: Phase['type'], now: number) =>
  phases.some((phase) => phase.type === type && phase.status === 'SUCCEEDED' && phase.endAt <= now);

/** Group and stream mean something only once the build has a machine. */
function logsShape({ world, now }: Ctx, build: Build): LogsLocation {
  const group = logGroupOf(build);
  if (group === undefined) return { cloudWatchLogs: { status: 'DISABLED' } };
  const ready = isPast(build, 'PROVISIONING', now);
  const stream = logStreamOf(build);
  const [shownGroup, shownStream] = ready ? [group, stream] : ['null', 'null'];
  return {
    ...(ready ? { groupName: group, streamName: stream } : {}),
    deepLink: `https://console.aws.amazon.com/cloudwatch/home?region=${world.region}#logEvent:group=${shownGroup};stream=${shownStream}`,
    cloudWatchLogsArn: `${logGroupArn(world, shownGroup ?? '')}:log-stream:${shownStream}`,
    cloudWatchLogs: { status: 'ENABLED' },
  };
}

/** A build as BatchGetBuilds answers it at `ctx.now`. */
export function buildShape(ctx: Ctx, build: Build): SdkBuild {
  const { now } = ctx;
  const begun = build.phases.filter(({ startAt }) => startAt <= now);
  const complete = completedAt(build) <= now;
  const bad = build.phases.find(({ status }) => status !== 'SUCCEEDED')?.status;
  const commit = isPast(build, 'DOWNLOAD_SOURCE', now) ? resolveCommit(build) : undefined;
  return {
    id: build.id,
    arn: build.arn,
    buildNumber: build.number,
    startTime: new Date(build.startAt),
    ...(complete ? { endTime: new Date(completedAt(build)) } : {}),
    currentPhase: begun.at(-1)?.type,
    buildStatus: complete ? (bad ?? 'SUCCEEDED') : 'IN_PROGRESS',
    ...(build.sourceVersion === undefined ? {} : { sourceVersion: build.sourceVersion }),
    ...(commit === undefined ? {} : { resolvedSourceVersion: commit }),
    projectName: build.project,
    phases: begun.map((phase) => phaseShape(phase, now)),
    source: structuredClone(build.source),
    artifacts: { location: '' },
    cache: structuredClone(build.cache),
    environment: structuredClone(build.environment),
    serviceRole: build.serviceRole,
    logs: logsShape(ctx, build),
    timeoutInMinutes: build.timeoutInMinutes,
    queuedTimeoutInMinutes: build.queuedTimeoutInMinutes,
    buildComplete: complete,
    initiator: build.initiator,
    encryptionKey: build.encryptionKey,
  };
}
