import { createHash } from 'node:crypto';
import {
  BatchGetProjectsCommand,
  CodeBuildClient,
  CreateProjectCommand,
  type CreateProjectInput,
  DeleteProjectCommand,
} from '@aws-sdk/client-codebuild';
import { ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { ECSClient, UpdateServiceCommand, type UpdateServiceRequest } from '@aws-sdk/client-ecs';
import {
  DeregisterTargetsCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Keys } from './iam.ts';
import type { Exchange } from './proxy.ts';
import { jsonAnswer, type WireAnswer } from './rewrites.ts';

/** The environment variable of a build that names the image to push, `<registry>/<repository>:<tag>`. */
export const imageVariable = 'PREVIEWOPS_IMAGE';

interface Asked extends Partial<UpdateServiceRequest> {
  name?: string;
  serviceName?: string;
  environmentVariablesOverride?: { name: string; value: string }[];
}

/**
 * Does to moto, through its own API, what AWS's machinery does by itself and moto's does not:
 * a build pushes its image, a service keeps all its settings and registers its task with its target
 * group, and `UpdateProject`, which moto lacks, updates. Use it as the proxy's `after`.
 */
export function createHand(options: { url: string; region: string; credentials: Keys }) {
  const sdk = { ...options, endpoint: options.url };
  const codebuild = new CodeBuildClient(sdk);
  const ecr = new ECRClient(sdk);
  const ecs = new ECSClient(sdk);
  const elb = new ElasticLoadBalancingV2Client(sdk);

  return async ({ operation, request, answer }: Exchange): Promise<WireAnswer> => {
    // moto checks the caller's rights before it says that it lacks the operation.
    if (operation === 'codebuild:UpdateProject' && answer.status >= 500) {
      return updateProject(codebuild, JSON.parse(request.body.toString()));
    }
    if (answer.status >= 300) return answer;
    const asked = () => JSON.parse(request.body.toString()) as Asked;
    const told = () => JSON.parse(answer.body.toString());
    if (operation === 'codebuild:StartBuild') await pushImage(ecr, asked(), told().build.id);
    if (operation === 'ecs:CreateService') {
      await remember(ecs, asked());
      await register(elb, asked());
    }
    if (operation === 'ecs:DeleteService') await deregister(elb, told().service);
    return answer;
  };
}

async function updateProject(codebuild: CodeBuildClient, asked: Asked): Promise<WireAnswer> {
  const name = asked.name ?? '';
  const { projects = [] } = await codebuild.send(new BatchGetProjectsCommand({ names: [name] }));
  const [found] = projects;
  if (!found) {
    const message = `Project cannot be found: ${name}`;
    return jsonAnswer(400, { __type: 'ResourceNotFoundException', message });
  }
  const merged = { ...found, ...asked } as CreateProjectInput;
  await codebuild.send(new DeleteProjectCommand({ name }));
  const { project } = await codebuild.send(new CreateProjectCommand(merged));
  const created = (found.created?.getTime() ?? 0) / 1000;
  const lastModified = (project?.created?.getTime() ?? 0) / 1000; // made anew, just now
  return jsonAnswer(200, { project: { ...project, created, lastModified } });
}

/** A manifest of its own for each build, so that each build has its own digest. */
async function pushImage(ecr: ECRClient, asked: Asked, buildId: string) {
  const variables = asked.environmentVariablesOverride ?? [];
  const image = variables.find(({ name }) => name === imageVariable)?.value ?? '';
  const [, repositoryName, imageTag] = /^[^/]+\/([^:]+):(.+)$/.exec(image) ?? [];
  if (!repositoryName || !imageTag) {
    throw new Error(`the build has no ${imageVariable} like <registry>/<repository>:<tag>`);
  }
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const configType = 'application/vnd.oci.image.config.v1+json';
  const config = { mediaType: configType, size: 7, digest: sha256(buildId) };
  const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [] });
  const imageDigest = sha256(imageManifest); // left to itself, moto gives one digest to all
  await ecr.send(new PutImageCommand({ repositoryName, imageTag, imageManifest, imageDigest }));
}

const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

const task = '10.0.0.10'; // any address of the seeded network

/** Settings that moto's CreateService drops; its UpdateService keeps them. */
function remember(ecs: ECSClient, asked: Asked) {
  return ecs.send(
    new UpdateServiceCommand({
      cluster: asked.cluster,
      service: asked.serviceName,
      availabilityZoneRebalancing: asked.availabilityZoneRebalancing,
      capacityProviderStrategy: asked.capacityProviderStrategy,
      deploymentConfiguration: asked.deploymentConfiguration,
      enableECSManagedTags: asked.enableECSManagedTags,
      enableExecuteCommand: asked.enableExecuteCommand,
      healthCheckGracePeriodSeconds: asked.healthCheckGracePeriodSeconds,
    }),
  );
}

async function register(elb: ElasticLoadBalancingV2Client, { loadBalancers = [] }: Asked) {
  for (const { targetGroupArn, containerPort } of loadBalancers) {
    const Targets = [{ Id: task, Port: containerPort }];
    await elb.send(new RegisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets }));
  }
}

const gone = ['TargetGroupNotFoundException', 'InvalidTargetException'];

async function deregister(elb: ElasticLoadBalancingV2Client, { loadBalancers = [] }: Asked) {
  for (const { targetGroupArn } of loadBalancers) {
    const Targets = [{ Id: task }];
    await elb
      .send(new DeregisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets }))
      .catch((error) => {
        if (!gone.includes(error.name)) throw error;
      });
  }
}
