import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appFromRepository } from '../ci/app.ts';
import type { Git } from '../ci/git.ts';
import { resolvePort } from '../config/port.ts';
import { normalizeRepository } from '../config/repository.ts';

/** What the checkout says of the app. */
export interface Checkout {
  /** Absolute: paths of CI files begin here. */
  root: string;
  /** The https clone URL of `origin`. */
  origin?: string | undefined;
  app?: string | undefined;
  /** The first `EXPOSE` of the Dockerfile; 8080 when it has none; absent without a Dockerfile. */
  port?: number | undefined;
}

export async function readCheckout(cwd: string, git: Git): Promise<Checkout> {
  const [top, remote] = await Promise.all([git.topLevel(), git.origin()]);
  const root = top ?? cwd;
  const origin = normalizeRepository(remote ?? '');
  const dockerfile = await readText(join(root, 'Dockerfile'));
  return {
    root,
    origin,
    app: origin === undefined ? undefined : appFromRepository(origin),
    port: dockerfile === undefined ? undefined : resolvePort(dockerfile),
  };
}

const longestDockerfile = 1024 * 1024;

async function readText(path: string): Promise<string | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    return text.length <= longestDockerfile ? text : undefined;
  } catch {
    return undefined; // it may have another name, or the app may be deployed by image
  }
}
