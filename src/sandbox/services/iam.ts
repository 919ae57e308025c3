import type { ServiceTable } from '../types.ts';
import { GetRole, GetUser, ListGroupsForUser, ListRoles } from './iam-entities.ts';
import {
  GetPolicy,
  GetPolicyVersion,
  getInline,
  listAttached,
  listInline,
} from './iam-policies.ts';
import { ListOpenIDConnectProviders } from './iam-providers.ts';
import { SimulatePrincipalPolicy } from './iam-simulate.ts';

/** IAM: exactly the operations of the manifest. */
export const iam = {
  GetGroupPolicy: getInline('group', 'GetGroupPolicy'),
  GetPolicy,
  GetPolicyVersion,
  GetRole,
  GetRolePolicy: getInline('role', 'GetRolePolicy'),
  GetUser,
  GetUserPolicy: getInline('user', 'GetUserPolicy'),
  ListAttachedGroupPolicies: listAttached('group', 'ListAttachedGroupPolicies'),
  ListAttachedRolePolicies: listAttached('role', 'ListAttachedRolePolicies'),
  ListAttachedUserPolicies: listAttached('user', 'ListAttachedUserPolicies'),
  ListGroupPolicies: listInline('group', 'ListGroupPolicies'),
  ListGroupsForUser,
  ListOpenIDConnectProviders,
  ListRolePolicies: listInline('role', 'ListRolePolicies'),
  ListRoles,
  ListUserPolicies: listInline('user', 'ListUserPolicies'),
  SimulatePrincipalPolicy,
} satisfies ServiceTable<'iam'>;
