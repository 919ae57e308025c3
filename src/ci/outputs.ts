import { appendFile, stat, writeFile } from 'node:fs/promises';
import { printable } from '../report/printable.ts';

export type OutputStatus =
  | 'ready'
  | 'started'
  | 'failed'
  | 'superseded'
  | 'skipped'
  | 'interrupted'
  | 'destroyed';

/** What later steps of a CI job may want to know of a run. */
export interface Outputs {
  status: OutputStatus;
  /** The preview's id, e.g. `pr-42`. */
  id?: string | undefined;
  url?: string | undefined;
  image?: string | undefined;
  commit?: string | undefined;
}

export interface OutputTools {
  /** Told when something could not be written; none of this fails a run. */
  note(text: string): void;
}

/** GitHub drops the whole summary of a step above 1 MiB (docs: workflow commands, job summaries). */
export const maxSummaryBytes = 1024 * 1024;
/** Above that, GitHub takes none of a job's outputs (docs: `jobs.<job_id>.outputs`). */
export const maxOutputBytes = 1_000_000;
/** GitLab's limit for a dotenv report is 5 KB (docs: `artifacts:reports:dotenv`). */
const maxValue = 900;

/** Adds Markdown to the file that GITHUB_STEP_SUMMARY names, as far as there is room. Never rejects. */
export async function writeSummary(
  file: string,
  { render, note }: OutputTools & { render: (maxBytes: number) => string },
): Promise<void> {
  await attempt({ what: `the step summary ${file}`, note }, async () => {
    const room = maxSummaryBytes - (await sizeOf(file)) - 1;
    const text = render(room);
    if (Buffer.byteLength(text) > room) {
      return note('the step summary is full (1 MiB): this run is not in it');
    }
    await appendFile(file, text);
  });
}

/**
 * Adds `url`, `preview-id`, `image`, `status` and `commit` to the file that GITHUB_OUTPUT names.
 * `delimiter` gives a new unguessable word at each call, so that no value can end itself and begin
 * another. Never rejects.
 */
export async function writeOutputs(
  file: string,
  { outputs, delimiter, note }: OutputTools & { outputs: Outputs; delimiter: () => string },
): Promise<void> {
  await attempt({ what: `the outputs ${file}`, note }, async () => {
    const text = renderOutputs(outputs, delimiter);
    if ((await sizeOf(file)) + Buffer.byteLength(text) > maxOutputBytes) {
      return note('the outputs of this job are full (1 MB): those of this run are not in them');
    }
    await appendFile(file, text);
  });
}

/** The lines for GITHUB_OUTPUT; what is not known is left out, which reads as empty. */
export function renderOutputs(outputs: Outputs, delimiter: () => string): string {
  const { id, url, image, status, commit } = outputs;
  const named = { url, 'preview-id': id, image, status, commit };
  return Object.entries(named)
    .flatMap(([name, value]) => {
      if (value === undefined) return [];
      const end = `previewops-${delimiter()}`;
      const line = printable(value);
      return line.includes(end) ? [] : [`${name}<<${end}\n${line}\n${end}\n`];
    })
    .join('');
}

/** One line without anything that a shell, GitLab (which knows no quotes) or dotenv reads as more than text. */
const plainValue = /^[A-Za-z0-9._:/@%+,=-]+$/;

/** `PREVIEWOPS_*` lines of a dotenv file, and the names whose values cannot be written there. */
export function renderDotenv(outputs: Outputs): { text: string; refused: string[] } {
  const { id, url, image, status, commit } = outputs;
  const named = Object.entries({
    PREVIEWOPS_URL: url,
    PREVIEWOPS_ID: id,
    PREVIEWOPS_IMAGE: image,
    PREVIEWOPS_STATUS: status,
    PREVIEWOPS_COMMIT: commit,
  }).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
  const fits = ({ value }: { value: string }) => value.length <= maxValue && plainValue.test(value);
  return {
    text: named
      .filter(fits)
      .map(({ name, value }) => `${name}=${value}\n`)
      .join(''),
    refused: named.filter((one) => !fits(one)).map(({ name }) => name),
  };
}

/** Writes a dotenv file anew, so that nothing of an earlier run stays in it. Never rejects. */
export async function writeDotenv(
  file: string,
  { outputs, note }: OutputTools & { outputs: Outputs },
): Promise<void> {
  const { text, refused } = renderDotenv(outputs);
  if (refused.length > 0) {
    note(`${refused.join(', ')} not written to ${file}: the value is not plain text of one line`);
  }
  await attempt({ what: file, note }, () => writeFile(file, text));
}

async function attempt(
  { what, note }: OutputTools & { what: string },
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    note(`could not write ${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0; // appending creates it
  }
}
