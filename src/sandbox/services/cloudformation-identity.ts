// Longer than most: the four kinds of IAM, which share how they are named and what they refuse.
import type { PolicyDocument } from '../../permissions/evaluate.ts';
import { awsError } from '../errors.ts';
import type { TrustDocument } from '../iam-types.ts';
import { findPolicy, policyOf } from '../managed-policies.ts';
import type { Properties } from '../stack-types.ts';
import { trusting } from '../trust.ts';
import type { Ctx, World } from '../types.ts';
import { alreadyExists } from './cloudformation-errors.ts';
import { type Kind, object, objects, optional, text, texts } from './cloudformation-kind.ts';

// IAM and AWS STS quotas: characters of a managed policy, and of a trust policy, without white space.
const longestPolicy = 6_144;
const longestTrust = 2_048;

const arnOf = ({ partition, account }: World, kind: string, name: string) =>
  `arn:${partition}:iam::${account}:${kind}/${name}`;

export const role: Kind = {
  properties: {
    RoleName: 'replace',
    Path: 'replace',
    Description: 'update',
    AssumeRolePolicyDocument: 'update',
    Policies: 'update',
    ManagedPolicyArns: 'update',
    Tags: 'update',
  },
  required: ['AssumeRolePolicyDocument'],
  attributes: ['Arn', 'RoleId'],
  namedBy: 'RoleName',
  seconds: 18,
  make({ ctx, properties, name: fallback }) {
    const { world, now } = ctx;
    const name = optional(properties, 'RoleName') ?? fallback.slice(0, 64);
    if (Object.values(world.iam.roles).some((other) => other.name === name)) {
      throw alreadyExists('AWS::IAM::Role', name);
    }
    const path = optional(properties, 'Path') ?? '/';
    const arn = arnOf(world, 'role', `${path.slice(1)}${name}`);
    world.iam.roles[arn] = { arn, name, path, createdAt: now, ...rights(ctx, properties) };
    return {
      physicalId: name,
      attributes: { Arn: arn, RoleId: `AROA${ctx.id(17).toUpperCase()}` },
    };
  },
  update({ ctx, properties }, { attributes }) {
    const found = ctx.world.iam.roles[attributes.Arn ?? ''];
    if (!found) throw awsError('NoSuchEntityException', 'The role cannot be found.');
    Object.assign(found, rights(ctx, properties));
    return attributes;
  },
  remove({ world }, { properties, attributes }) {
    const found = world.iam.roles[attributes.Arn ?? ''];
    const own = texts(properties, 'ManagedPolicyArns');
    // CloudFormation takes away what it gave; what others attached is in the way.
    if (found?.attached.some((arn) => !own.includes(arn))) {
      throw awsError(
        'DeleteConflictException',
        'Cannot delete entity, must detach all policies first.',
      );
    }
    delete world.iam.roles[attributes.Arn ?? ''];
  },
};

function rights(ctx: Ctx, properties: Properties) {
  const trust = object(properties.AssumeRolePolicyDocument, 'AssumeRolePolicyDocument');
  checkSize(trust, longestTrust, 'ACLSizePerRole');
  const attached = texts(properties, 'ManagedPolicyArns');
  const missing = attached.find((arn) => !findPolicy(ctx, arn));
  if (missing !== undefined) {
    throw awsError(
      'NoSuchEntityException',
      `Policy ${missing} does not exist or is not attachable.`,
    );
  }
  const inline = objects(properties, 'Policies').map((policy) => [
    text(policy, 'PolicyName'),
    object(policy.PolicyDocument, 'PolicyDocument'),
  ]);
  return {
    trust: trust as unknown as TrustDocument,
    inline: Object.fromEntries(inline) as Record<string, PolicyDocument>,
    attached,
  };
}

function checkSize(document: Properties, most: number, quota: string): void {
  if (JSON.stringify(document).length <= most) return;
  throw awsError('LimitExceededException', `Cannot exceed quota for ${quota}: ${most}`);
}

