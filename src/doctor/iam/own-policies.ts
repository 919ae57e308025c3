import type { Aws } from '../../aws/aws.ts';
import { allPages } from '../../aws/paginate.ts';
import { PreviewopsError } from '../../errors.ts';
import type { Policies, PolicyDocument } from '../../permissions/evaluate.ts';
import { nameOfArn } from './principal.ts';
import { decodeDocument } from './trust.ts';

interface Listing {
  /** ARNs of managed policies. */
  attached: string[];
  inline: PolicyDocument[];
}

/**
 * All policies of a user (with its groups) or role, and its boundary: what IAM itself would judge
 * by, but for service control policies. Rejects with AWS's refusal when any of them may not be read,
 * because a part of them says nothing.
 */
export async function readOwnPolicies(aws: Aws, arn: string): Promise<Policies> {
  const name = nameOfArn(arn);
  const isRole = arn.includes(':role/');
  const [boundary, ...listings] = isRole
    ? await Promise.all([boundaryOfRole(aws, name), listRole(aws, name)])
    : await Promise.all([boundaryOfUser(aws, name), listUser(aws, name), listGroups(aws, name)]);
  const attached = [...new Set(listings.flatMap((listing) => listing.attached))];
  const [managed, bounds] = await Promise.all([
    Promise.all(attached.map((each) => readManaged(aws, each))),
    boundary === undefined ? [] : Promise.all([readManaged(aws, boundary)]),
  ]);
  return { identity: [...listings.flatMap(({ inline }) => inline), ...managed], boundary: bounds };
}

const boundaryOfRole = async (aws: Aws, RoleName: string) =>
  (await aws.call('iam:GetRole', { RoleName })).Role?.PermissionsBoundary?.PermissionsBoundaryArn;

const boundaryOfUser = async (aws: Aws, UserName: string) =>
  (await aws.call('iam:GetUser', { UserName })).User?.PermissionsBoundary?.PermissionsBoundaryArn;

interface Page {
  IsTruncated?: boolean | undefined;
  Marker?: string | undefined;
}
const marker = (page: Page) => (page.IsTruncated ? page.Marker : undefined);

interface Attached extends Page {
  AttachedPolicies?: { PolicyArn?: string | undefined }[] | undefined;
}
interface Named extends Page {
  PolicyNames?: string[] | undefined;
}

/** Attached and inline policies of one user, role or group. */
async function list(calls: {
  attached: (Marker: string | undefined) => Promise<Attached>;
  names: (Marker: string | undefined) => Promise<Named>;
  inline: (PolicyName: string) => Promise<{ PolicyDocument?: string | undefined }>;
}): Promise<Listing> {
  const [attached, inline] = await Promise.all([
    allPages({ page: calls.attached, items: (page) => page.AttachedPolicies, token: marker }),
    allPages({ page: calls.names, items: (page) => page.PolicyNames, token: marker }).then(
      (names) =>
        Promise.all(
          names.map(async (name) => decode((await calls.inline(name)).PolicyDocument, name)),
        ),
    ),
  ]);
  return { attached: attached.flatMap(({ PolicyArn }) => PolicyArn ?? []), inline };
}

const listRole = (aws: Aws, RoleName: string) =>
  list({
    attached: (Marker) => aws.call('iam:ListAttachedRolePolicies', { RoleName, Marker }),
    names: (Marker) => aws.call('iam:ListRolePolicies', { RoleName, Marker }),
    inline: (PolicyName) => aws.call('iam:GetRolePolicy', { RoleName, PolicyName }),
  });

const listUser = (aws: Aws, UserName: string) =>
  list({
    attached: (Marker) => aws.call('iam:ListAttachedUserPolicies', { UserName, Marker }),
    names: (Marker) => aws.call('iam:ListUserPolicies', { UserName, Marker }),
    inline: (PolicyName) => aws.call('iam:GetUserPolicy', { UserName, PolicyName }),
  });

async function listGroups(aws: Aws, UserName: string): Promise<Listing> {
  const groups = await allPages({
    page: (Marker) => aws.call('iam:ListGroupsForUser', { UserName, Marker }),
    items: (page) => page.Groups,
    token: marker,
  });
  const listings = await Promise.all(groups.map(({ GroupName = '' }) => listGroup(aws, GroupName)));
  return {
    attached: listings.flatMap(({ attached }) => attached),
    inline: listings.flatMap(({ inline }) => inline),
  };
}

const listGroup = (aws: Aws, GroupName: string) =>
  list({
    attached: (Marker) => aws.call('iam:ListAttachedGroupPolicies', { GroupName, Marker }),
    names: (Marker) => aws.call('iam:ListGroupPolicies', { GroupName, Marker }),
    inline: (PolicyName) => aws.call('iam:GetGroupPolicy', { GroupName, PolicyName }),
  });

async function readManaged(aws: Aws, PolicyArn: string): Promise<PolicyDocument> {
  const { Policy } = await aws.call('iam:GetPolicy', { PolicyArn });
  const VersionId = Policy?.DefaultVersionId;
  const { PolicyVersion } = await aws.call('iam:GetPolicyVersion', { PolicyArn, VersionId });
  return decode(PolicyVersion?.Document, PolicyArn);
}

function decode(text: string | undefined, name: string): PolicyDocument {
  const document = decodeDocument(text);
  if (document) return document as PolicyDocument;
  throw new PreviewopsError('aws-failed', `IAM's answer for policy ${name} is no policy document`);
}
