import type { Input } from '../../../aws/api.ts';
import type { Dependencies, Sidecar } from '../../../config/types.ts';
import type { Target } from '../target.ts';

export type Container = NonNullable<
  Input<'ecs:RegisterTaskDefinition'>['containerDefinitions']
>[number];

/** The application's container first, then the sidecars. */
export function containers(target: Target, image: string, commit: string | undefined): Container[] {
  return [
    appContainer(target, image, commit),
    ...target.config.sidecars.map((sidecar) => sidecarContainer(target, sidecar)),
  ];
}

function appContainer(target: Target, image: string, commit: string | undefined): Container {
  const { container } = target.config;
  return {
    name: container.name,
    image,
    essential: true,
    portMappings: [{ containerPort: target.port, protocol: 'tcp' }],
    environment: pairs({ ...container.env, ...ownEnvironment(target, commit) }),
    secrets: secretPairs(container.secrets),
    ...(container.command ? { command: container.command } : {}),
    dependsOn: dependencies(container.dependsOn),
    stopTimeout: container.stopTimeout,
    logConfiguration: logConfiguration(target, container.name),
  };
}

/** What every application can rely on. */
function ownEnvironment(target: Target, commit: string | undefined): Record<string, string> {
  const { pr, branch, url } = target.identity;
  return {
    PORT: String(target.port),
    PREVIEWOPS: '1',
    PREVIEWOPS_URL: url,
    ...(pr === undefined ? {} : { PREVIEWOPS_PR: String(pr) }),
    ...(branch === undefined ? {} : { PREVIEWOPS_BRANCH: branch }),
    ...(commit === undefined ? {} : { PREVIEWOPS_COMMIT: commit }),
  };
}

function sidecarContainer(target: Target, sidecar: Sidecar): Container {
  const { healthCheck: check } = sidecar;
  return {
    name: sidecar.name,
    image: sidecar.image,
    essential: sidecar.essential,
    environment: pairs(sidecar.env),
    secrets: secretPairs(sidecar.secrets),
    ...(sidecar.command ? { command: sidecar.command } : {}),
    ...(check ? { healthCheck: { ...check } } : {}),
    dependsOn: dependencies(sidecar.dependsOn),
    logConfiguration: logConfiguration(target, sidecar.name),
  };
}

function logConfiguration(target: Target, prefix: string): Container['logConfiguration'] {
  return {
    logDriver: 'awslogs',
    options: {
      'awslogs-group': target.names.logGroup,
      'awslogs-region': target.region,
      'awslogs-stream-prefix': prefix,
    },
  };
}

const pairs = (values: Record<string, string>) =>
  Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, value }));

const secretPairs = (values: Record<string, string>) =>
  pairs(values).map(({ name, value }) => ({ name, valueFrom: value }));

const dependencies = (wanted: Dependencies) =>
  Object.entries(wanted)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([containerName, condition]) => ({
      containerName,
      condition: condition.toUpperCase() as 'START',
    }));
