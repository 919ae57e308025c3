import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  maxOutputBytes,
  maxSummaryBytes,
  type Outputs,
  renderDotenv,
  renderOutputs,
  writeDotenv,
  writeOutputs,
  writeSummary,
} from '../../../src/ci/outputs.ts';

let directory: string;
let file: string;
let notes: string[];
const note = (text: string) => void notes.push(text);
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'outputs-'));
  file = join(directory, 'file');
  notes = [];
});
afterEach(() => rm(directory, { recursive: true }));

const full: Outputs = {
  status: 'ready',
  id: 'pr-42',
  url: 'https://pr-42.preview.example.com',
  image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/previews/shop@sha256:abc',
  commit: 'a'.repeat(40),
};
const delimiter = () => 'f00d';

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\n',
        '\r',
        'previewops-f00d',
        'url<<x',
        '::error::',
        '\u001b[31m',
        '\u2028',
        "'",
        '"',
        '$(id)',
        '`',
        '#',
        ' ',
        '=',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(''));
const anything: fc.Arbitrary<Outputs> = fc.record({
  status: fc.constant('failed' as const),
  id: hostile,
  url: hostile,
  image: hostile,
  commit: hostile,
});

/** As the runner reads the file. */
function readOutputs(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const lines = text.split('\n');
  while (lines.length > 1) {
    const [name = '', end] = (lines.shift() ?? '').split('<<');
    const value: string[] = [];
    for (let line = lines.shift(); line !== end; line = lines.shift()) {
      if (line === undefined) throw new Error(`no end of ${name}`);
      value.push(line);
    }
    found.set(name, value.join('\n'));
  }
  return found;
}

describe('outputs for later steps', () => {
  test('as they are', () => {
    expect(Object.fromEntries(readOutputs(renderOutputs(full, delimiter)))).toEqual({
      url: full.url,
      'preview-id': 'pr-42',
      image: full.image,
      status: 'ready',
      commit: full.commit,
    });
  });

  test('what is not known is left out', () => {
    expect(renderOutputs({ status: 'skipped' }, delimiter)).toBe(
      'status<<previewops-f00d\nskipped\npreviewops-f00d\n',
    );
  });

  test('no value ends itself or begins another', () => {
    fc.assert(
      fc.property(anything, (outputs) => {
        const read = readOutputs(renderOutputs(outputs, delimiter));
        expect(
          [...read.keys()].every((name) => /^(?:url|preview-id|image|status|commit)$/.test(name)),
        ).toBe(true);
        expect(read.get('status')).toBe('failed');
        for (const value of read.values()) expect(value).not.toContain('\n');
      }),
    );
  });

  test('they are added to the file, as long as there is room', async () => {
    await writeFile(file, 'a=1\n');
    await writeOutputs(file, { outputs: { status: 'ready' }, delimiter, note });
    expect(await readFile(file, 'utf8')).toMatch(/^a=1\nstatus<</);
    await writeFile(file, 'x'.repeat(maxOutputBytes - 10));
    await writeOutputs(file, { outputs: full, delimiter, note });
    expect((await readFile(file)).length).toBe(maxOutputBytes - 10);
    expect(notes).toEqual([expect.stringContaining('full')]);
  });
});

describe('dotenv', () => {
  test('as it is', () => {
    expect(renderDotenv(full)).toEqual({
      refused: [],
      text: [
        `PREVIEWOPS_URL=${full.url}`,
        'PREVIEWOPS_ID=pr-42',
        `PREVIEWOPS_IMAGE=${full.image}`,
        'PREVIEWOPS_STATUS=ready',
        `PREVIEWOPS_COMMIT=${full.commit}`,
        '',
      ].join('\n'),
    });
  });

  test('only plain values are written, each in one line', () => {
    fc.assert(
      fc.property(anything, (outputs) => {
        const { text, refused } = renderDotenv(outputs);
        expect(text).toMatch(/^(?:PREVIEWOPS_[A-Z]+=[A-Za-z0-9._:/@%+,=-]+\n)*$/);
        expect(text.split('\n').length - 1 + refused.length).toBe(5);
      }),
    );
  });

  test('the file is written anew, and a refused value is said', async () => {
    await writeFile(file, 'PREVIEWOPS_URL=https://old.example.com\n');
    await writeDotenv(file, { outputs: { status: 'failed', image: 'a image' }, note });
    expect(await readFile(file, 'utf8')).toBe('PREVIEWOPS_STATUS=failed\n');
    expect(notes).toEqual([expect.stringContaining('PREVIEWOPS_IMAGE')]);
  });
});

describe('the step summary', () => {
  test('is added, and told how much room there is', async () => {
    await writeFile(file, 'before\n');
    let room = 0;
    const render = (maxBytes: number) => {
      room = maxBytes;
      return 'now\n';
    };
    await writeSummary(file, { render, note });
    expect(await readFile(file, 'utf8')).toBe('before\nnow\n');
    expect(room).toBe(maxSummaryBytes - 'before\n'.length - 1);
  });

  test('is left out when it does not fit', async () => {
    await writeFile(file, 'x'.repeat(maxSummaryBytes - 3));
    await writeSummary(file, { render: () => 'much too long', note });
    expect((await readFile(file)).length).toBe(maxSummaryBytes - 3);
    expect(notes).toEqual([expect.stringContaining('full')]);
  });
});

test('a file that cannot be written is a note', async () => {
  const missing = join(directory, 'no', 'such', 'file');
  await writeSummary(missing, { render: () => 'x', note });
  await writeOutputs(missing, { outputs: full, delimiter, note });
  await writeDotenv(missing, { outputs: full, note });
  expect(notes).toHaveLength(3);
  expect(notes.every((text) => text.startsWith('could not write'))).toBe(true);
});
