import { isNamed } from '../../aws/errors.ts';
import { PreviewopsError } from '../../errors.ts';
import type { LogLine, LogRequest } from '../provider.ts';
import { buildLines } from './build-lines.ts';
import { newLines, type Stream } from './log-stream.ts';
import { readService } from './resources/service.ts';
import type { Session } from './session.ts';

const pollMs = 2_000;
/** Tasks come and go seldom; looking for new ones on each poll would be most of the calls. */
const pollsPerTaskLook = 5;

/**
 * The lines of a preview's containers, oldest first, none twice. With `follow` it goes on, with new
 * tasks as they come, until the session's signal stops it, which ends it without an error.
 */
export async function* readLogs(
  session: Session,
  request: Omit<LogRequest, 'identity'>,
): AsyncGenerator<LogLine> {
  try {
    yield* request.build ? buildLines(session, request) : taskLines(session, request);
  } catch (error) {
    // Following has no other end than that somebody ends it, in a wait or in the middle of a call.
    if (!request.follow || !session.signal.aborted) throw error;
  }
}

async function* taskLines(
  session: Session,
  request: Omit<LogRequest, 'identity'>,
): AsyncGenerator<LogLine> {
  const streams = new Map<string, Stream>();
  await addStreams(session, request, streams);
  if (streams.size === 0 && !request.follow) await explainNone(session, request);
  yield* merged(session, request, [...streams.values()]);
  for (let polls = 1; request.follow; polls++) {
    await session.clock.sleep(pollMs, session.signal);
    if (polls % pollsPerTaskLook === 0) await addStreams(session, request, streams);
    yield* merged(session, request, [...streams.values()]);
  }
}

async function addStreams(
  session: Session,
  { previous, container }: Omit<LogRequest, 'identity'>,
  streams: Map<string, Stream>,
): Promise<void> {
  const { config } = session.target;
  const known = [config.container.name, ...config.sidecars.map((sidecar) => sidecar.name)];
  if (container !== undefined && !known.includes(container)) {
    throw new PreviewopsError('bad-usage', `There is no container ${container}`, {
      hint: `The configuration has ${known.join(', ')}.`,
    });
  }
  const tasks = previous ? await lastStopped(session) : await runningTasks(session);
  for (const task of tasks) {
    for (const name of container === undefined ? known : [container]) {
      const stream = `${name}/${name}/${task}`;
      if (streams.has(stream)) continue;
      const { logGroup: group } = session.target.names;
      streams.set(stream, { group, name: stream, container: name, task, token: undefined });
    }
  }
}

const idOf = (arn: string | undefined) => arn?.split('/').at(-1) ?? '';

async function runningTasks({ aws, target }: Session): Promise<string[]> {
  const { cluster } = target.config.providerConfig;
  const answer = await aws
    .call('ecs:ListTasks', { cluster, serviceName: target.names.service })
    .catch(noService);
  return (answer?.taskArns ?? []).map(idOf);
}

async function lastStopped({ aws, target }: Session): Promise<string[]> {
  const { cluster } = target.config.providerConfig;
  const listed = await aws
    .call('ecs:ListTasks', {
      cluster,
      serviceName: target.names.service,
      desiredStatus: 'STOPPED',
    })
    .catch(noService);
  if (!listed?.taskArns?.length) return [];
  const { tasks = [] } = await aws.call('ecs:DescribeTasks', { cluster, tasks: listed.taskArns });
  const [newest] = tasks
    .filter((task) => task.lastStatus === 'STOPPED')
    .sort((a, b) => Number(b.stoppedAt ?? 0) - Number(a.stoppedAt ?? 0));
  return newest ? [idOf(newest.taskArn)] : [];
}

function noService(error: unknown): undefined {
  if (!isNamed(error, 'ServiceNotFoundException', 'ServiceNotActiveException')) throw error;
}

async function explainNone(session: Session, { previous }: Omit<LogRequest, 'identity'>) {
  const { identity } = session.target;
  const service = await readService(session);
  if (service && previous) return;
  throw new PreviewopsError(
    'not-found',
    service ? `No task of ${identity.id} is running` : `There is no preview ${identity.id}`,
    {
      hint: service
        ? 'Show the last task that stopped with --previous, or wait for one with --follow.'
        : 'See what there is with `previewops list`.',
    },
  );
}

/**
 * What is new in all streams, in the order of time. One page a stream is held at a time, however
 * long the logs are.
 */
async function* merged(
  session: Session,
  request: Omit<LogRequest, 'identity'>,
  streams: readonly Stream[],
): AsyncGenerator<LogLine> {
  const heads: { lines: AsyncGenerator<LogLine>; line: LogLine }[] = [];
  for (const lines of streams.map((stream) => newLines(session, request, stream))) {
    const first = await lines.next();
    if (!first.done) heads.push({ lines, line: first.value });
  }
  while (heads.length > 0) {
    const oldest = heads.reduce((a, b) => (b.line.at < a.line.at ? b : a));
    yield oldest.line;
    const next = await oldest.lines.next();
    if (next.done) heads.splice(heads.indexOf(oldest), 1);
    else oldest.line = next.value;
  }
}
