import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { identifyRun } from '../../../src/ci/identity/identify.ts';
import type { CiRun } from '../../../src/ci/identity/run.ts';

/** One run as a CI hands it over, and what it should be understood as. */
export interface Recorded {
  name: string;
  env: Record<string, string>;
  /** The content of the file that GITHUB_EVENT_PATH names. */
  event?: unknown;
  run: CiRun;
}

const directory = fileURLToPath(new URL('../../../fixtures/ci', import.meta.url));

/** Every fixture, named `<ci>/<case>`. */
export const recorded: Recorded[] = (readdirSync(directory, { recursive: true }) as string[])
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => ({
    name: file.replace('.json', ''),
    ...JSON.parse(readFileSync(join(directory, file), 'utf8')),
  }));

export function recordedNamed(name: string): Recorded {
  const found = recorded.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no fixture fixtures/ci/${name}.json`);
  return found;
}

/** A fixture's run, read as the program reads it, with some variables or the event replaced. */
export function identify(
  { env, event }: Pick<Recorded, 'env' | 'event'>,
  changed: { env?: Record<string, string | undefined>; event?: unknown } = {},
) {
  return identifyRun({
    env: { ...env, ...changed.env },
    readFile: async () => JSON.stringify(changed.event ?? event),
  });
}