/** Its id is its ARN. A change makes it a new version, which is then in force. */
export const managedPolicy: Kind = {
  properties: {
    ManagedPolicyName: 'replace',
    Path: 'replace',
    Description: 'replace',
    PolicyDocument: 'update',
  },
  required: ['PolicyDocument'],
  attributes: ['PolicyArn'],
  namedBy: 'ManagedPolicyName',
  seconds: 15,
  make({ ctx: { world, now }, properties, name: fallback }) {
    const name = optional(properties, 'ManagedPolicyName') ?? fallback;
    const arn = arnOf(
      world,
      `policy${(optional(properties, 'Path') ?? '/').replace(/\/$/, '')}`,
      name,
    );
    if (Object.hasOwn(world.iam.policies, arn)) throw alreadyExists('AWS::IAM::ManagedPolicy', arn);
    world.iam.policies[arn] = { ...policyOf(arn, documentIn(properties)), createdAt: now };
    return { physicalId: arn, attributes: { PolicyArn: arn } };
  },
  update({ ctx: { world }, properties }, { physicalId: arn = '', attributes }) {
    const policy = world.iam.policies[arn];
    if (!policy) throw awsError('NoSuchEntityException', `Policy ${arn} was not found.`);
    const next = `v${Number(policy.defaultVersion.slice(1)) + 1}`;
    policy.versions = {
      [policy.defaultVersion]: policy.versions[policy.defaultVersion] ?? documentIn(properties),
      [next]: documentIn(properties),
    };
    policy.defaultVersion = next;
    return attributes;
  },
  remove({ world: { iam } }, { physicalId: arn = '' }) {
    const entities = [iam.roles, iam.users, iam.groups].flatMap((all) => Object.values(all));
    if (entities.some(({ attached }) => attached.includes(arn))) {
      throw awsError('DeleteConflictException', 'Cannot delete a policy attached to entities.');
    }
    delete iam.policies[arn];
  },
};

function documentIn(properties: Properties): PolicyDocument {
  const document = object(properties.PolicyDocument, 'PolicyDocument');
  checkSize(document, longestPolicy, 'PolicySize');
  return document as unknown as PolicyDocument;
}

export const oidcProvider: Kind = {
  properties: { Url: 'replace', ClientIdList: 'update', ThumbprintList: 'update', Tags: 'update' },
  required: ['Url'],
  attributes: ['Arn'],
  seconds: 4,
  make({ ctx: { world }, properties }) {
    world.iam.oidcProviders ??= {};
    const url = text(properties, 'Url').replace(/^https:\/\//, '');
    const arn = arnOf(world, 'oidc-provider', url);
    if (Object.hasOwn(world.iam.oidcProviders, arn)) {
      throw awsError('AlreadyExists', `Provider with url https://${url} already exists.`);
    }
    world.iam.oidcProviders[arn] = { arn, url, clientIds: texts(properties, 'ClientIdList') };
    return { physicalId: arn, attributes: { Arn: arn } };
  },
  update({ ctx: { world }, properties }, { physicalId: arn = '', attributes }) {
    const found = world.iam.oidcProviders?.[arn];
    if (found) found.clientIds = texts(properties, 'ClientIdList');
    return attributes;
  },
  remove({ world }, { physicalId: arn = '' }) {
    delete world.iam.oidcProviders?.[arn];
  },
};

/** The sandbox knows the name of ECS's role alone. */
const serviceRoles: Record<string, string> = { 'ecs.amazonaws.com': 'AWSServiceRoleForECS' };

export const serviceLinkedRole: Kind = {
  properties: { AWSServiceName: 'replace', Description: 'update' },
  required: ['AWSServiceName'],
  attributes: ['RoleName'],
  seconds: 10,
  make({ ctx: { world, now }, properties }) {
    const service = text(properties, 'AWSServiceName');
    const name = serviceRoles[service];
    if (name === undefined) {
      throw awsError('InvalidRequest', `Service linked roles of ${service} are not simulated`);
    }
    const path = `/aws-service-role/${service}/`;
    const arn = arnOf(world, 'role', `${path.slice(1)}${name}`);
    if (Object.hasOwn(world.iam.roles, arn)) {
      const problem = `Service role name ${name} has been taken in this account, please try a different suffix.`;
      throw awsError('AlreadyExists', problem);
    }
    const trust = trusting(service);
    world.iam.roles[arn] = { arn, name, path, createdAt: now, trust, inline: {}, attached: [] };
    return { physicalId: name, attributes: { RoleName: name } };
  },
  update: (_, { attributes }) => attributes,
  remove({ world }, { physicalId: name }) {
    const found = Object.values(world.iam.roles).find((each) => each.name === name);
    if (found) delete world.iam.roles[found.arn];
  },
};
