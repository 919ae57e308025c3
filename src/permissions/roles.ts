import type { PolicyDocument } from './evaluate.ts';
import { type RoleFacts, type RoleNeed, roleNeeds, roleStatements } from './role-needs.ts';
import type { ConditionBlock, Scope } from './scope.ts';
import { type RoleKind, roleKinds } from './words.ts';

/** Who may take a role on. */
export interface TrustDocument {
  Version: '2012-10-17';
  Statement: {
    Sid: string;
    Effect: 'Allow';
    Principal: { Service: string };
    Action: 'sts:AssumeRole';
    Condition: ConditionBlock;
  }[];
}

export interface Role {
  /** Both where one role serves both. */
  kinds: readonly RoleKind[];
  arn: string;
  /** `/` or `/a/b/`. */
  path: string;
  name: string;
  needs: readonly RoleNeed[];
  trust: TrustDocument;
  permissions: PolicyDocument;
}

/**
 * The least that the execution role or the build role needs for this configuration. When both are
 * one role, it is told as such: with what both need, trusting both services.
 */
export function roleFor(kind: RoleKind, facts: RoleFacts): Role {
  const { executionRoleArn, buildRoleArn } = facts.scope;
  const arn = kind === 'execution' ? executionRoleArn : buildRoleArn;
  const kinds = executionRoleArn === buildRoleArn ? roleKinds : [kind];
  const needs = [...new Set(kinds.flatMap((each) => roleNeeds(each, facts)))];
  const [, ...words] = arn.slice(arn.indexOf(':role/')).split('/');
  const name = words.pop() ?? '';
  return {
    kinds,
    arn,
    path: ['', ...words, ''].join('/'),
    name,
    needs,
    trust: trustOf(kinds, facts.scope),
    permissions: { Version: '2012-10-17', Statement: roleStatements(needs) },
  };
}

/** The service is held to this account, lest another's tasks or builds make it take the role on. */
function trustOf(kinds: readonly RoleKind[], scope: Scope): TrustDocument {
  const { partition, region, account, names } = scope;
  const sources = {
    execution: { service: 'ecs-tasks', sid: 'Tasks', arn: `ecs:${region}:${account}:*` },
    build: {
      service: 'codebuild',
      sid: 'Builds',
      arn: `codebuild:${region}:${account}:project/${names.project}`,
    },
  };
  return {
    Version: '2012-10-17',
    Statement: kinds.map((kind) => ({
      Sid: sources[kind].sid,
      Effect: 'Allow',
      Principal: { Service: `${sources[kind].service}.amazonaws.com` },
      Action: 'sts:AssumeRole',
      Condition: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': `arn:${partition}:${sources[kind].arn}` },
      },
    })),
  };
}
