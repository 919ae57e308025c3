import type { Input, Output } from '../../../aws/api.ts';
import { isNamed } from '../../../aws/errors.ts';
import { PreviewopsError } from '../../../errors.ts';
import { hash } from '../../../preview/hash.ts';
import { cacheTag, imageTag } from '../../../preview/names.ts';
import type { Claims } from '../claims.ts';
import { type Draft, nothing, step } from '../draft.ts';
import type { Session } from '../session.ts';
import { idempotent } from '../settle.ts';
import type { Target } from '../target.ts';
import { buildFailure } from './build-failure.ts';
import { createBuildLog } from './build-log.ts';
import { computeTypes, environments, sourceType } from './build-project.ts';

export type Build = NonNullable<Output<'codebuild:BatchGetBuilds'>['builds']>[number];

/** Where the image of a commit goes, and how it is built. */
export interface ImageOrder {
  tag: string;
  commit: string;
}

/** One tag for one commit and one set of build settings: an image under it need not be built again. */
export function imageOrder(target: Target, commit: string): ImageOrder {
  const { repository, dockerfile, context, target: stage, args } = target.config.build;
  const settings = [
    repository ?? '',
    dockerfile,
    context,
    stage ?? '',
    JSON.stringify(Object.entries(args).sort()),
  ];
  const settingsHash = hash(8, target.config.task.architecture, ...settings);
  return { tag: imageTag(target.identity.id, commit, settingsHash), commit };
}

/** The digest under the tag in the app's repository, if there is one. */
export async function findDigest(
  { aws, target }: Session,
  image: { repository?: string; tag: string },
): Promise<string | undefined> {
  try {
    const answer = await aws.call('ecr:DescribeImages', {
      repositoryName: image.repository ?? target.names.repository,
      imageIds: [{ imageTag: image.tag }],
    });
    return answer.imageDetails?.[0]?.imageDigest;
  } catch (error) {
    if (isNamed(error, 'ImageNotFoundException', 'RepositoryNotFoundException')) return undefined;
    throw error;
  }
}

/** The image by digest: what runs is what was built, whatever happens to the tag. */
export function pinned(target: Target, digest: string): string {
  return `${target.registry}/${target.names.repository}@${digest}`;
}

export function planImage(
  target: Target,
  options: { order: ImageOrder; digest: string | undefined; rebuild: boolean },
): Draft {
  if (options.digest && !options.rebuild) return nothing;
  return step(
    options.digest ? 'replace' : 'create',
    'image',
    `${target.names.repository}:${options.order.tag}`,
    {
      changes: options.digest ? ['rebuild'] : [],
      after: ['repository', 'build-project', 'target-group'],
    },
  );
}

const pollMs = 3_000;
// Each look at the claim is a call of ELB's shared bucket (10/s for a whole account), so not on each poll.
const pollsPerClaimCheck = 5;

/** Builds and pushes with CodeBuild; returns the digest. A run that ends early stops its build. */
export async function buildImage(
  session: Session,
  options: { order: ImageOrder; claims: Claims; deadline: number },
): Promise<string> {
  const { aws, clock, signal, target } = session;
  const { order, claims, deadline } = options;
  await claims.guard();
  const input = buildInput(target, order, claims.own.id);
  const started = await idempotent(session, () => aws.call('codebuild:StartBuild', input));
  const id = started.build?.id ?? '';
  try {
    const begun = clock.now();
    const log = createBuildLog(session);
    for (let polls = 1; ; polls++) {
      await clock.sleep(pollMs, signal);
      const answer = await aws.call('codebuild:BatchGetBuilds', { ids: [id] });
      const build = answer.builds?.[0];
      await log.follow(build);
      if (build?.buildStatus === 'SUCCEEDED') break;
      if (build && build.buildStatus !== 'IN_PROGRESS') throw await buildFailure(session, build);
      session.emit({
        type: 'waiting',
        what: 'CodeBuild',
        ms: clock.now() - begun,
        detail: (build?.currentPhase ?? 'SUBMITTED').toLowerCase().replaceAll('_', ' '),
      });
      if (clock.now() > deadline) throw timedOut('the image is built');
      if (polls % pollsPerClaimCheck === 0) await claims.check();
    }
  } catch (error) {
    await stopBuild(session, id, error);
    throw error;
  }
  const digest = await findDigest(session, order);
  if (digest) return digest;
  throw new PreviewopsError(
    'build-failed',
    `The build succeeded, but there is no image ${target.names.repository}:${order.tag}`,
    { hint: 'Another run may have removed it: deploy again.' },
  );
}

export function timedOut(until: string): PreviewopsError {
  return new PreviewopsError('timed-out', `The time allowed was over before ${until}`, {
    hint: 'Give it more with --timeout 30m; running the same command again goes on from here.',
  });
}

/** A build of our own that nobody waits for any more costs money and may overwrite a newer image. */
async function stopBuild({ aws }: Session, id: string, why: unknown): Promise<void> {
  if (why instanceof PreviewopsError && why.code === 'build-failed') return;
  try {
    await aws.call('codebuild:StopBuild', { id }, { evenIfInterrupted: true });
  } catch {
    // Why the run ends is worth more to the user than that its build could not be stopped.
  }
}

function buildInput(target: Target, order: ImageOrder, run: string): Input<'codebuild:StartBuild'> {
  const { build, task } = target.config;
  const { platform, type, image } = environments[task.architecture];
  const variables: Record<string, string> = {
    PREVIEWOPS_REGISTRY: target.registry,
    PREVIEWOPS_IMAGE: `${target.registry}/${target.names.repository}:${order.tag}`,
    PREVIEWOPS_PLATFORM: platform,
    PREVIEWOPS_CONTEXT: build.context,
    PREVIEWOPS_DOCKERFILE: build.dockerfile,
    PREVIEWOPS_TARGET: build.target ?? '',
    PREVIEWOPS_BUILD_ARGS: Object.keys(build.args).sort().join(' '),
    PREVIEWOPS_CACHE: build.cache
      ? `${target.registry}/${target.names.repository}:${cacheTag}`
      : '',
    ...Object.fromEntries(
      Object.entries(build.args).map(([name, value]) => [`PREVIEWOPS_ARG_${name}`, value]),
    ),
  };
  return {
    projectName: target.names.project,
    sourceVersion: sourceVersion(target, order.commit),
    idempotencyToken: hash(32, run, order.tag),
    environmentTypeOverride: type,
    imageOverride: image,
    computeTypeOverride: computeTypes[build.compute],
    privilegedModeOverride: true,
    timeoutInMinutesOverride: Math.ceil(build.timeout / 60),
    environmentVariablesOverride: Object.entries(variables)
      .filter(([, value]) => value !== '') // CodeBuild refuses empty values
      .map(([name, value]) => ({ name, value, type: 'PLAINTEXT' as const })),
  };
}

/**
 * `refs/pull/42/head^{<commit>}`: the reference says what to fetch and the commit pins it, which a bare
 * commit id would only do by fetching the whole history.
 */
export function sourceVersion(target: Target, commit: string): string {
  const { pr, branch } = target.identity;
  const kind = sourceType(target.config.build.repository ?? '');
  if (pr !== undefined && kind.startsWith('GITHUB')) return `refs/pull/${pr}/head^{${commit}}`;
  if (pr !== undefined && kind.startsWith('GITLAB')) {
    return `refs/merge-requests/${pr}/head^{${commit}}`;
  }
  return branch === undefined ? commit : `refs/heads/${branch}^{${commit}}`;
}
