// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what GitHub Actions, shells and IAM write so
import { describe, expect, it, test } from 'vitest';
import {
  type OidcCi,
  oidcProviderFor,
  type TrustSubject,
  trustPolicyFor,
} from '../../../src/ci/workflows/trust-policy.ts';
import { evaluate } from '../../../src/permissions/evaluate.ts';

const place = { account: '123456789012' };
const [orgId, projectId] = [
  'c0ffee00-0000-4000-8000-000000000001',
  'c0ffee00-0000-4000-8000-000000000002',
];

/** Whether the policy lets a token through, as IAM would read its conditions. */
function trusts<Ci extends OidcCi>(
  ci: Ci,
  subject: TrustSubject<Ci>,
  token: { sub: string; aud?: string },
): boolean {
  const { id, audience } = oidcProviderFor(ci, subject);
  const [{ Effect, Action, Condition }] = trustPolicyFor(ci, { subject, place }).Statement;
  const { decision } = evaluate(
    {
      action: Action,
      resource: 'arn:aws:iam::123456789012:role/ci',
      context: { [`${id}:sub`]: token.sub, [`${id}:aud`]: token.aud ?? audience },
    },
    {
      identity: [
        { Version: '2012-10-17', Statement: [{ Effect, Action, Resource: '*', Condition }] },
      ],
    },
  );
  return decision === 'allowed';
}

const shop = { owner: 'acme', repository: 'shop', branches: ['main'], pullRequests: true };

test('the policy for GitHub', () => {
  expect(trustPolicyFor('github', { subject: shop, place })).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Previews',
        Effect: 'Allow',
        Principal: {
          Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
        },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            'token.actions.githubusercontent.com:sub': [
              'repo:acme/shop:pull_request',
              'repo:acme/shop:ref:refs/heads/main',
            ],
          },
        },
      },
    ],
  });
});

test.each([
  ['repo:acme/shop:pull_request', true],
  ['repo:acme/shop:ref:refs/heads/main', true],
  ['repo:acme/shop:ref:refs/heads/feature', false],
  ['repo:acme/shop:ref:refs/tags/main', false],
  ['repo:acme/shop:environment:pull_request', false],
  ['repo:acme/shop2:pull_request', false],
  ['repo:evil/shop:pull_request', false],
  ['repo:acme@1/shop@2:pull_request', false],
])('GitHub: %s is trusted: %s', (sub, trusted) => {
  expect(trusts('github', shop, { sub })).toBe(trusted);
});

test.each([
  ['repo:acme@1/shop@2:pull_request', true],
  ['repo:acme@1/shop@2:ref:refs/heads/main', true],
  ['repo:acme/shop:pull_request', true],
  ['repo:acme@9/shop@2:pull_request', false],
  ['repo:acme@1/shop@9:pull_request', false],
])('GitHub with ids: %s is trusted: %s', (sub, trusted) => {
  expect(trusts('github', { ...shop, ids: { owner: '1', repository: '2' } }, { sub })).toBe(
    trusted,
  );
});

const circle = { organization: orgId, project: projectId, repository: 'github.com/acme/shop' };
const circleSub = `org/${orgId}/project/${projectId}/user/u`;
test.each([
  [`${circleSub}/vcs-origin/github.com/acme/shop/vcs-ref/refs/heads/feature/x`, true],
  [`${circleSub}/vcs-origin/github.com/acme/shop/vcs-ref/refs/tags/v1`, false],
  [`${circleSub}/vcs-origin/github.com/evil/shop/vcs-ref/refs/heads/x`, false],
  [`org/${orgId}/project/other/user/u/vcs-origin/github.com/acme/shop/vcs-ref/refs/heads/x`, false],
])('CircleCI: %s is trusted: %s', (sub, trusted) => {
  expect(trusts('circleci', circle, { sub })).toBe(trusted);
});

test.each([
  ['project_path:acme/web/shop:ref_type:branch:ref:feature/x', true],
  ['project_path:acme/web/shop:ref_type:tag:ref:v1', false],
  ['project_path:evil/shop:ref_type:branch:ref:main', false],
  ['project_path:acme/web/shop2:ref_type:branch:ref:main', false],
])('GitLab: %s is trusted: %s', (sub, trusted) => {
  expect(trusts('gitlab', { project: 'acme/web/shop' }, { sub })).toBe(trusted);
});

test.each([
  ['organization:acme:pipeline:shop:ref:refs/heads/x:commit:abc:step:deploy', true],
  ['organization:acme:pipeline:shop:ref:refs/tags/x:commit:abc:step:deploy', false],
  ['organization:evil:pipeline:shop:ref:refs/heads/x:commit:abc:step:deploy', false],
  ['organization:acme:pipeline:other:ref:refs/heads/x:commit:abc:step:deploy', false],
])('Buildkite: %s is trusted: %s', (sub, trusted) => {
  expect(trusts('buildkite', { organization: 'acme', pipeline: 'shop' }, { sub })).toBe(trusted);
});

