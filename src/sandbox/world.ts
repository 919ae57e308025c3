import { defaultCallerArn } from './arn.ts';
import { idOf } from './ids.ts';
import { defaultQuotas } from './quotas.ts';
import { advances } from './services/index.ts';
import type { Behaviour, CallerRights, Ctx, Quiet, Simulator, World } from './types.ts';

export { worldDigest } from './digest.ts';

/** An account in which nobody has done anything yet. */
export function emptyWorld(
  account = '123456789012',
  region = 'us-east-1',
  partition = 'aws',
): World {
  return {
    version: 4,
    now: 0,
    nextId: 1,
    partition,
    account,
    region,
    network: { vpcs: {}, subnets: {}, securityGroups: {}, routeTables: {}, endpoints: {} },
    iam: { roles: {}, users: {}, groups: {}, policies: {} },
    ecs: { clusters: {}, services: {}, taskDefinitions: {}, tasks: {}, revisions: {} },
    elasticloadbalancing: { loadBalancers: {}, listeners: {}, rules: {}, targetGroups: {} },
    logs: { groups: {} },
    ecr: { repositories: {} },
    codebuild: { projects: {}, builds: {} },
    cloudformation: { stacks: {} },
    route53: { zones: {}, changes: {} },
    dns: { records: {} },
    acm: { certificates: {} },
    quotas: defaultQuotas(),
  };
}

export interface Setting {
  now: number;
  behaviour?: Partial<Behaviour> | undefined;
  callerArn?: string | undefined;
  rights?: CallerRights;
  simulator?: Partial<Simulator>;
  quiet?: Quiet | undefined;
}

/** What operations on `world` get to work with. Ids count up in the world itself. */
export function contextOf(world: World, setting: Setting): Ctx {
  const {
    now,
    behaviour,
    callerArn = defaultCallerArn(world),
    rights = {},
    simulator,
    quiet,
  } = setting;
  return {
    world,
    now,
    behaviour: { app: 'healthy', build: 'ok', ...behaviour },
    callerArn,
    rights,
    // SimulatePrincipalPolicy, IAM API reference: a page has 100 results unless MaxItems says otherwise.
    simulator: { shape: 'current', pageSize: 100, ...simulator },
    id: (length) => idOf(world.nextId++, length),
    quiet,
  };
}

/** Lets everything happen in the account that happens by itself until the time of `ctx`. */
export function advanceWorld(ctx: Ctx): void {
  ctx.world.now = Math.max(ctx.world.now, ctx.now);
  for (const advance of advances) advance(ctx);
}
