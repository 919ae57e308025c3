import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { run } from '../../src/main.ts';
import { fakeIo } from './fake-io.ts';

export const root = mkdtempSync(join(tmpdir(), 'previewops-place-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let counter = 0;

/**
 * A folder of its own with its own sandbox, which hurries; `previewops` runs a command line in it,
 * in this process.
 */
export function place(files: Record<string, string> = {}, extra: Record<string, string> = {}) {
  const cwd = join(root, String(++counter));
  mkdirSync(cwd, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  const env = {
    PATH: process.env.PATH,
    GIT_CEILING_DIRECTORIES: root,
    PREVIEWOPS_SANDBOX_STATE: join(cwd, 'sandbox.json'),
    PREVIEWOPS_SANDBOX_TIME_SCALE: '0.005',
    PREVIEWOPS_SANDBOX_LATENCY_MS: '0',
    ...extra,
  };
  const previewops = async (line: string) => {
    const io = fakeIo({ cwd, home: cwd, env, clock: systemClock });
    const code = await run(line.split(' '), io);
    return { code, out: io.out(), err: io.err() };
  };
  const json = async (line: string) => {
    const { code, out } = await previewops(`${line} --json`);
    return { code, document: JSON.parse(out) };
  };
  return { cwd, env, previewops, json };
}
