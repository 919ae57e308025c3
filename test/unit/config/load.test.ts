import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { exampleConfig } from '../../../src/config/example.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { PreviewopsError } from '../../../src/errors.ts';

const made: string[] = [];

afterEach(async () => {
  await Promise.all(made.splice(0).map((path) => rm(path, { recursive: true, force: true })));
});

/** A temporary tree: a path that ends in `/` is an empty directory. */
async function tree(files: Record<string, string>): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'previewops-config-')));
  made.push(root);
  for (const [path, text] of Object.entries(files)) {
    const target = join(root, path);
    await mkdir(path.endsWith('/') ? target : dirname(target), { recursive: true });
    if (!path.endsWith('/')) await writeFile(target, text);
  }
  return root;
}

const named = (app: string) => exampleConfig().replace('app: hello', `app: ${app}`);
const away = '/nowhere';

async function failure(promise: Promise<unknown>): Promise<PreviewopsError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof PreviewopsError)) throw new Error(`expected an error, got ${error}`);
  return error;
}

describe('the search', () => {
  it.each([
    'previewops.yml',
    'previewops.yaml',
    '.previewops.yml',
    '.previewops.yaml',
    'previewops.json',
    '.previewops.json',
  ])('finds %s', async (name) => {
    const cwd = await tree({ [name]: exampleConfig() });
    const loaded = await loadConfig({ cwd, home: away });
    expect(loaded).toMatchObject({ file: name, directory: cwd, config: { app: 'hello' } });
  });

  it('finds the key in package.json, and passes over one without it', async () => {
    const config = { providerConfig: {} };
    const cwd = await tree({
      '.git/': '',
      'package.json': JSON.stringify({ previewops: config }, null, 2),
      'web/package.json': '{ not json',
    });
    const error = await failure(loadConfig({ cwd: join(cwd, 'web'), home: away }));
    expect(error.message.split('\n')[0]).toBe(
      '../package.json:3:5  aws-ecs providerConfig.cluster is required',
    );
  });

  it('goes up to the root of the checkout and not further', async () => {
    const root = await tree({
      'previewops.yml': named('outside'),
      'inside/.git/': '',
      'inside/previewops.yml': named('inside'),
      'inside/a/b/': '',
      'bare/.git': 'gitdir: elsewhere',
      'bare/a/': '',
    });
    const found = await loadConfig({ cwd: join(root, 'inside/a/b'), home: away });
    expect(found).toMatchObject({
      file: '../../previewops.yml',
      directory: join(root, 'inside'),
      config: { app: 'inside' },
    });
    const error = await failure(loadConfig({ cwd: join(root, 'bare/a'), home: away }));
    expect(error.code).toBe('config-not-found');
  });

  it('goes up to the home directory, and outside of it not at all', async () => {
    const root = await tree({ 'previewops.yml': exampleConfig(), 'a/b/': '' });
    const cwd = join(root, 'a/b');
    expect((await loadConfig({ cwd, home: root })).config.app).toBe('hello');
    expect((await failure(loadConfig({ cwd, home: join(root, 'a') }))).code).toBe(
      'config-not-found',
    );
    expect((await failure(loadConfig({ cwd, home: away }))).code).toBe('config-not-found');
  });

  it('says where it looked and what to do', async () => {
    const error = await failure(loadConfig({ cwd: await tree({}), home: away }));
    expect(error.message).toBe('no previewops.yml was found');
    for (const word of ['.previewops.yaml', 'package.json', 'previewops init', '--sandbox']) {
      expect(error.hint).toContain(word);
    }
  });

  it('runs no code of the checkout', async () => {
    const bomb = (name: string) =>
      `globalThis.previewopsRan = ${JSON.stringify(name)}; module.exports = {};`;
    const cwd = await tree({
      '.config/config.js': bomb('meta'),
      '.config/previewops.js': bomb('config'),
      'previewops.config.js': bomb('named'),
      '.previewopsrc.js': bomb('rc'),
      'package.json': JSON.stringify({ cosmiconfig: { searchPlaces: ['previewops.config.js'] } }),
      'previewops.yml': exampleConfig(),
    });
    const before = process.cwd();
    process.chdir(cwd);
    try {
      await loadConfig({ cwd, home: away });
    } finally {
      process.chdir(before);
    }
    expect(globalThis).not.toHaveProperty('previewopsRan');
  });
});

