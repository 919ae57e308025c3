import { isNamed } from '../../aws/errors.ts';
import { PreviewopsError } from '../../errors.ts';
import { isImageTagOf } from '../../preview/names.ts';
import type { LogLine, LogRequest } from '../provider.ts';
import { newLines, type Stream } from './log-stream.ts';
import type { Build } from './resources/image.ts';
import type { Session } from './session.ts';

const pollMs = 2_000;

/**
 * The log of the preview's last build, or with `previous` of the one before it. With `follow` it
 * goes on until the build ends. Rejects with `not-found` when none
 * is among the project's last hundred.
 */
export async function* buildLines(
  session: Session,
  request: Pick<LogRequest, 'since' | 'pageSize' | 'follow' | 'previous'>,
): AsyncGenerator<LogLine> {
  const builds = await ownBuilds(session);
  let build = builds[request.previous ? 1 : 0];
  if (!build) throw noBuild(session);
  let stream: Stream | undefined;
  for (;;) {
    const ended = build.buildStatus !== 'IN_PROGRESS';
    stream ??= streamOf(build);
    if (stream) yield* newLines(session, request, stream);
    if (ended || !request.follow) return;
    await session.clock.sleep(pollMs, session.signal);
    build = (await describe(session, [build.id ?? '']))[0] ?? build;
  }
}

/** Newest first. CodeBuild lists a hundred builds of a project at once, which is enough to look back. */
async function ownBuilds(session: Session): Promise<Build[]> {
  const { aws, target } = session;
  const { project, repository } = target.names;
  try {
    const { ids = [] } = await aws.call('codebuild:ListBuildsForProject', { projectName: project });
    const builds = ids.length > 0 ? await describe(session, ids.slice(0, 100)) : [];
    const image = `${target.registry}/${repository}:`;
    return builds
      .filter(({ environment }) => {
        const made = environment?.environmentVariables?.find((v) => v.name === 'PREVIEWOPS_IMAGE');
        return (
          made?.value?.startsWith(image) &&
          isImageTagOf(target.identity.id, made.value.slice(image.length))
        );
      })
      .sort((a, b) => Number(b.startTime ?? 0) - Number(a.startTime ?? 0));
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return [];
    throw error;
  }
}

async function describe({ aws }: Session, ids: string[]): Promise<Build[]> {
  return (await aws.call('codebuild:BatchGetBuilds', { ids })).builds ?? [];
}

function streamOf(build: Build): Stream | undefined {
  const { groupName: group, streamName: name } = build.logs ?? {};
  if (!group || !name) return undefined;
  const task = build.id?.split(':').at(-1) ?? '';
  return { group, name, container: 'build', task, token: undefined };
}

function noBuild({ target }: Session): PreviewopsError {
  return new PreviewopsError('not-found', `No build of ${target.identity.id} is known`, {
    hint: 'An image that was given with --image is not built; CodeBuild keeps builds for a year.',
  });
}
