import { createHash } from 'node:crypto';
import { advances } from './services/index.ts';
import type { Behaviour, Ctx, World } from './types.ts';

export { worldDigest } from './digest.ts';

/** An account in which nobody has done anything yet. */
export function emptyWorld(
  account = '123456789012',
  region = 'us-east-1',
  partition = 'aws',
): World {
  return {
    version: 1,
    now: 0,
    nextId: 1,
    partition,
    account,
    region,
    network: { vpcs: {}, subnets: {}, securityGroups: {} },
    roles: {},
    ecs: { clusters: {}, services: {}, taskDefinitions: {}, tasks: {}, revisions: {} },
    elasticloadbalancing: { loadBalancers: {}, listeners: {}, rules: {}, targetGroups: {} },
    logs: { groups: {} },
    ecr: { repositories: {} },
    codebuild: { projects: {}, builds: {} },
    route53: { zones: {}, changes: {} },
  };
}

export interface Setting {
  now: number;
  behaviour?: Partial<Behaviour> | undefined;
  callerArn?: string | undefined;
}

/** What operations on `world` get to work with. Ids count up in the world itself. */
export function contextOf(world: World, { now, behaviour, callerArn }: Setting): Ctx {
  return {
    world,
    now,
    behaviour: { app: 'healthy', build: 'ok', ...behaviour },
    ...(callerArn === undefined ? {} : { callerArn }),
    id: (length) => idOf(world.nextId++, length),
  };
}

/** Lets everything happen in the account that happens by itself until the time of `ctx`. */
export function advanceWorld(ctx: Ctx): void {
  ctx.world.now = Math.max(ctx.world.now, ctx.now);
  for (const advance of advances) advance(ctx);
}

/** `length` lower-case hex digits (at most 64) that depend on `seed` only. */
export function idOf(seed: number | string, length: number): string {
  return createHash('sha256').update(`previewops sandbox ${seed}`).digest('hex').slice(0, length);
}
