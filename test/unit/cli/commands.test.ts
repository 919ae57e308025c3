// Longer than most: each command through `run`, in one process and a sandbox that hurries.
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { exampleConfig } from '../../../src/config/example.ts';
import { place } from '../../helpers/place.ts';

describe('deploy', () => {
  test('with --json: one document with everything about the preview', async () => {
    const { json } = place();
    const { code, document } = await json('deploy --sandbox --pr 42 --branch feature/login');
    expect(code).toBe(0);
    expect(Object.keys(document)).toEqual([
      'version',
      'type',
      'sandbox',
      'preview',
      'steps',
      'timings',
      'ready',
      'warnings',
    ]);
    expect(document.preview).toEqual({
      app: 'hello',
      id: 'pr-42',
      url: 'https://pr-42.previews.example.com',
      commit: expect.stringMatching(/^[0-9a-f]{40}$/),
      image: expect.stringMatching(/^123456789012\.dkr\.ecr\..*@sha256:[0-9a-f]{64}$/),
    });
    for (const step of document.steps) {
      expect(Object.keys(step)).toEqual(['id', 'action', 'resource', 'name', 'changes']);
    }
    const { document: listed } = await json('list --sandbox');
    expect(listed.previews).toMatchObject([{ pr: 42, branch: 'feature/login', status: 'ready' }]);
  });

  test('again: nothing to change, and the URL all the same', async () => {
    const { previewops } = place();
    await previewops('deploy --sandbox --pr 42');
    const { code, out, err } = await previewops('deploy --sandbox --pr 42');
    expect(code).toBe(0);
    expect(out).toBe('[sandbox] https://pr-42.previews.example.com\n');
    expect(err).toContain('[sandbox] nothing to change\n');
  });

  test('a dry run lists what would be made and makes nothing', async () => {
    const { previewops } = place();
    const { code, out } = await previewops('deploy --sandbox --pr 42 --dry-run');
    expect(code).toBe(0);
    expect(out).toMatch(/^\[sandbox\] \+ create target-group previewops-hello-pr-42$/m);
    const { err } = await previewops('list --sandbox');
    expect(err).toContain('no previews of hello; deploy one with: previewops deploy --pr <number>');
  });

  test('a build that fails exits 1 and says where to look', async () => {
    const { previewops } = place({}, { PREVIEWOPS_SANDBOX_BUILD: 'fail' });
    const { code, out, err } = await previewops('deploy --sandbox --pr 42');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^\[sandbox\] error: /m);
    expect(err.split('\n').filter((line) => line !== '' && !line.startsWith('[sandbox] '))).toEqual(
      [],
    );
  });

  test('a policy that lacks a permission exits 3 and names it', async () => {
    const policy = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 'ecs:CreateService', Resource: '*' },
      ],
    };
    const { json } = place({ 'policy.json': JSON.stringify(policy) });
    const { code, document } = await json('deploy --sandbox --pr 42 --sandbox-policy policy.json');
    expect(code).toBe(3);
    expect(document).toMatchObject({
      type: 'error',
      sandbox: true,
      error: { code: 'access-denied', message: expect.stringContaining('ecs:CreateService') },
    });
  });

  test('a policy file that is none exits 2', async () => {
    const { previewops } = place({ 'policy.json': '[]' });
    const { code, err } = await previewops('deploy --sandbox --pr 42 --sandbox-policy policy.json');
    expect(code).toBe(2);
    expect(err).toContain('--sandbox-policy cannot be used');
  });

  test('without --pr, --branch and a checkout nobody knows what is meant', async () => {
    const { code, err } = await place().previewops('deploy --sandbox');
    expect(code).toBe(2);
    expect(err).toContain('which pull request or branch is meant?');
  });
});

describe('destroy', () => {
  test('gives a receipt, and a second one finds nothing', async () => {
    const { previewops, json } = place();
    await previewops('deploy --sandbox --pr 42');
    const planned = await previewops('destroy --sandbox --pr 42 --dry-run');
    expect(planned.out).toMatch(/^\[sandbox\] - delete service previewops-hello--pr-42$/m);
    const { code, document } = await json('destroy --sandbox --pr 42');
    expect(code).toBe(0);
    expect(document).toMatchObject({
      version: 1,
      type: 'destroy',
      sandbox: true,
      preview: { app: 'hello', id: 'pr-42' },
      remaining: [],
    });
    expect(document.removed).toContainEqual({
      resource: 'service',
      name: 'previewops-hello--pr-42',
    });
    const again = await previewops('destroy --sandbox --pr 42');
    expect(again).toMatchObject({ code: 0, out: '[sandbox] pr-42: nothing to remove\n' });
  });
});

