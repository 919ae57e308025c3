import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The path of a state file that is not there yet, in a folder that goes with the test. */
export function stateFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'previewops-sandbox-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'deep', 'sandbox.json');
}
