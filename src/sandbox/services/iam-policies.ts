import type {
  GetPolicyCommandInput,
  GetPolicyResponse,
  GetPolicyVersionCommandInput,
  GetPolicyVersionResponse,
} from '@aws-sdk/client-iam';
import { findPolicy } from '../managed-policies.ts';
import type { Authorization, Ctx, Operation } from '../types.ts';
import {
  encoded,
  type Kind,
  needPrincipal,
  noSuchEntity,
  onPrincipal,
  type Paged,
  pageOf,
  validationError,
} from './iam-common.ts';
import { entityId } from './iam-entities.ts';

/** The calls are the same for users, roles and groups, but for the member that names them. */
interface Input extends Paged {
  RoleName?: string | undefined;
  UserName?: string | undefined;
  GroupName?: string | undefined;
  PolicyName?: string | undefined;
  PathPrefix?: string | undefined;
}
const members = { role: 'RoleName', user: 'UserName', group: 'GroupName' } as const;

const on = (kind: Kind, action: string) => (input: Input, ctx: Ctx) =>
  onPrincipal(ctx, action, { kind, name: input[members[kind]] });

/** `ListAttachedRolePolicies` and its likes. */
export const listAttached = (kind: Kind, action: string) =>
  ({
    authorize: on(kind, action),
    run(input: Input, ctx: Ctx) {
      const { attached } = needPrincipal(ctx, kind, input[members[kind]]);
      const { PathPrefix: prefix = '/' } = input;
      const found = attached
        .flatMap((arn) => findPolicy(ctx, arn) ?? [])
        .filter(({ path }) => path.startsWith(prefix));
      const { items, end } = pageOf(found, input);
      const AttachedPolicies = items.map(({ arn, name }) => ({ PolicyName: name, PolicyArn: arn }));
      return { AttachedPolicies, ...end };
    },
  }) satisfies Operation;

/** `ListRolePolicies` and its likes: the names of inline policies. */
export const listInline = (kind: Kind, action: string) =>
  ({
    authorize: on(kind, action),
    run(input: Input, ctx: Ctx) {
      const { inline } = needPrincipal(ctx, kind, input[members[kind]]);
      const { items, end } = pageOf(Object.keys(inline), input);
      return { PolicyNames: items, ...end };
    },
  }) satisfies Operation;

/** `GetRolePolicy` and its likes: one inline policy. */
export const getInline = (kind: Kind, action: string) =>
  ({
    authorize: on(kind, action),
    run(input: Input, ctx: Ctx) {
      const { inline, name } = needPrincipal(ctx, kind, input[members[kind]]);
      const { PolicyName: policy = '' } = input;
      const document = Object.hasOwn(inline, policy) ? inline[policy] : undefined;
      if (!document) throw noSuchEntity(`The ${kind} policy with name ${policy} cannot be found.`);
      return { [members[kind]]: name, PolicyName: policy, PolicyDocument: encoded(document) };
    },
  }) satisfies Operation;

const onPolicy =
  (action: string) =>
  ({ PolicyArn: arn = '' }: { PolicyArn?: string | undefined }): Authorization[] => [
    { action: `iam:${action}`, resource: arn, said: `policy ${arn}` },
  ];

function needPolicy(ctx: Ctx, arn: string | undefined) {
  if (!/^arn:[^:]+:iam::(\d{12}|aws):policy\/.+$/.test(arn ?? '')) {
    throw validationError(`ARN ${arn ?? ''} is not valid.`);
  }
  const found = findPolicy(ctx, arn ?? '');
  if (!found) throw noSuchEntity(`Policy ${arn} was not found.`);
  return found;
}

export const GetPolicy = {
  authorize: onPolicy('GetPolicy'),
  run(input: GetPolicyCommandInput, ctx: Ctx): GetPolicyResponse {
    const policy = needPolicy(ctx, input.PolicyArn);
    const { roles, users, groups } = ctx.world.iam;
    const entities = [roles, users, groups].flatMap((all) => Object.values(all));
    return {
      Policy: {
        PolicyName: policy.name,
        PolicyId: entityId('ANPA', policy),
        Arn: policy.arn,
        Path: policy.path,
        DefaultVersionId: policy.defaultVersion,
        AttachmentCount: entities.filter(({ attached }) => attached.includes(policy.arn)).length,
        IsAttachable: true,
        CreateDate: new Date(policy.createdAt),
      },
    };
  },
} satisfies Operation;

export const GetPolicyVersion = {
  authorize: onPolicy('GetPolicyVersion'),
  run(input: GetPolicyVersionCommandInput, ctx: Ctx): GetPolicyVersionResponse {
    const { versions, defaultVersion, createdAt } = needPolicy(ctx, input.PolicyArn);
    const { VersionId: id = '' } = input;
    const document = Object.hasOwn(versions, id) ? versions[id] : undefined;
    if (!document) throw noSuchEntity(`Policy version ${id} of ${input.PolicyArn} was not found.`);
    return {
      PolicyVersion: {
        Document: encoded(document),
        VersionId: id,
        IsDefaultVersion: id === defaultVersion,
        CreateDate: new Date(createdAt),
      },
    };
  },
} satisfies Operation;
