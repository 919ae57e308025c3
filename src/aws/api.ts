import type { GetOutputType } from '@smithy/types';
import type { CallKey } from '../permissions/manifest.ts';

/**
 * One file a service, imported on the first call to it: naming each command there, instead of the
 * whole SDK package, is what lets the bundler leave the other operations out.
 */
export const services = {
  acm: () => import('./services/acm.ts'),
  cloudformation: () => import('./services/cloudformation.ts'),
  cloudwatch: () => import('./services/cloudwatch.ts'),
  codebuild: () => import('./services/codebuild.ts'),
  ec2: () => import('./services/ec2.ts'),
  ecr: () => import('./services/ecr.ts'),
  ecs: () => import('./services/ecs.ts'),
  elasticloadbalancing: () => import('./services/elasticloadbalancing.ts'),
  iam: () => import('./services/iam.ts'),
  logs: () => import('./services/logs.ts'),
  route53: () => import('./services/route53.ts'),
  servicequotas: () => import('./services/servicequotas.ts'),
  sts: () => import('./services/sts.ts'),
  tag: () => import('./services/tag.ts'),
} as const;

export type ServiceKey = keyof typeof services;

type Commands<S extends ServiceKey> = Awaited<ReturnType<(typeof services)[S]>>['commands'];
type CommandOf<K extends CallKey> = K extends `${infer S extends ServiceKey}:${infer Op}`
  ? Op extends keyof Commands<S>
    ? Commands<S>[Op]
    : never
  : never;
type InstanceOf<C> = C extends abstract new (...args: never) => infer I ? I : never;

/** The SDK's input and output types of a call of the manifest. */
export type Input<K extends CallKey> =
  InstanceOf<CommandOf<K>> extends { input: infer I } ? I : never;
export type Output<K extends CallKey> = GetOutputType<InstanceOf<CommandOf<K>>>;
