import { describe, expect, test } from 'vitest';
import { deployTrust, type TrustOptions } from '../../../src/bootstrap/trust.ts';
import {
  evaluate,
  type PolicyDocument,
  type Statement,
} from '../../../src/permissions/evaluate.ts';

const github: TrustOptions = { ci: 'github', partition: 'aws', repository: 'acme/shop' };
const known: TrustOptions = {
  ...github,
  repositoryIds: { owner: '123', repository: '456' },
  branches: ['main', 'release/*'],
};
const gitlab: TrustOptions = { ci: 'gitlab', partition: 'aws', repository: 'acme/web/shop' };

/** Whether a job with these claims may take the role on. */
function takes(options: TrustOptions, claims: Record<string, string>): boolean {
  const { ci, issuer } = options;
  if (ci === 'none') throw new Error('no CI');
  const host = (
    issuer ??
    (ci === 'github' ? 'https://token.actions.githubusercontent.com' : 'https://gitlab.com')
  ).slice(8);
  const trust = deployTrust(ci, { provider: 'arn:aws:iam::1:oidc-provider/x', options });
  const { Statement: statements } = trust as unknown as {
    Statement: (Statement & { Principal: unknown })[];
  };
  const policy: PolicyDocument = {
    Version: '2012-10-17',
    Statement: statements.map(({ Principal: _, ...rest }) => ({ ...rest, Resource: '*' })),
  };
  const context = Object.fromEntries(
    Object.entries(claims).map(([key, value]) => [`${host}:${key}`, value]),
  );
  const request = {
    action: 'sts:AssumeRoleWithWebIdentity',
    resource: 'arn:aws:iam::1:role/deploy',
    context,
  };
  return evaluate(request, { identity: [policy] }).decision === 'allowed';
}

const job = (sub: string, more: Record<string, string> = {}) => ({
  aud: 'sts.amazonaws.com',
  sub,
  repository: 'acme/shop',
  repository_id: '456',
  ...more,
});

describe('GitHub', () => {
  test.each<[string, TrustOptions, boolean, Record<string, string>]>([
    ['a pull request', github, true, job('repo:acme/shop:pull_request')],
    ['the main branch', github, true, job('repo:acme/shop:ref:refs/heads/main')],
    [
      'a pull request of a newer repository',
      github,
      true,
      job('repo:acme@123/shop@456:pull_request'),
    ],
    ['the main branch of one', github, true, job('repo:acme@123/shop@456:ref:refs/heads/main')],
    ['another branch', github, false, job('repo:acme/shop:ref:refs/heads/feature')],
    ['a tag', github, false, job('repo:acme/shop:ref:refs/tags/main')],
    ['an environment', github, false, job('repo:acme/shop:environment:production')],
    [
      'another repository',
      github,
      false,
      job('repo:acme/blog:pull_request', { repository: 'acme/blog' }),
    ],
    [
      'a name that begins alike',
      github,
      false,
      job('repo:acme/shop2:pull_request', { repository: 'acme/shop2' }),
    ],
    [
      'another owner',
      github,
      false,
      job('repo:evil/shop:pull_request', { repository: 'evil/shop' }),
    ],
    [
      'a subject that another repository of the owner shaped',
      github,
      false,
      job('repo:acme@123/evil@9:workflow:x/shop@456:pull_request', { repository: 'acme/evil' }),
    ],
    [
      'another audience',
      github,
      false,
      job('repo:acme/shop:pull_request', { aud: 'https://example.com' }),
    ],
    ['known ids', known, true, job('repo:acme@123/shop@456:pull_request')],
    ['known ids, the old form', known, true, job('repo:acme/shop:pull_request')],
    ['a branch of a pattern', known, true, job('repo:acme/shop:ref:refs/heads/release/1.2')],
    [
      'a name that somebody else took over',
      known,
      false,
      job('repo:acme/shop:pull_request', { repository_id: '789' }),
    ],
    ['other ids', known, false, job('repo:acme@999/shop@456:pull_request')],
  ])('%s', (_, options, taken, claims) => {
    expect(takes(options, claims)).toBe(taken);
  });

  test('outside of the commercial regions AWS knows the subject alone', () => {
    const china = { ...github, partition: 'aws-cn' };
    const claims = { aud: 'sts.amazonaws.com.cn', sub: 'repo:acme/shop:pull_request' };
    expect(takes(china, claims)).toBe(true);
    expect(takes(china, { ...claims, aud: 'sts.amazonaws.com' })).toBe(false);
  });

  test("a server of one's own has the old form alone", () => {
    const own = { ...github, issuer: 'https://git.example.com/_services/token' };
    const claims = { aud: 'sts.amazonaws.com', sub: 'repo:acme/shop:pull_request' };
    expect(takes(own, claims)).toBe(true);
    expect(takes(own, { ...claims, sub: 'repo:acme@1/shop@2:pull_request' })).toBe(false);
  });
});

describe('GitLab', () => {
  const claims = {
    aud: 'https://gitlab.com',
    sub: 'project_path:acme/web/shop:ref_type:branch:ref:fix/a',
  };
  test.each<[string, TrustOptions, boolean, Record<string, string>]>([
    ['any branch, as merge requests have theirs', gitlab, true, claims],
    ['a tag', gitlab, false, { ...claims, sub: 'project_path:acme/web/shop:ref_type:tag:ref:v1' }],
    [
      'another project',
      gitlab,
      false,
      { ...claims, sub: 'project_path:acme/web/blog:ref_type:branch:ref:a' },
    ],
    [
      'a project below',
      gitlab,
      false,
      { ...claims, sub: 'project_path:acme/web/shop/x:ref_type:branch:ref:a' },
    ],
    ['another audience', gitlab, false, { ...claims, aud: 'sts.amazonaws.com' }],
    ['a branch that is not named', { ...gitlab, branches: ['main'] }, false, claims],
    [
      "a server of one's own",
      { ...gitlab, issuer: 'https://git.example.com' },
      true,
      { ...claims, aud: 'https://git.example.com' },
    ],
  ])('%s', (_, options, taken, given) => {
    expect(takes(options, given)).toBe(taken);
  });
});

test('a trust policy that IAM would not store is refused', () => {
  const branches = Array.from({ length: 60 }, (_, index) => `a-branch-with-a-long-name-${index}`);
  expect(() =>
    deployTrust('github', { provider: 'arn', options: { ...github, branches } }),
  ).toThrow(
    expect.objectContaining({ code: 'bad-usage', message: expect.stringContaining('2048') }),
  );
});
