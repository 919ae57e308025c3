import type { Env } from '../../report/io.ts';
import { readAzure } from './azure.ts';
import { readBitbucket } from './bitbucket.ts';
import { readBuildkite } from './buildkite.ts';
import { readCircleci } from './circleci.ts';
import { readCodebuild } from './codebuild.ts';
import { readGithub } from './github.ts';
import { readGitlab } from './gitlab.ts';
import { readJenkins } from './jenkins.ts';
import type { ReadFile } from './payload.ts';
import type { CiName, CiRun, RunFacts } from './run.ts';
import { readDrone, readSemaphore, readTravis, readWoodpecker } from './smaller.ts';
import { type Variables, variables } from './variables.ts';

interface Ci {
  name: CiName;
  isHere(env: Variables): boolean;
  read(env: Variables, readFile: ReadFile): RunFacts | Promise<RunFacts>;
}

/**
 * Asked in this order. Machines of CodeBuild and Jenkins may be the runners of another CI, whose
 * word then counts; Woodpecker once set the variables of Drone, which it comes from.
 */
const registry: readonly Ci[] = [
  { name: 'github-actions', isHere: (env) => isOn(env, 'GITHUB_ACTIONS'), read: readGithub },
  { name: 'gitlab', isHere: (env) => isOn(env, 'GITLAB_CI'), read: readGitlab },
  { name: 'circleci', isHere: (env) => isOn(env, 'CIRCLECI'), read: readCircleci },
  { name: 'buildkite', isHere: (env) => isOn(env, 'BUILDKITE'), read: readBuildkite },
  {
    name: 'bitbucket',
    isHere: (env) => env.text('BITBUCKET_BUILD_NUMBER') !== undefined,
    read: readBitbucket,
  },
  { name: 'azure-pipelines', isHere: (env) => isOn(env, 'TF_BUILD'), read: readAzure },
  { name: 'travis', isHere: (env) => isOn(env, 'TRAVIS'), read: readTravis },
  { name: 'woodpecker', isHere: (env) => env.text('CI') === 'woodpecker', read: readWoodpecker },
  { name: 'drone', isHere: (env) => isOn(env, 'DRONE'), read: readDrone },
  { name: 'semaphore', isHere: (env) => isOn(env, 'SEMAPHORE'), read: readSemaphore },
  { name: 'jenkins', isHere: (env) => env.text('JENKINS_URL') !== undefined, read: readJenkins },
  {
    name: 'codebuild',
    isHere: (env) => env.text('CODEBUILD_BUILD_ID') !== undefined,
    read: readCodebuild,
  },
];

const isOn = (env: Variables, name: string) => env.flag(name) === true;

export interface IdentifyTools {
  env: Env;
  /** Reads a text file, for the event that GitHub Actions describes in one. */
  readFile: ReadFile;
}

/**
 * The run that this is, from its CI's variables; undefined outside any CI that is known. Asks
 * nobody. Rejects with `bad-usage` or `identity-unknown` if what the CI says makes no sense.
 */
export async function identifyRun({ env, readFile }: IdentifyTools): Promise<CiRun | undefined> {
  const reader = variables(env);
  const ci = registry.find(({ isHere }) => isHere(reader));
  return ci && compact({ ci: ci.name, ...(await ci.read(reader, readFile)) });
}

/** Without the keys that have no value, so that facts can be laid over each other. */
function compact(run: CiRun): CiRun {
  return Object.fromEntries(
    Object.entries(run).filter(([, value]) => value !== undefined),
  ) as unknown as CiRun;
}
