import { configSchema } from '../config/schema.ts';
import { container } from '../config/schema-containers.ts';
import { providerConfig } from '../config/schema-provider.ts';
import { build } from '../config/schema-task.ts';

/** What `init` writes into the configuration. What is absent and required stays a placeholder. */
export interface Values {
  app?: string | undefined;
  region?: string | undefined;
  cluster?: string | undefined;
  vpc?: string | undefined;
  subnets?: string[] | undefined;
  securityGroups?: string[] | undefined;
  albListenerArn?: string | undefined;
  executionRoleArn?: string | undefined;
  baseDomain?: string | undefined;
  hostedZoneId?: string | undefined;
  port?: number | undefined;
  /** Absent where the checkout's own remote says the same. */
  repository?: string | undefined;
  /** Absent where the execution role builds too. */
  buildRoleArn?: string | undefined;
  /** Absent for the default, true. */
  assignPublicIp?: boolean | undefined;
}
export type ValueKey = keyof Values;

/** Where each value stands in the file, and the schema that judges it. */
export const places = {
  app: { path: ['app'], schema: configSchema.shape.app },
  region: { path: ['providerConfig', 'region'], schema: providerConfig.shape.region },
  cluster: { path: ['providerConfig', 'cluster'], schema: providerConfig.shape.cluster },
  vpc: { path: ['providerConfig', 'vpc'], schema: providerConfig.shape.vpc },
  subnets: { path: ['providerConfig', 'subnets'], schema: providerConfig.shape.subnets },
  securityGroups: {
    path: ['providerConfig', 'securityGroups'],
    schema: providerConfig.shape.securityGroups,
  },
  albListenerArn: {
    path: ['providerConfig', 'albListenerArn'],
    schema: providerConfig.shape.albListenerArn,
  },
  executionRoleArn: {
    path: ['providerConfig', 'executionRoleArn'],
    schema: providerConfig.shape.executionRoleArn,
  },
  baseDomain: { path: ['providerConfig', 'baseDomain'], schema: providerConfig.shape.baseDomain },
  hostedZoneId: {
    path: ['providerConfig', 'hostedZoneId'],
    schema: providerConfig.shape.hostedZoneId,
  },
  port: { path: ['container', 'port'], schema: container.shape.port },
  repository: { path: ['build', 'repository'], schema: build.shape.repository },
  buildRoleArn: { path: ['build', 'roleArn'], schema: build.shape.roleArn },
  assignPublicIp: { path: ['task', 'assignPublicIp'], schema: undefined },
} as const satisfies Record<ValueKey, { path: readonly string[]; schema: unknown }>;

export const valueKeys = Object.keys(places) as ValueKey[];

/**
 * Why the configuration would not take a value, in words that go on after its name; undefined if it
 * would. Everything that comes from outside passes here before it is offered or written.
 */
export function mistakeIn(key: ValueKey, value: unknown): string | undefined {
  const { schema } = places[key];
  if (schema === undefined) return typeof value === 'boolean' ? undefined : 'must be true or false';
  const result = schema.safeParse(value);
  return result.success ? undefined : (result.error.issues[0]?.message ?? 'is not valid');
}

/** What must be in the file; the rest has a default. */
export const required = [
  'cluster',
  'vpc',
  'subnets',
  'securityGroups',
  'albListenerArn',
  'executionRoleArn',
  'baseDomain',
] as const satisfies readonly ValueKey[];

export const placeholderMark = '<FILL IN';
const described: Record<(typeof required)[number] | 'app', string> = {
  app: 'the name of the app',
  cluster: 'the name of the ECS cluster',
  vpc: 'the VPC of the load balancer',
  subnets: 'a subnet of that VPC',
  securityGroups: 'a security group that admits the load balancer',
  albListenerArn: 'the ARN of the HTTPS listener',
  executionRoleArn: 'the ARN of the role that starts tasks',
  baseDomain: 'the domain of the previews',
};

/** A text that no key takes, so that `validate` points at its line. */
export const placeholderFor = (key: keyof typeof described): string =>
  `${placeholderMark} ${described[key]}>`;

/** Those that are required and absent, in the order of the file. */
export const openIn = (values: Values): (keyof typeof described)[] =>
  (['app', ...required] as const).filter((key) => values[key] === undefined);
