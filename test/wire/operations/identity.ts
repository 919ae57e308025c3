import { expect } from 'vitest';
import type { Aws } from '../../../src/aws/aws.ts';
import { present, refusal } from '../../helpers/wire/expect.ts';
import { iam } from '../../helpers/wire/iam.ts';
import { account } from '../../helpers/wire/seed.ts';
import type { WireWorld } from '../../helpers/wire/world.ts';

const noEntity = refusal('NoSuchEntityException'); // `NoSuchEntity` on the wire
const policy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'ecs:*', Resource: 'arn:aws:ecs:*:*:service/a/b*' }],
};
const PolicyDocument = JSON.stringify(policy);

/** IAM answers documents as URL-encoded text. */
const decoded = (document: string | undefined) => JSON.parse(decodeURIComponent(present(document)));

export async function callIdentity(aws: Aws, world: WireWorld) {
  const managed = textIn(
    await iam(world.moto.url, 'CreatePolicy', { PolicyName: 'managed', PolicyDocument }),
  );
  await readManagedPolicy(aws, managed);
  await readUser(aws, world, managed);
  await readGroup(aws, world, managed);
  await readRole(aws, world, managed);
}

const textIn = (xml: string) => present(/<Arn>([^<]+)<\/Arn>/.exec(xml)?.[1]);

async function readManagedPolicy(aws: Aws, PolicyArn: string) {
  const { Policy } = await aws.call('iam:GetPolicy', { PolicyArn });
  expect(Policy).toMatchObject({ Arn: PolicyArn, DefaultVersionId: 'v1', IsAttachable: true });
  const version = await aws.call('iam:GetPolicyVersion', { PolicyArn, VersionId: 'v1' });
  expect(decoded(version.PolicyVersion?.Document)).toEqual(policy);
  // moto: AWS's own managed policies are there only when it is started with them.
  const own = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';
  for (const call of [
    () => aws.call('iam:GetPolicy', { PolicyArn: own }),
    () => aws.call('iam:GetPolicyVersion', { PolicyArn: own, VersionId: 'v1' }),
  ]) {
    await expect(call()).rejects.toMatchObject(noEntity);
  }
}

async function readUser(aws: Aws, { moto: { url } }: WireWorld, managed: string) {
  const UserName = 'someone';
  const path = '/people/';
  await iam(url, 'CreateUser', { UserName, Path: path });
  await iam(url, 'PutUserPolicy', { UserName, PolicyName: 'inline', PolicyDocument });
  await iam(url, 'AttachUserPolicy', { UserName, PolicyArn: managed });
  // moto: knows no boundary of a user, so `PermissionsBoundary` is never here; roles have one.
  const { User } = await aws.call('iam:GetUser', { UserName });
  expect(User).toMatchObject({ Arn: `arn:aws:iam::${account}:user${path}${UserName}` });
  const { PolicyNames } = await aws.call('iam:ListUserPolicies', { UserName });
  expect(PolicyNames).toEqual(['inline']);
  const inline = await aws.call('iam:GetUserPolicy', { UserName, PolicyName: 'inline' });
  expect(decoded(inline.PolicyDocument)).toEqual(policy);
  const attached = await aws.call('iam:ListAttachedUserPolicies', { UserName });
  expect(attached).toMatchObject({
    AttachedPolicies: [{ PolicyArn: managed }],
    IsTruncated: false,
  });
  const absent = { UserName: 'absent' };
  for (const call of [
    () => aws.call('iam:GetUser', absent),
    () => aws.call('iam:ListUserPolicies', absent),
    () => aws.call('iam:ListAttachedUserPolicies', absent),
    () => aws.call('iam:GetUserPolicy', { UserName, PolicyName: 'absent' }),
  ]) {
    await expect(call()).rejects.toMatchObject(noEntity);
  }
}

async function readGroup(aws: Aws, { moto: { url } }: WireWorld, managed: string) {
  const GroupName = 'people';
  const UserName = 'someone';
  expect((await aws.call('iam:ListGroupsForUser', { UserName })).Groups).toEqual([]);
  await iam(url, 'CreateGroup', { GroupName });
  await iam(url, 'AddUserToGroup', { GroupName, UserName });
  await iam(url, 'PutGroupPolicy', { GroupName, PolicyName: 'inline', PolicyDocument });
  await iam(url, 'AttachGroupPolicy', { GroupName, PolicyArn: managed });
  const { Groups } = await aws.call('iam:ListGroupsForUser', { UserName });
  expect(Groups).toMatchObject([{ GroupName, Arn: `arn:aws:iam::${account}:group/${GroupName}` }]);
  const { PolicyNames } = await aws.call('iam:ListGroupPolicies', { GroupName });
  expect(PolicyNames).toEqual(['inline']);
  const inline = await aws.call('iam:GetGroupPolicy', { GroupName, PolicyName: 'inline' });
  expect(decoded(inline.PolicyDocument)).toEqual(policy);
  const attached = await aws.call('iam:ListAttachedGroupPolicies', { GroupName });
  expect(attached.AttachedPolicies).toMatchObject([{ PolicyArn: managed }]);
}

/** Of the seeded execution role, and of a second one with a boundary. */
async function readRole(aws: Aws, { moto: { url }, config }: WireWorld, managed: string) {
  const { executionRoleArn } = config.providerConfig;
  const RoleName = present(executionRoleArn.split('/').at(-1));
  const { Role } = await aws.call('iam:GetRole', { RoleName });
  expect(Role).toMatchObject({ Arn: executionRoleArn });
  expect(Role?.PermissionsBoundary).toBeUndefined();
  const [trust] = decoded(Role?.AssumeRolePolicyDocument).Statement;
  expect(trust).toMatchObject({ Principal: { Service: 'ecs-tasks.amazonaws.com' } });

  const bound = { RoleName: 'bound', Path: '/teams/', PermissionsBoundary: managed };
  await iam(url, 'CreateRole', { ...bound, AssumeRolePolicyDocument: PolicyDocument });
  await iam(url, 'PutRolePolicy', { RoleName: 'bound', PolicyName: 'inline', PolicyDocument });
  await iam(url, 'AttachRolePolicy', { RoleName: 'bound', PolicyArn: managed });
  const one = { RoleName: 'bound' };
  // The name alone finds it, and the answer has the path, which an assumed role's ARN lacks.
  expect((await aws.call('iam:GetRole', one)).Role).toMatchObject({
    Arn: `arn:aws:iam::${account}:role/teams/bound`,
    PermissionsBoundary: { PermissionsBoundaryArn: managed },
  });
  expect((await aws.call('iam:ListRolePolicies', one)).PolicyNames).toEqual(['inline']);
  const inline = await aws.call('iam:GetRolePolicy', { ...one, PolicyName: 'inline' });
  expect(decoded(inline.PolicyDocument)).toEqual(policy);
  const attached = await aws.call('iam:ListAttachedRolePolicies', one);
  expect(attached.AttachedPolicies).toMatchObject([{ PolicyArn: managed }]);
  await expect(aws.call('iam:GetRole', { RoleName: 'absent' })).rejects.toMatchObject(noEntity);
  const { Roles = [], IsTruncated } = await aws.call('iam:ListRoles', { MaxItems: 1000 });
  expect(Roles.map(({ RoleName: name }) => name)).toEqual(
    expect.arrayContaining([RoleName, 'bound']),
  );
  expect(
    decoded(Roles.find(({ Arn }) => Arn === executionRoleArn)?.AssumeRolePolicyDocument),
  ).toEqual(decoded(Role?.AssumeRolePolicyDocument));
  expect(IsTruncated).toBe(false);
}
