import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface ListMemory {
  previews: number;
  /** Megabytes, as the next. */
  account: number;
  listing: number;
}

/** What list-in-child.ts prints; with `most`, Node ends it should it need more megabytes than that. */
export async function measureListMemory({ most }: { most?: number } = {}): Promise<ListMemory> {
  const script = fileURLToPath(new URL('list-in-child.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    ...(most === undefined ? [] : [`--max-old-space-size=${most}`]),
    '--import',
    'tsx',
    script,
  ]);
  return JSON.parse(stdout);
}
