import type { PolicyDocument } from '../permissions/evaluate.ts';

/** Users, roles, groups and policies of the account. Records are keyed by ARN. */
export interface IamState {
  roles: Record<string, Role>;
  users: Record<string, User>;
  groups: Record<string, Entity>;
  /** The account's own managed policies; those of AWS are known without being here. */
  policies: Record<string, ManagedPolicy>;
  /** Whom the account trusts to sign tokens. */
  oidcProviders?: Record<string, { arn: string; url: string; clientIds: string[] }>;
  /** What is left of the simulator's rate, and when that was. */
  simulations?: { left: number; asOf: number };
}

/** What users, roles and groups have in common. */
export interface Entity {
  arn: string;
  name: string;
  /** Begins and ends with a slash. */
  path: string;
  createdAt: number;
  /** Inline policies by name. */
  inline: Record<string, PolicyDocument>;
  /** ARNs of managed policies. */
  attached: string[];
}
export interface Role extends Entity {
  trust: TrustDocument;
  /** ARN of a managed policy. */
  boundary?: string;
}
export interface User extends Entity {
  /** Names of groups. */
  groups: string[];
  boundary?: string;
}

export interface ManagedPolicy {
  arn: string;
  name: string;
  path: string;
  createdAt: number;
  defaultVersion: string;
  /** By version id: `v1`, `v2`, ... */
  versions: Record<string, PolicyDocument>;
}

/** A role's trust policy: like any other, with principals and without resources. */
export interface TrustDocument {
  Version?: string;
  Id?: string;
  Statement: TrustStatement | TrustStatement[];
}
export interface TrustStatement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Principal: '*' | Record<string, string | string[]>;
  Action: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}
