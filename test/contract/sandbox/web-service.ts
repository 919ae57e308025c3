import { ecs } from '../../../src/sandbox/services/ecs.ts';
import type { World } from '../../../src/sandbox/types.ts';
import { type Account, addLogGroup, addTargetGroup, createAccount } from './direct.ts';

/** Where the service `web` is. */
export const cluster = 'previews';

/** An account with what the service `web` takes for granted, and the ARN of its target group. */
export function accountForWeb(world?: World): { aws: Account; group: string } {
  const aws = createAccount(world);
  addLogGroup(aws, '/ecs/web');
  return { aws, group: addTargetGroup(aws) };
}

/** The service as ECS tells of it; empty when there is none. */
export const lookAt = (aws: Account) =>
  aws.run(ecs.DescribeServices, { cluster, services: ['web'] }).services[0] ?? {};

export const primaryOf = (aws: Account) => lookAt(aws).deployments?.[0];

/** What ECS has said of the service, in that order. */
export const saidOf = (aws: Account) =>
  (lookAt(aws).events ?? []).map(({ message }) => message ?? '').reverse();

export const targetsIn = ({ world }: Account, group: string) =>
  Object.values(world.elasticloadbalancing.targetGroups[group]?.targets ?? {});

/** What its tasks, and those of RunTask, have logged. */
export const linesIn = ({ world }: Account) =>
  Object.values(world.logs.groups['/ecs/web']?.streams ?? {})
    .flat()
    .map(({ message }) => message);
