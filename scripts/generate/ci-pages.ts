import { renderWorkflow, workflowNames } from '../../src/ci/workflows/render.ts';
import {
  type OidcCi,
  oidcProviderFor,
  type TrustSubject,
  trustPolicyFor,
} from '../../src/ci/workflows/trust-policy.ts';
import { fence, fillBlocks } from './blocks.ts';
import { minimalFiles } from './ci-minimal.ts';

/** The pages whose prose is written by hand, with blocks that are made. */
export const ciPages = [
  'azure-pipelines',
  'bitbucket',
  'buildkite',
  'circleci',
  'codebuild',
  'drone-woodpecker',
  'github-actions',
  'github-dispatch',
  'gitlab',
  'jenkins',
  'semaphore',
  'travis',
].map((name) => `docs/ci/${name}.md`);

/** A page as it is, with its made blocks made anew. Rejects when one of them is not known. */
export const makeCiPage = (path: string): Promise<string> => fillBlocks(path, blocks);

const [first, second] = [
  'c0ffee00-0000-4000-8000-000000000001',
  'c0ffee00-0000-4000-8000-000000000002',
];

const subjects: { [Ci in OidcCi]: TrustSubject<Ci> } = {
  github: {
    owner: 'acme',
    repository: 'shop',
    ids: { owner: '1234567', repository: '89012345' },
    branches: ['main'],
    pullRequests: true,
  },
  gitlab: { project: 'acme/shop' },
  circleci: { organization: first, project: second, repository: 'github.com/acme/shop' },
  buildkite: { organization: 'acme', pipeline: 'shop' },
  bitbucket: { workspace: 'acme', workspaceId: first, repositoryId: second },
  semaphore: { organization: 'acme', project: second, repository: 'shop' },
};

const account = '123456789012';

function trustBlock<Ci extends OidcCi>(ci: Ci, subject: TrustSubject<Ci>): string {
  return fence(
    'json',
    JSON.stringify(trustPolicyFor(ci, { subject, place: { account } }), undefined, 2),
  );
}

function providerBlock<Ci extends OidcCi>(ci: Ci, subject: TrustSubject<Ci>): string {
  const { url, audience } = oidcProviderFor(ci, subject);
  return fence(
    'sh',
    `aws iam create-open-id-connect-provider --url ${url} \\\n  --client-id-list ${audience}`,
  );
}

/** The contract's workflow trusts its one branch. */
const dispatchSubject = { ...subjects.github, pullRequests: false };

const blocks = new Map<string, () => string>([
  ...workflowNames.map((name) => [`workflow ${name}`, () => workflowBlock(name)] as const),
  ...(Object.keys(subjects) as OidcCi[]).flatMap((ci) => [
    [`trust ${ci}`, () => trustBlock(ci, subjects[ci])] as const,
    [`provider ${ci}`, () => providerBlock(ci, subjects[ci])] as const,
  ]),
  ['trust github-dispatch', () => trustBlock('github', dispatchSubject)],
  ...Object.entries(minimalFiles).map(
    ([ci, { language, text }]) => [`minimal ${ci}`, () => fence(language, text)] as const,
  ),
]);

function workflowBlock(name: (typeof workflowNames)[number]): string {
  const files = renderWorkflow(name, {
    region: 'us-east-1',
    roleArn: `arn:aws:iam::${account}:role/previewops-ci`,
    baseDomain: 'previews.example.com',
  });
  return files.map(({ path, text }) => `\`${path}\`:\n\n${fence('yaml', text)}`).join('\n\n');
}
