import type { Input, Output } from '../../../aws/api.ts';
import { isNamed, says } from '../../../aws/errors.ts';
import { PreviewopsError } from '../../../errors.ts';
import { differingTags, owns, type Tags } from '../../../preview/tags.ts';
import { conflict, type Draft, step, updateIf } from '../draft.ts';
import type { Session } from '../session.ts';
import { settle } from '../settle.ts';
import { lowerTagList, type Target, tagRecord } from '../target.ts';
import { buildspec } from './buildspec.ts';

type Project = NonNullable<Output<'codebuild:BatchGetProjects'>['projects']>[number];

export interface BuildProject {
  source: { type: string; location: string; buildspec: string; auth: string };
  serviceRole: string;
  tags: Tags;
}

export async function readBuildProject({
  aws,
  target,
}: Session): Promise<BuildProject | undefined> {
  const answer = await aws.call('codebuild:BatchGetProjects', { names: [target.names.project] });
  const project = answer.projects?.[0];
  return project && shape(project);
}

function shape(project: Project): BuildProject {
  const { source } = project;
  return {
    source: {
      type: source?.type ?? '',
      location: source?.location ?? '',
      buildspec: source?.buildspec ?? '',
      auth: source?.auth?.resource ?? '',
    },
    serviceRole: project.serviceRole ?? '',
    tags: tagRecord(project.tags),
  };
}

/** CodeBuild's source type for a clone URL. */
export function sourceType(
  repository: string,
): 'GITHUB' | 'GITLAB' | 'BITBUCKET' | 'GITHUB_ENTERPRISE' | 'GITLAB_SELF_MANAGED' {
  const { hostname } = new URL(repository);
  if (hostname === 'github.com') return 'GITHUB';
  if (hostname === 'gitlab.com') return 'GITLAB';
  if (hostname === 'bitbucket.org') return 'BITBUCKET';
  return hostname.includes('gitlab') ? 'GITLAB_SELF_MANAGED' : 'GITHUB_ENTERPRISE';
}

/** Machine types and images by architecture: the two must agree (CodeBuild user guide, build environments). */
export const environments = {
  x86_64: {
    platform: 'linux/amd64',
    type: 'LINUX_CONTAINER',
    image: 'aws/codebuild/amazonlinux-x86_64-standard:6.0',
  },
  arm64: {
    platform: 'linux/arm64',
    type: 'ARM_CONTAINER',
    image: 'aws/codebuild/amazonlinux-aarch64-standard:3.0',
  },
} as const;

export const computeTypes = {
  small: 'BUILD_GENERAL1_SMALL',
  medium: 'BUILD_GENERAL1_MEDIUM',
  large: 'BUILD_GENERAL1_LARGE',
  xlarge: 'BUILD_GENERAL1_XLARGE',
  '2xlarge': 'BUILD_GENERAL1_2XLARGE',
} as const;

/**
 * What the app's project is: only what every preview of the app shares. Machine, timeout and
 * variables differ between branches and are given with each build.
 */
function wanted(target: Target): BuildProject {
  const { build } = target.config;
  const location = build.repository ?? '';
  return {
    source: {
      type: sourceType(location),
      location,
      buildspec,
      auth: build.credentials ?? '',
    },
    serviceRole: build.roleArn,
    tags: target.sharedTags,
  };
}

export function planBuildProject(target: Target, observed: BuildProject | undefined): Draft {
  const name = target.names.project;
  if (!observed) return step('create', 'build-project', name);
  if (!owns(observed.tags, target.identity.app)) {
    return conflict(
      'build-project',
      name,
      'exists without the previewops tags of this app',
      'Delete the CodeBuild project, or give this app another name (`app`).',
    );
  }
  return updateIf('build-project', name, changes(wanted(target), observed));
}

function changes(want: BuildProject, have: BuildProject): string[] {
  const source = (Object.keys(want.source) as (keyof BuildProject['source'])[])
    .filter((key) => want.source[key].trim() !== have.source[key].trim())
    .map((key) => `source ${key}`);
  return [
    ...source,
    ...(want.serviceRole === have.serviceRole ? [] : ['service role']),
    ...(differingTags(want.tags, have.tags).length === 0 ? [] : ['tags']),
  ];
}

function projectInput(target: Target): Input<'codebuild:CreateProject'> {
  const { source, serviceRole, tags } = wanted(target);
  const { type, image } = environments.x86_64;
  return {
    name: target.names.project,
    description: `Builds the previews of ${target.identity.app}`,
    source: {
      type: source.type as 'GITHUB',
      location: source.location,
      buildspec: source.buildspec,
      // Deep enough for a commit that newer ones have followed meanwhile, and not the whole history.
      gitCloneDepth: 50,
      ...(source.auth
        ? {
            auth: {
              type: source.auth.includes(':secretsmanager:')
                ? 'SECRETS_MANAGER'
                : 'CODECONNECTIONS',
              resource: source.auth,
            },
          }
        : {}),
    },
    artifacts: { type: 'NO_ARTIFACTS' },
    // `docker build` needs privileged mode on CodeBuild's on-demand Linux machines.
    environment: { type, image, computeType: computeTypes.small, privilegedMode: true },
    serviceRole,
    tags: lowerTagList(tags),
  };
}

export async function ensureBuildProject(session: Session, observed: BuildProject | undefined) {
  const { aws, target } = session;
  try {
    await settle(session, {
      observed,
      read: () => readBuildProject(session),
      race: (error) => isNamed(error, 'ResourceAlreadyExistsException'),
      // A role made a moment ago cannot be assumed yet.
      wait: { forMs: 90_000, everyMs: 10_000, when: cannotAssume },
      act: async (current) => {
        const input = projectInput(target);
        if (!current) await aws.call('codebuild:CreateProject', input);
        else if (changes(wanted(target), current).length > 0) {
          await aws.call('codebuild:UpdateProject', input);
        }
      },
    });
  } catch (error) {
    if (!cannotAssume(error)) throw error;
    const role = target.config.build.roleArn;
    throw new PreviewopsError('not-found', `CodeBuild cannot assume the build role ${role}`, {
      hint: 'The role must exist, and its trust policy must allow sts:AssumeRole to the service codebuild.amazonaws.com.',
      cause: error,
    });
  }
}

function cannotAssume(error: unknown): boolean {
  return says(error, 'is not authorized to perform: sts:AssumeRole');
}
