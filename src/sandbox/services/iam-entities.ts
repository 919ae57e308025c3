import type {
  GetRoleCommandInput,
  GetRoleResponse,
  GetUserCommandInput,
  GetUserResponse,
  ListGroupsForUserCommandInput,
  ListGroupsForUserResponse,
  ListRolesCommandInput,
  ListRolesResponse,
  Role as RoleShape,
} from '@aws-sdk/client-iam';
import type { Entity, Role } from '../iam-types.ts';
import { idOf } from '../ids.ts';
import { callerPrincipal, principalNamed } from '../principals.ts';
import type { Authorization, Ctx, Operation } from '../types.ts';
import { encoded, needPrincipal, onPrincipal, pageOf, validationError } from './iam-common.ts';

/** IAM's ids begin with the kind: AROA of a role, AIDA of a user, AGPA of a group. */
export const entityId = (prefix: string, { arn }: Pick<Entity, 'arn'>) =>
  `${prefix}${idOf(arn, 17).toUpperCase()}`;

const boundaryShape = (arn: string | undefined) =>
  arn === undefined
    ? {}
    : {
        PermissionsBoundary: {
          PermissionsBoundaryType: 'PermissionsBoundaryPolicy' as const,
          PermissionsBoundaryArn: arn,
        },
      };

export const GetRole = {
  authorize: ({ RoleName: name }: GetRoleCommandInput, ctx: Ctx): Authorization[] =>
    onPrincipal(ctx, 'GetRole', { kind: 'role', name }),
  run(input: GetRoleCommandInput, ctx: Ctx): GetRoleResponse {
    const role = needPrincipal(ctx, 'role', input.RoleName);
    return { Role: { ...roleShape(role), ...boundaryShape(role.boundary) } };
  },
} satisfies Operation;

const roleShape = (role: Role): RoleShape => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: entityId('AROA', role),
  Arn: role.arn,
  CreateDate: new Date(role.createdAt),
  AssumeRolePolicyDocument: encoded(role.trust),
  MaxSessionDuration: 3600,
});

export const ListRoles = {
  authorize: (_input: ListRolesCommandInput, { world }: Ctx): Authorization[] => {
    const said = `arn:${world.partition}:iam::${world.account}:role/`;
    return [{ action: 'iam:ListRoles', resource: '*', said }];
  },
  run(input: ListRolesCommandInput, { world }: Ctx): ListRolesResponse {
    const { PathPrefix: prefix = '/' } = input;
    const found = Object.values(world.iam.roles)
      .filter(({ path }) => path.startsWith(prefix))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const { items, end } = pageOf(found, input);
    // Boundaries and tags are told by GetRole alone (IAM API Reference, ListRoles).
    return { Roles: items.map(roleShape), ...end };
  },
} satisfies Operation;

/** Without a name, the user that calls. */
function userName({ UserName }: GetUserCommandInput, ctx: Ctx): string | undefined {
  const caller = callerPrincipal(ctx);
  return UserName ?? (caller?.kind === 'user' ? caller.entity.name : undefined);
}

export const GetUser = {
  authorize: (input: GetUserCommandInput, ctx: Ctx): Authorization[] =>
    onPrincipal(ctx, 'GetUser', { kind: 'user', name: userName(input, ctx) }),
  run(input: GetUserCommandInput, ctx: Ctx): GetUserResponse {
    const name = userName(input, ctx);
    if (name === undefined) {
      throw validationError('Must specify userName when calling with non-User credentials');
    }
    const user = needPrincipal(ctx, 'user', name);
    return {
      User: {
        Path: user.path,
        UserName: user.name,
        UserId: entityId('AIDA', user),
        Arn: user.arn,
        CreateDate: new Date(user.createdAt),
        ...boundaryShape(user.boundary),
      },
    };
  },
} satisfies Operation;

export const ListGroupsForUser = {
  authorize: ({ UserName: name }: ListGroupsForUserCommandInput, ctx: Ctx): Authorization[] =>
    onPrincipal(ctx, 'ListGroupsForUser', { kind: 'user', name }),
  run(input: ListGroupsForUserCommandInput, ctx: Ctx): ListGroupsForUserResponse {
    const { groups } = needPrincipal(ctx, 'user', input.UserName);
    const known = groups.flatMap((name) => principalNamed(ctx, 'group', name)?.entity ?? []);
    const { items, end } = pageOf(known, input);
    return {
      Groups: items.map((group) => ({
        Path: group.path,
        GroupName: group.name,
        GroupId: entityId('AGPA', group),
        Arn: group.arn,
        CreateDate: new Date(group.createdAt),
      })),
      ...end,
    };
  },
} satisfies Operation;
