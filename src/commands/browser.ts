import { spawn } from 'node:child_process';
import { platform } from 'node:os';
import type { Env } from '../report/io.ts';
import { parseUrl } from '../url.ts';

/**
 * The program that opens a URL, and its words. No shell is between: the URL holds a branch's name.
 * Windows' own `start` is a word of its shell, and rundll32 is what it ends up in; it is named with its
 * folder, because Windows would look for it in the checkout first.
 */
export function openerFor(system: string, { url, env }: { url: string; env: Env }): string[] {
  if (system === 'darwin') return ['/usr/bin/open', url];
  if (system !== 'win32') return ['xdg-open', url];
  const root = env.SystemRoot ?? 'C:\\Windows';
  return [`${root}\\System32\\rundll32.exe`, 'url.dll,FileProtocolHandler', url];
}

/**
 * A preview's URL as it may be handed to another program; undefined for anything else. It comes from
 * a tag, and `open` would start a program for `file:` and the like.
 */
export function webUrl(text: string): string | undefined {
  const url = parseUrl(text);
  if (url === undefined) return undefined;
  const { protocol, username, password, hostname, href } = url;
  const plain = username === '' && password === '' && /^[a-z0-9.-]+$/.test(hostname);
  return protocol === 'https:' && plain ? href.replace(/\/$/, '') : undefined;
}

/** Opens a URL in the browser; resolves once its program is started, rejects when there is none. */
export function openInBrowser(url: string, env: Env): Promise<void> {
  const [program = '', ...words] = openerFor(platform(), { url, env });
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: 'ignore', detached: true, env: { ...env } });
    child.once('error', reject);
    child.once('spawn', () => {
      child.unref(); // the browser may outlive this program
      resolve();
    });
  });
}