const bucket = { workspace: 'acme', workspaceId: orgId, repositoryId: projectId };
test.each([
  [`{${projectId}}:{step}`, true],
  [`{${projectId}}:{environment}:{step}`, true],
  [`{${orgId}}:{step}`, false],
])('Bitbucket: %s is trusted: %s', (sub, trusted) => {
  expect(trusts('bitbucket', bucket, { sub })).toBe(trusted);
});

test.each([
  [`org:acme:project:${projectId}:repo:shop:ref_type:branch:ref:refs/heads/x`, true],
  [`org:acme:project:${orgId}:repo:shop:ref_type:branch:ref:refs/heads/x`, false],
  [`org:acme:project:${projectId}:repo:other:ref_type:branch:ref:refs/heads/x`, false],
])('Semaphore: %s is trusted: %s', (sub, trusted) => {
  const subject = { organization: 'acme', project: projectId, repository: 'shop' };
  expect(trusts('semaphore', subject, { sub })).toBe(trusted);
  expect(oidcProviderFor('semaphore', subject).audience).toBe('https://acme.semaphoreci.com');
});

test('branches can be named one by one', () => {
  const subject = { project: 'acme/shop', branches: ['main', 'next'] };
  const sub = (ref: string) => ({ sub: `project_path:acme/shop:ref_type:branch:ref:${ref}` });
  expect(trusts('gitlab', subject, sub('next'))).toBe(true);
  expect(trusts('gitlab', subject, sub('other'))).toBe(false);
});

test('a token for somebody else is not trusted', () => {
  expect(trusts('github', shop, { sub: 'repo:acme/shop:pull_request', aud: 'https://x' })).toBe(
    false,
  );
});

test('other hosts, partitions and providers', () => {
  expect(oidcProviderFor('github', { ...shop, host: 'git.example.com' })).toEqual({
    url: 'https://git.example.com/_services/token',
    id: 'git.example.com/_services/token',
    audience: 'sts.amazonaws.com',
  });
  expect(oidcProviderFor('gitlab', { project: 'a/b', host: 'git.example.com' }).url).toBe(
    'https://git.example.com',
  );
  const federated = (more: object) =>
    trustPolicyFor('github', { subject: shop, place: { ...place, ...more } }).Statement[0]
      .Principal;
  expect(federated({ partition: 'aws-cn' }).Federated).toMatch(/^arn:aws-cn:iam::/);
  expect(federated({ providerArn: '${Provider}' }).Federated).toBe('${Provider}');
});

describe('a subject that could match more than it says', () => {
  it.each([
    ['owner', () => trustPolicyFor('github', { subject: { ...shop, owner: '*' }, place })],
    ['owner', () => trustPolicyFor('github', { subject: { ...shop, owner: 'acme/x' }, place })],
    [
      'repository',
      () => trustPolicyFor('github', { subject: { ...shop, repository: 'a:b' }, place }),
    ],
    ['branch', () => trustPolicyFor('github', { subject: { ...shop, branches: ['a*'] }, place })],
    [
      'branch',
      () => trustPolicyFor('github', { subject: { ...shop, branches: ['${aws:x}'] }, place }),
    ],
    ['host', () => trustPolicyFor('github', { subject: { ...shop, host: 'a/b' }, place })],
    [
      'id',
      () =>
        trustPolicyFor('github', {
          subject: { ...shop, ids: { owner: '*', repository: '1' } },
          place,
        }),
    ],
    ['project', () => trustPolicyFor('gitlab', { subject: { project: 'acme/*' }, place })],
    ['project', () => trustPolicyFor('gitlab', { subject: { project: 'acme' }, place })],
    ['project', () => trustPolicyFor('circleci', { subject: { ...circle, project: '*' }, place })],
    [
      'repository',
      () => trustPolicyFor('circleci', { subject: { ...circle, repository: '*' }, place }),
    ],
    [
      'pipeline',
      () => trustPolicyFor('buildkite', { subject: { organization: 'a', pipeline: '*' }, place }),
    ],
    [
      'repositoryId',
      () => trustPolicyFor('bitbucket', { subject: { ...bucket, repositoryId: '*' }, place }),
    ],
  ] as const)('is refused: %s', (what, make) => {
    expect(make).toThrow(`cannot be the ${what} of a trust policy`);
  });

  it('or nobody', () => {
    const nobody = { ...shop, branches: [], pullRequests: false };
    expect(() => trustPolicyFor('github', { subject: nobody, place })).toThrow(
      'a trust policy needs branches, or pullRequests',
    );
    expect(() =>
      trustPolicyFor('gitlab', { subject: { project: 'a/b', branches: [] }, place }),
    ).toThrow('a trust policy needs branches');
  });
});
