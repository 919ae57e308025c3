import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { openerFor, openInBrowser, webUrl } from '../../../src/commands/browser.ts';
import { show } from '../../../src/commands/open.ts';
import { createPrinter } from '../../../src/report/printer.ts';
import { fakeIo } from '../../helpers/fake-io.ts';

describe('what is opened', () => {
  const preview = {
    id: 'pr-42',
    status: 'ready',
    detail: null,
    url: 'https://pr-42.x.com',
  } as const;
  const usual = { print: false, json: false, sandbox: false };

  async function shown(given: { preview?: object; options?: object; env?: object; tty?: boolean }) {
    const io = fakeIo({ tty: given.tty ?? true, env: { ...given.env } });
    const browse = vi.fn(async (_: string) => {});
    const options = { ...usual, ...given.options };
    const warnings: string[] = [];
    const ui = {
      printer: createPrinter(io, { ...options, color: false }),
      warnings,
      warn: (text: string) => warnings.push(text),
    };
    const session = { io, signal: new AbortController().signal };
    await show({ ...preview, ...given.preview }, { options, session, ui, browse });
    return { opened: browse.mock.calls.map(([url]) => url), out: io.out(), warnings };
  }

  test('is the URL, on a terminal', async () => {
    const { opened, out } = await shown({});
    expect(opened).toEqual(['https://pr-42.x.com']);
    expect(out).toBe('https://pr-42.x.com\n');
  });

  test.each<[string, Parameters<typeof shown>[0]]>([
    ['without a terminal', { tty: false }],
    ['in a CI', { env: { CI: 'true' } }],
    ['with --print', { options: { print: true } }],
    ['with --json', { options: { json: true } }],
    ['in the sandbox', { options: { sandbox: true } }],
  ])('is nothing %s', async (_, given) => {
    const { opened, out } = await shown(given);
    expect(opened).toEqual([]);
    expect(out).toContain('https://pr-42.x.com');
  });

  test.each([
    null,
    '',
    'pr-42.x.com',
    'http://pr-42.x.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user:secret@pr-42.x.com',
    'https://[::1]/',
    'https://x.com$(touch x)/',
  ])('is never %j', async (url) => {
    await expect(shown({ preview: { url } })).rejects.toMatchObject({ code: 'not-found' });
  });

  test('is said to be not ready, when it is not', async () => {
    const { opened, warnings } = await shown({
      preview: { status: 'failed', detail: 'the last rollout failed' },
    });
    expect(opened).toHaveLength(1);
    expect(warnings).toEqual(['pr-42 is failed: the last rollout failed']);
  });

  test('is for the user to open where no browser can be started', async () => {
    const io = fakeIo({ tty: true });
    const warn = vi.fn();
    await show(preview, {
      options: usual,
      session: { io, signal: new AbortController().signal },
      ui: { printer: createPrinter(io, { ...usual, color: false }), warnings: [], warn },
      browse: async () => {
        throw new Error('spawn xdg-open ENOENT');
      },
    });
    expect(io.out()).toBe('https://pr-42.x.com\n');
    expect(warn).toHaveBeenCalledWith(
      'no browser could be started (spawn xdg-open ENOENT): open the URL yourself',
    );
  });
});

describe('the program that opens it', () => {
  const url = 'https://pr-42.x.com/?a=1&b=%24HOME';

  test.each<[string, object, string[]]>([
    ['darwin', {}, ['/usr/bin/open', url]],
    ['linux', {}, ['xdg-open', url]],
    ['freebsd', {}, ['xdg-open', url]],
    [
      'win32',
      { SystemRoot: 'D:\\Windows' },
      ['D:\\Windows\\System32\\rundll32.exe', 'url.dll,FileProtocolHandler', url],
    ],
  ])('on %s is no shell', (system, env, words) => {
    expect(openerFor(system, { url, env: { ...env } })).toEqual(words);
  });

  const bin = mkdtempSync(join(tmpdir(), 'previewops-open-'));
  afterAll(() => rmSync(bin, { recursive: true, force: true }));

  test.skipIf(platform() !== 'linux')('gets the URL as one word', async () => {
    const told = join(bin, 'told');
    writeFileSync(
      join(bin, 'xdg-open'),
      `#!/bin/sh\nprintf '%s\\n' "$@" > ${told}.part && /bin/mv ${told}.part ${told}\n`,
    );
    chmodSync(join(bin, 'xdg-open'), 0o755);
    await openInBrowser(url, { PATH: bin });
    await vi.waitFor(() => expect(existsSync(told)).toBe(true), { timeout: 10_000 });
    expect(readFileSync(told, 'utf8')).toBe(`${url}\n`);
    await expect(openInBrowser(url, { PATH: '/nowhere' })).rejects.toThrow('ENOENT');
  });
});

test('a URL is given back without the slash that stands for no path', () => {
  expect(webUrl('https://PR-42.x.com/')).toBe('https://pr-42.x.com');
  expect(webUrl('https://pr-42.x.com/path?q=1')).toBe('https://pr-42.x.com/path?q=1');
});