describe('list', () => {
  test('orders pull requests by number, before branches', async () => {
    const { previewops, json } = place();
    for (const ref of ['--branch zebra', '--pr 10', '--pr 9', '--branch apple']) {
      await previewops(`deploy --sandbox --image nginx:1 --no-wait ${ref}`);
    }
    const { document } = await json('list --sandbox');
    const ids = document.previews.map(({ id }: { id: string }) => id);
    expect(ids).toEqual(['pr-9', 'pr-10', 'apple', 'zebra']);
    const { out } = await previewops('list --sandbox --all-apps');
    expect(out).toMatch(/^\[sandbox\] APP +ID +PR /);
    expect(out.trimEnd().split('\n')).toHaveLength(5);
    const other = await json('list --sandbox --app other');
    expect(other.document.previews).toEqual([]);
  });
});

describe('open', () => {
  test('prints the URL alone where nobody looks', async () => {
    const { previewops, json } = place();
    await previewops('deploy --sandbox --pr 42 --image nginx:1');
    const { code, out } = await previewops('open --sandbox --pr 42');
    expect({ code, out }).toEqual({
      code: 0,
      out: '[sandbox] https://pr-42.previews.example.com\n',
    });
    const { document } = await json('open --sandbox --pr 42');
    expect(document).toMatchObject({
      type: 'open',
      preview: { id: 'pr-42', status: 'ready' },
      url: 'https://pr-42.previews.example.com',
      opened: false,
    });
  });

  test('says that there is no such preview', async () => {
    const { code, document } = await place().json('open --sandbox --pr 43');
    expect({ code, error: document.error.code }).toEqual({ code: 1, error: 'not-found' });
  });
});

describe('two apps on one cluster and listener', () => {
  const two = () =>
    place({
      'a.yml': exampleConfig().replace('app: hello', 'app: alpha'),
      'b.yml': exampleConfig().replace('app: hello', 'app: beta'),
    });

  test('each sees its own previews, with a policy that allows no more', async () => {
    const { previewops, json } = two();
    const deploy = 'deploy --sandbox --image nginx:1 --no-wait';
    await previewops(`${deploy} --config a.yml --pr 1`);
    await previewops(`${deploy} --config b.yml --pr 2`);
    for (const [file, id] of [['a.yml', 'pr-1'] as const, ['b.yml', 'pr-2'] as const]) {
      const { code, document } = await json(`list --sandbox --config ${file}`);
      expect(code).toBe(0);
      expect(document.previews).toMatchObject([{ id }]);
    }
  });

  test('the same host is a conflict: exit 4, before and without a dry run', async () => {
    const { previewops, json } = two();
    const deploy = 'deploy --sandbox --image nginx:1 --no-wait --pr 1';
    await previewops(`${deploy} --config a.yml`);
    const planned = await json(`${deploy} --config b.yml --dry-run`);
    expect(planned).toMatchObject({ code: 4, document: { type: 'plan' } });
    expect(planned.document.conflicts).toHaveLength(1);
    const shown = await previewops(`${deploy} --config b.yml --dry-run`);
    expect(shown.out).toMatch(/^\[sandbox\] ! conflict listener-rule /m);
    const real = await json(`${deploy} --config b.yml`);
    expect(real).toMatchObject({ code: 4, document: { error: { code: 'conflict' } } });
  });
});

describe('validate', () => {
  test('says who is asking, and of which cluster', async () => {
    const { code, document } = await place().json('validate --sandbox');
    expect(code).toBe(0);
    expect(document).toMatchObject({
      version: 1,
      type: 'validate',
      sandbox: true,
      ok: true,
      app: 'hello',
      access: { account: '123456789012', region: 'us-east-1', cluster: 'previewops-cluster' },
    });
  });

  test('offline it asks nobody', async () => {
    const { previewops } = place({ 'previewops.yml': exampleConfig() });
    const { code, out, err } = await previewops('validate --offline');
    expect({ code, out, err }).toEqual({
      code: 0,
      out: 'previewops.yml is valid (app hello); AWS was not asked\n',
      err: '',
    });
  });

  test('an app that nothing tells is a mistake of the file', async () => {
    const text = exampleConfig()
      .replace(/^app: hello\n/, '')
      .replace(/build:[\s\S]*$/, '');
    const { code, err } = await place({ 'previewops.yml': text }).previewops('validate --offline');
    expect(code).toBe(2);
    expect(err).toMatch(/^previewops\.yml:1:1 {2}app cannot be derived: /);
  });

  test('app and repository come from the checkout', async () => {
    const text = exampleConfig()
      .replace(/^app: hello\n/, '')
      .replace(/build:[\s\S]*$/, '');
    const { cwd, json } = place({ 'previewops.yml': text });
    const git = (...args: string[]) => execFileSync('git', args, { cwd });
    git('init', '-q');
    git('remote', 'add', 'origin', 'git@github.com:Acme/Shop.git');
    expect((await json('validate --offline')).document).toMatchObject({ app: 'acme-shop' });
  });

  test('mistakes in the sandbox say sandbox too', async () => {
    const { previewops } = place({ 'previewops.yml': 'provider: aws-ecs\n' });
    const { code, err } = await previewops('validate --sandbox');
    expect(code).toBe(2);
    expect(err).toMatch(/^\[sandbox\] previewops\.yml:1:1 {2}/);
  });
});
