import { placeOf } from './network.ts';
import { type BootstrapOptions, type Missing, missingOf, nameOf } from './options.ts';
import { type Part, type Resource, ref, tags } from './values.ts';

/** The cluster, which has both kinds of Fargate; the parameter names it, whether it is made or found. */
export function clusterPart(options: BootstrapOptions): Part {
  const { existing } = options;
  const missing = missingOf(options);
  return {
    parameters: {
      ClusterName: {
        Type: 'String',
        Description: missing.cluster
          ? 'Name of the new ECS cluster.'
          : 'ECS cluster of the previews.',
        Default: existing.cluster ?? nameOf(options),
        AllowedPattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$',
      },
    },
    resources: {
      ...(existing.ecsServiceRole === false ? { EcsServiceRole: serviceRole } : {}),
      ...(missing.cluster ? { Cluster: cluster(options, missing) } : {}),
    },
  };
}

/** The account has one for ECS, whoever made it, so it outlives the stack. */
const serviceRole: Resource = {
  Type: 'AWS::IAM::ServiceLinkedRole',
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
  Properties: { AWSServiceName: 'ecs.amazonaws.com' },
};

/**
 * Made last, so that it is what a deletion of the stack begins with: ECS refuses to delete a cluster
 * with services (ECS API Reference, DeleteCluster), and then all that the previews need stays too.
 * By then ECS can also use a service-linked role that was new when the stack began.
 */
function cluster(options: BootstrapOptions, missing: Missing): Resource {
  const before = [
    ...placeOf(options).routes,
    ...(missing.balancer ? ['HttpsListener'] : []),
    ...(missing.taskGroup ? ['TaskSecurityGroup'] : []),
    ...(missing.executionRole ? ['ExecutionRole'] : []),
    ...(missing.buildRole ? ['BuildRole'] : []),
    ...(missing.deploy && options.ci !== 'none' ? ['DeployRole'] : []),
    ...(options.existing.ecsServiceRole === false ? ['EcsServiceRole'] : []),
  ];
  return {
    Type: 'AWS::ECS::Cluster',
    ...(before.length > 0 ? { DependsOn: before } : {}),
    Properties: {
      ClusterName: ref('ClusterName'),
      CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      DefaultCapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
      Tags: tags(),
    },
  };
}