describe('a named file', () => {
  it('is taken from the current directory', async () => {
    const cwd = await tree({ 'config/one.yml': named('one'), 'previewops.yml': named('two') });
    const loaded = await loadConfig({ cwd, home: away, file: 'config/one.yml' });
    expect(loaded).toMatchObject({
      file: 'config/one.yml',
      directory: join(cwd, 'config'),
      config: { app: 'one' },
    });
  });

  it.each(['named.mjs', 'named.cjs'])('may be JavaScript: %s', async (name) => {
    const start = name.endsWith('.mjs') ? 'export default' : 'module.exports =';
    const cwd = await tree({
      [name]: `const baseDomain = () => 'x';\n${start} { providerConfig: { cluster: 'x', baseDomain } };`,
    });
    const error = await failure(loadConfig({ cwd, home: away, file: name }));
    expect(error.message.split('\n')).toContain(
      `${name}:1:1  aws-ecs providerConfig.baseDomain is required`,
    );
    expect(error.message).not.toContain('cluster');
  });

  it('that throws is said to', async () => {
    const cwd = await tree({ 'bad.mjs': 'throw new Error("broken\\u001b[31m on purpose");' });
    const error = await failure(loadConfig({ cwd, home: away, file: 'bad.mjs' }));
    expect(error.code).toBe('config-invalid');
    expect(error.message).toBe('bad.mjs cannot be loaded: broken[31m on purpose');
    expect(error.hint).toContain('default export');
  });

  it('that exports no object is said to', async () => {
    const cwd = await tree({
      'none.mjs': 'export default undefined;',
      'list.mjs': 'export default [];',
    });
    const none = await failure(loadConfig({ cwd, home: away, file: 'none.mjs' }));
    expect(none.message).toContain('none.mjs:1:1  the configuration is empty');
    const list = await failure(loadConfig({ cwd, home: away, file: 'list.mjs' }));
    expect(list.message).toContain('list.mjs:1:1  the configuration is a list');
  });

  it('that is absent, a directory or too large is said to be', async () => {
    const cwd = await tree({ 'dir.yml/': '', 'large.yml': `# ${'x'.repeat(1024 * 1024)}` });
    const absent = await failure(loadConfig({ cwd, home: away, file: 'absent.yml' }));
    expect([absent.code, absent.message]).toEqual([
      'config-not-found',
      'there is no file absent.yml',
    ]);
    const directory = await failure(loadConfig({ cwd, home: away, file: 'dir.yml' }));
    expect(directory.message).toBe('dir.yml cannot be read: it is not a file');
    const large = await failure(loadConfig({ cwd, home: away, file: 'large.yml' }));
    expect(large.message).toBe('large.yml cannot be read: it is larger than 1 MB');
  });

  it('that cannot be opened is said to be', async () => {
    const cwd = await tree({});
    await symlink('loop.yml', join(cwd, 'loop.yml'));
    const error = await failure(loadConfig({ cwd, home: away, file: 'loop.yml' }));
    expect(error.message).toBe('loop.yml cannot be read: ELOOP');
  });

  it.skipIf(process.getuid?.() === 0)('that may not be read is said to be', async () => {
    const cwd = await tree({ 'closed.yml': exampleConfig() });
    await chmod(join(cwd, 'closed.yml'), 0o000);
    const error = await failure(loadConfig({ cwd, home: away, file: 'closed.yml' }));
    expect(error.message).toBe('closed.yml cannot be read: permission denied');
  });
});

describe('mistakes', () => {
  it('come back as lines and as data, in the order of the file', async () => {
    const text = exampleConfig()
      .replace(/ {2}cluster.*\n/, '')
      .replace('vpc-0abc1234def56789a', 'vpc-one');
    const cwd = await tree({ 'previewops.yml': `${text}container:\n  port: 70000\n` });
    const error = await failure(loadConfig({ cwd, home: away }));
    expect([error.code, error.exitCode]).toEqual(['config-invalid', 2]);
    expect(error.message).toBe(
      [
        'previewops.yml:3:1  aws-ecs providerConfig.cluster is required',
        'previewops.yml:4:3  aws-ecs providerConfig.vpc must be a VPC id such as vpc-0abc1234def56789a',
        'previewops.yml:16:3  container.port must be a whole number from 1 to 65535',
      ].join('\n'),
    );
    expect(error.details?.problems).toContainEqual({
      file: 'previewops.yml',
      line: 16,
      column: 3,
      message: 'container.port must be a whole number from 1 to 65535',
    });
  });

  it('beyond fifty are counted, not printed', async () => {
    const lines = Array.from({ length: 80 }, (_, index) => `key${index}: 1`);
    const cwd = await tree({ 'previewops.yml': `${exampleConfig()}${lines.join('\n')}\n` });
    const error = await failure(loadConfig({ cwd, home: away }));
    const shown = error.message.split('\n');
    expect(shown).toHaveLength(51);
    expect(shown.at(-1)).toBe('and 30 more');
  });
});
