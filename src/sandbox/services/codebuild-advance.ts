import { logGroupArn } from '../arn.ts';
import type { Ctx, World } from '../types.ts';
import {
  architectureOf,
  digestOf,
  failureLines,
  failureMessage,
  imageOf,
} from './codebuild-script.ts';
import type { Build } from './codebuild-state.ts';
import { failPhase, phaseOf } from './codebuild-timetable.ts';

/** Moves builds on to `ctx.now`: pushes what they have built and writes the lines that are due. */
export function advanceCodebuild({ world, now }: Ctx): void {
  const builds = Object.values(world.codebuild.builds);
  const settling = builds
    .filter(({ settleAt }) => settleAt !== undefined && settleAt <= now)
    .sort((a, b) => (a.settleAt ?? 0) - (b.settleAt ?? 0) || (a.id < b.id ? -1 : 1));
  for (const build of settling) settle(world, build);
  writeDueLines(world, builds, now);
}

/** The end of the BUILD phase, where the image is pushed. */
function settle(world: World, build: Build): void {
  const at = build.settleAt ?? 0;
  delete build.settleAt;
  const problem = push(world, build, at);
  if (problem === undefined) return;
  failPhase(phaseOf(build, 'BUILD'), failureMessage);
  build.pendingLines.push(...failureLines(at, problem));
  build.pendingLines.sort((a, b) => a.at - b.at);
}

/** Puts the image into ECR; a tag moves from the image that had it. Returns why it cannot. */
function push(world: World, build: Build, at: number): string | undefined {
  const target = imageOf(world, build);
  if (!target) return undefined;
  if (target.name === undefined) {
    return `failed to push ${target.image}: it is not in the registry of this account and region`;
  }
  const repository = world.ecr.repositories[target.name];
  if (!repository) {
    return `failed to push ${target.image}: name unknown: The repository with name '${target.name}' does not exist in the registry with id '${world.account}'`;
  }
  const digest = digestOf(build);
  for (const image of Object.values(repository.images)) {
    image.tags = image.tags.filter((tag) => tag !== target.tag);
  }
  const image = repository.images[digest];
  if (image) image.tags.push(target.tag);
  else {
    repository.images[digest] = {
      digest,
      tags: [target.tag],
      pushedAt: at,
      architecture: architectureOf(build),
    };
  }
  return undefined;
}

/** Where the lines of a build go; undefined when the project has CloudWatch logs turned off. */
export function logGroupOf({ project, logsConfig }: Build): string | undefined {
  const { status = 'ENABLED', groupName } = logsConfig?.cloudWatchLogs ?? {};
  return status === 'DISABLED' ? undefined : (groupName ?? `/aws/codebuild/${project}`);
}

export const logStreamOf = ({ id, logsConfig }: Build) => {
  const prefix = logsConfig?.cloudWatchLogs?.streamName;
  const uuid = id.slice(id.indexOf(':') + 1);
  return prefix ? `${prefix}/${uuid}` : uuid;
};

function writeDueLines(world: World, builds: readonly Build[], now: number): void {
  const due = builds.flatMap((build) =>
    build.pendingLines.filter(({ at }) => at <= now).map((line) => ({ build, line })),
  );
  due.sort((a, b) => a.line.at - b.line.at);
  for (const { build, line } of due) writeLine(world, build, line);
  for (const build of new Set(due.map(({ build }) => build))) {
    build.pendingLines = build.pendingLines.filter(({ at }) => at > now);
  }
}

/** CodeBuild creates the group and the stream itself, with its service role. */
function writeLine(world: World, build: Build, line: { at: number; message: string }): void {
  const name = logGroupOf(build);
  if (name === undefined) return;
  const { groups } = world.logs;
  groups[name] ??= {
    name,
    arn: logGroupArn(world, name),
    createdAt: line.at,
    tags: {},
    streams: {},
  };
  const { streams } = groups[name];
  const stream = logStreamOf(build);
  streams[stream] ??= [];
  streams[stream].push({ at: line.at, message: line.message });
}
