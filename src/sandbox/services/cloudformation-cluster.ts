import { awsError } from '../errors.ts';
import type { Properties } from '../stack-types.ts';
import { alreadyExists } from './cloudformation-errors.ts';
import { type Kind, objects, optional, tagsIn, text, texts } from './cloudformation-kind.ts';
import { ecsArn } from './ecs-lookup.ts';

const type = 'AWS::ECS::Cluster';

export const cluster: Kind = {
  properties: {
    ClusterName: 'replace',
    CapacityProviders: 'update',
    DefaultCapacityProviderStrategy: 'update',
    Tags: 'update',
  },
  required: [],
  attributes: ['Arn'],
  namedBy: 'ClusterName',
  seconds: 8,
  make({ ctx: { world }, properties, name: fallback }) {
    const name = optional(properties, 'ClusterName') ?? fallback;
    const arn = ecsArn(world, `cluster/${name}`);
    const there = world.ecs.clusters[arn];
    if (there && there.status !== 'INACTIVE') throw alreadyExists(type, name);
    world.ecs.clusters[arn] = { arn, name, ...settings(properties) };
    return { physicalId: name, attributes: { Arn: arn } };
  },
  update({ ctx: { world }, properties }, { physicalId: name = '', attributes }) {
    const arn = attributes.Arn ?? '';
    world.ecs.clusters[arn] = { arn, name, ...settings(properties) };
    return attributes;
  },
  remove({ world: { ecs } }, { physicalId: name, attributes }) {
    const inUse = (all: Record<string, { arn: string }>, kind: string) =>
      Object.values(all).some(({ arn }) => arn.includes(`:${kind}/${name}/`));
    const services = Object.fromEntries(
      Object.entries(ecs.services).filter(([, { status }]) => status !== 'INACTIVE'),
    );
    const tasks = Object.fromEntries(
      Object.entries(ecs.tasks).filter(([, { lastStatus }]) => lastStatus !== 'STOPPED'),
    );
    if (inUse(services, 'service')) {
      throw awsError(
        'ClusterContainsServicesException',
        'The Cluster cannot be deleted while Services are active.',
      );
    }
    if (inUse(tasks, 'task')) {
      throw awsError(
        'ClusterContainsTasksException',
        'The Cluster cannot be deleted while Tasks are active.',
      );
    }
    delete ecs.clusters[attributes.Arn ?? ''];
  },
};

const settings = (properties: Properties) => ({
  capacityProviders: texts(properties, 'CapacityProviders'),
  defaultStrategy: objects(properties, 'DefaultCapacityProviderStrategy').map((item) => ({
    capacityProvider: text(item, 'CapacityProvider'),
    weight: Number(item.Weight ?? 0),
    base: Number(item.Base ?? 0),
  })),
  tags: tagsIn(properties),
});
