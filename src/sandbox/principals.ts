import type { Policies, PolicyDocument } from '../permissions/evaluate.ts';
import type { Entity, Role, User } from './iam-types.ts';
import {
  callerBoundaryArn,
  callerPolicyArns,
  documentOf,
  everything,
  findPolicy,
  managedArn,
} from './managed-policies.ts';
import type { Ctx } from './types.ts';

export type Principal =
  | { kind: 'role'; entity: Role }
  | { kind: 'user'; entity: User }
  | { kind: 'group'; entity: Entity };

/** An identity policy, and where it comes from. */
export interface Source {
  name: string;
  type: 'user' | 'role' | 'group' | 'aws-managed' | 'user-managed';
  document: PolicyDocument;
}

/** The user, role or group of an ARN, with what the caller was given when it is the caller. */
export function principalAt(ctx: Ctx, arn: string): Principal | undefined {
  const caller = callerPrincipal(ctx);
  return caller?.entity.arn === arn ? caller : worldPrincipal(ctx, arn);
}

/** The same by name; names are unique among roles, among users and among groups. */
export function principalNamed(
  ctx: Ctx,
  kind: Principal['kind'],
  name: string,
): Principal | undefined {
  const caller = callerPrincipal(ctx);
  if (caller?.kind === kind && caller.entity.name === name) return caller;
  const { roles, users, groups } = ctx.world.iam;
  const all: Record<string, Entity> = { role: roles, user: users, group: groups }[kind];
  const found = Object.values(all).find((entity) => entity.name === name);
  return found && worldPrincipal(ctx, found.arn);
}

function worldPrincipal({ world }: Ctx, arn: string): Principal | undefined {
  const { roles, users, groups } = world.iam;
  const role = Object.hasOwn(roles, arn) && roles[arn];
  if (role) return { kind: 'role', entity: role };
  const user = Object.hasOwn(users, arn) && users[arn];
  if (user) return { kind: 'user', entity: user };
  const group = Object.hasOwn(groups, arn) && groups[arn];
  return group ? { kind: 'group', entity: group } : undefined;
}

/**
 * The user, or the role of the assumed role, that calls; none for root and federated users. One that
 * the account does not have is made up, as an administrator unless policies were given.
 */
export function callerPrincipal(ctx: Ctx): Principal | undefined {
  const found = bareCaller(ctx);
  if (!found) return undefined;
  const given = callerPolicyArns(ctx);
  const nothing =
    ctx.rights.policies === undefined &&
    sourcesOf(ctx, found).length === 0 &&
    found.entity.attached.length === 0;
  const more = nothing ? [managedArn(ctx.world, 'AdministratorAccess')] : given;
  const boundary = callerBoundaryArn(ctx);
  const entity = {
    ...found.entity,
    attached: [...found.entity.attached, ...more],
    ...(boundary === undefined ? {} : { boundary }),
  };
  return { ...found, entity } as Principal;
}

function bareCaller(ctx: Ctx): Exclude<Principal, { kind: 'group' }> | undefined {
  const { callerArn, world } = ctx;
  const [, userPath, userName] =
    /^arn:[^:]+:iam::\d+:user(\/(?:.*\/)?)([^/]+)$/.exec(callerArn) ?? [];
  const made = { createdAt: 0, inline: {}, attached: [] };
  if (userPath !== undefined && userName !== undefined) {
    const known = world.iam.users[callerArn];
    const user = { ...made, arn: callerArn, name: userName, path: userPath, groups: [] };
    return { kind: 'user', entity: known ?? user };
  }
  const [, roleName] = /^arn:[^:]+:sts::\d+:assumed-role\/([^/]+)\/.+$/.exec(callerArn) ?? [];
  if (roleName === undefined) return undefined;
  const known = Object.values(world.iam.roles).find(({ name }) => name === roleName);
  // The roles of IAM Identity Center are all under this path, which their sessions' ARNs do not tell.
  const path = roleName.startsWith('AWSReservedSSO_') ? '/aws-reserved/sso.amazonaws.com/' : '/';
  const arn = `arn:${world.partition}:iam::${world.account}:role${path}${roleName}`;
  const trust = { Version: '2012-10-17', Statement: [] };
  return { kind: 'role', entity: known ?? { ...made, arn, name: roleName, path, trust } };
}

/** All identity policies of a principal; a user has those of its groups too. */
export function sourcesOf(ctx: Ctx, { kind, entity }: Principal): Source[] {
  const inline = Object.entries(entity.inline).map(([name, document]) => ({
    name: `${kind}_${entity.name}_${name}`,
    type: kind,
    document,
  }));
  const attached = entity.attached.flatMap((arn): Source[] => {
    const policy = findPolicy(ctx, arn);
    const type = arn.includes(':iam::aws:') ? 'aws-managed' : 'user-managed';
    return policy ? [{ name: policy.name, type, document: documentOf(policy) }] : [];
  });
  const groups = kind === 'user' ? entity.groups : [];
  const inherited = groups.flatMap((name) => {
    const group = Object.values(ctx.world.iam.groups).find((each) => each.name === name);
    return group ? sourcesOf(ctx, { kind: 'group', entity: group }) : [];
  });
  return [...inline, ...attached, ...inherited];
}

/** The permissions boundary of a principal; a policy that is gone allows nothing. */
export function boundaryOf(ctx: Ctx, { kind, entity }: Principal): PolicyDocument[] | undefined {
  if (kind === 'group' || entity.boundary === undefined) return undefined;
  const policy = findPolicy(ctx, entity.boundary);
  return [policy ? documentOf(policy) : { Version: '2012-10-17', Statement: [] }];
}

/** All that decides what the caller may do; `undefined` when nothing limits it. */
export function authorityOf(ctx: Ctx): Policies | undefined {
  const { rights, callerArn } = ctx;
  const scps = rights.scps ? { scps: rights.scps } : {};
  const principal = callerPrincipal(ctx);
  if (!principal) {
    // Root has no identity policies and needs none; a federated session has what it was given.
    const root = callerArn.endsWith(':root');
    const identity = (root ? undefined : rights.policies) ?? [everything];
    return identity[0] === everything && !rights.scps ? undefined : { identity, ...scps };
  }
  const identity = sourcesOf(ctx, principal).map(({ document }) => document);
  const boundary = boundaryOf(ctx, principal);
  if (identity.length === 1 && identity[0] === everything && !boundary && !rights.scps) {
    return undefined;
  }
  return { identity, ...(boundary ? { boundary } : {}), ...scps };
}

/** `aws:PrincipalArn`: the role, with its path, where the caller's own ARN names the session. */
export const principalArnOf = (ctx: Ctx): string =>
  callerPrincipal(ctx)?.entity.arn ?? ctx.callerArn;
