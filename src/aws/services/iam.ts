import {
  GetGroupPolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAttachedGroupPoliciesCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupPoliciesCommand,
  ListGroupsForUserCommand,
  ListOpenIDConnectProvidersCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListUserPoliciesCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import type { OperationOf } from '../../permissions/manifest.ts';

export const Client = IAMClient;

export const commands = {
  GetGroupPolicy: GetGroupPolicyCommand,
  GetPolicy: GetPolicyCommand,
  GetPolicyVersion: GetPolicyVersionCommand,
  GetRole: GetRoleCommand,
  GetRolePolicy: GetRolePolicyCommand,
  GetUser: GetUserCommand,
  GetUserPolicy: GetUserPolicyCommand,
  ListAttachedGroupPolicies: ListAttachedGroupPoliciesCommand,
  ListAttachedRolePolicies: ListAttachedRolePoliciesCommand,
  ListAttachedUserPolicies: ListAttachedUserPoliciesCommand,
  ListGroupPolicies: ListGroupPoliciesCommand,
  ListGroupsForUser: ListGroupsForUserCommand,
  ListOpenIDConnectProviders: ListOpenIDConnectProvidersCommand,
  ListRolePolicies: ListRolePoliciesCommand,
  ListRoles: ListRolesCommand,
  ListUserPolicies: ListUserPoliciesCommand,
  SimulatePrincipalPolicy: SimulatePrincipalPolicyCommand,
} satisfies Record<OperationOf<'iam'>, unknown>;
