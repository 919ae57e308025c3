import { createHash } from 'node:crypto';
import type { World } from '../types.ts';
import type { Build } from './codebuild-state.ts';
import { completedAt, phaseOf } from './codebuild-timetable.ts';
import { registryOf } from './ecr-common.ts';

type Line = { at: number; message: string };

/** The command that the sandbox says a build ran; it cannot run the buildspec itself. */
export const buildCommand = 'docker buildx build';

const stamp = (at: number) =>
  new Date(at).toISOString().slice(0, 19).replace('T', ' ').replaceAll('-', '/');

/** A line as CodeBuild's agent writes it. */
export const agentLine = (at: number, text: string): Line => ({
  at,
  message: `[Container] ${stamp(at)} ${text}`,
});

export function variable({ environment }: Pick<Build, 'environment'>, name: string) {
  return environment.environmentVariables.find((entry) => entry.name === name)?.value;
}

/** The commit that the source resolves to: `ref^{sha}` names it, and so does a bare sha. */
export function resolveCommit({ source, sourceVersion = 'HEAD' }: Build): string | undefined {
  if (source.type === 'NO_SOURCE') return undefined;
  const [, pinned] = /\^\{([0-9a-f]{40})\}$/.exec(sourceVersion) ?? [];
  if (pinned) return pinned;
  if (/^[0-9a-f]{40}$/.test(sourceVersion)) return sourceVersion;
  return createHash('sha1').update(`${source.location} ${sourceVersion}`).digest('hex');
}

export const architectureOf = (build: Build): string =>
  variable(build, 'PREVIEWOPS_PLATFORM')?.replace(/^linux\//, '') ?? hostArchitecture(build);

const hostArchitecture = ({ environment }: Build) =>
  environment.type?.startsWith('ARM') ? 'arm64' : 'amd64';

/** What the build is to push, as the tool says it in `PREVIEWOPS_IMAGE`. */
export function imageOf(world: World, build: Build) {
  const image = variable(build, 'PREVIEWOPS_IMAGE');
  if (image === undefined) return undefined;
  const registry = `${registryOf(world)}/`;
  const [, name, tag = 'latest'] =
    /^([^:@]+)(?::([\w.-]+))?$/.exec(image.slice(registry.length)) ?? [];
  return image.startsWith(registry) && name ? { image, name, tag } : { image };
}

/** The same commit, image and build environment give the same digest. */
export function digestOf(build: Build): string {
  const { environmentVariables, ...machine } = build.environment;
  const variables = environmentVariables
    .map(({ name, value, type }) => [name, value, type])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  const content = JSON.stringify([resolveCommit(build), variables, machine.type, machine.image]);
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** Why docker cannot build, known from the project's settings before the build starts. */
export function dockerProblem(build: Build): string | undefined {
  if (build.outcome === 'fail')
    return "RUN npm ci: exit code 1: 'package-lock.json' is out of date";
  const { privilegedMode, dockerServer } = build.environment;
  if (!privilegedMode && !dockerServer) {
    return 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';
  }
  const wanted = architectureOf(build);
  return wanted === hostArchitecture(build)
    ? undefined
    : `exec /bin/sh: exec format error (building linux/${wanted} on a ${hostArchitecture(build)} host)`;
}

/** The lines of a build that goes as planned, or fails in docker with `problem`. */
export function scriptOf(build: Build, problem: string | undefined): Line[] {
  const at = (type: Parameters<typeof phaseOf>[1]) => phaseOf(build, type).startAt;
  const ended = phaseOf(build, 'BUILD').endAt;
  const failure = problem === undefined ? [] : failureLines(ended, problem);
  return [
    agentLine(at('DOWNLOAD_SOURCE'), 'Waiting for agent ping'),
    agentLine(at('INSTALL'), 'Phase complete: DOWNLOAD_SOURCE State: SUCCEEDED'),
    agentLine(at('PRE_BUILD'), 'Entering phase PRE_BUILD'),
    agentLine(at('BUILD'), 'Entering phase BUILD'),
    agentLine(at('BUILD'), `Running command ${buildCommand}`),
    { at: at('BUILD') + 2000, message: '#1 [internal] load build definition from Dockerfile' },
    { at: at('BUILD') + 6000, message: '#5 [2/4] COPY . .' },
    ...failure,
    agentLine(at('FINALIZING'), 'Entering phase FINALIZING'),
    agentLine(completedAt(build), 'Build complete'),
  ];
}

export const failureLines = (at: number, problem: string): Line[] => [
  { at, message: `ERROR: ${problem}` },
  agentLine(at, `Command did not exit successfully ${buildCommand} exit status 1`),
  agentLine(at, 'Phase complete: BUILD State: FAILED'),
];

export const failureMessage = `Error while executing command: ${buildCommand} --push . Reason: exit status 1`;
