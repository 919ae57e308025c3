import type { Config } from '../config/types.ts';

/**
 * The configuration for code that nobody of the team has looked at (`forks: without-secrets`):
 *
 * - no `secrets`, of the app and of every sidecar, because ECS puts their values into the container;
 * - no `task.roleArn`, because a task hands its role's credentials to any code that runs in it;
 * - no build cache, because later builds of trusted branches start from what it holds.
 *
 * What stays is readable in the repository anyway (`env`, `build.args`), or does not reach the code:
 * the execution role fetches the image before it runs, and `build.credentials` clone the repository
 * before the Dockerfile runs. They belong to the project that all previews share, so that a build
 * without them would take them away from the others too. The Dockerfile still runs on the build
 * role's machine: only a build role of its own with few permissions bounds it.
 */
export function withoutSecrets(config: Config): Config {
  const { roleArn: _, ...task } = config.task;
  return {
    ...config,
    container: { ...config.container, secrets: {} },
    sidecars: config.sidecars.map((sidecar) => ({ ...sidecar, secrets: {} })),
    task,
    build: { ...config.build, cache: false },
  };
}
