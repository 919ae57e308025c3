import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildspec } from '../../../src/providers/aws-ecs/resources/buildspec.ts';

// The commands are run by a real shell, with a program in place of docker that notes its arguments. The one in
// place of aws runs beside it in a pipe, and so notes nothing.
const folder = mkdtempSync(join(tmpdir(), 'previewops-buildspec-'));
afterAll(() => rmSync(folder, { recursive: true }));

const programs = {
  docker: `printf '%s\\0' "$@" $'\\n' >> "$NOTES"`,
  aws: 'echo password',
};
for (const [program, script] of Object.entries(programs)) {
  const file = join(folder, program);
  writeFileSync(file, `#!/bin/bash\n${script}\n`);
  chmodSync(file, 0o755);
}

/** Runs every command of the buildspec; gives the arguments of each call of docker. */
function run(env: Record<string, string>): string[][] {
  const notes = join(folder, 'notes');
  writeFileSync(notes, '');
  const { phases } = parse(buildspec) as {
    phases: Record<string, { commands: string[] }>;
  };
  for (const command of Object.values(phases).flatMap((phase) => phase.commands)) {
    execFileSync('bash', ['-c', command], {
      cwd: folder,
      env: { PATH: `${folder}:${process.env.PATH}`, NOTES: notes, AWS_REGION: 'r', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
  return readFileSync(notes, 'utf8')
    .split('\n\0')
    .slice(0, -1)
    .map((call) => call.split('\0').slice(0, -1));
}

const usual = {
  PREVIEWOPS_REGISTRY: '1.dkr.ecr.r.amazonaws.com',
  PREVIEWOPS_IMAGE: '1.dkr.ecr.r.amazonaws.com/previewops/shop:tag',
  PREVIEWOPS_PLATFORM: 'linux/amd64',
  PREVIEWOPS_CONTEXT: '.',
  PREVIEWOPS_DOCKERFILE: 'Dockerfile',
};

it('builds and pushes one plain image', () => {
  const [login, build, ...others] = run(usual);
  expect(login?.slice(0, 1)).toEqual(['login']);
  expect(others).toEqual([]);
  expect(build).toEqual([
    'buildx',
    'build',
    '--file',
    './Dockerfile',
    '--platform',
    'linux/amd64',
    '--provenance=false',
    '--progress=plain',
    '--tag',
    usual.PREVIEWOPS_IMAGE,
    '--push',
    '--',
    '.',
  ]);
});

it('hostile names and values stay what they are', () => {
  const hostile = '$(touch broken)`touch broken`;"\' && touch broken --push';
  const [, , build] = run({
    ...usual,
    PREVIEWOPS_CONTEXT: hostile,
    PREVIEWOPS_DOCKERFILE: hostile,
    PREVIEWOPS_TARGET: hostile,
    PREVIEWOPS_CACHE: 'registry/cache:buildcache',
    PREVIEWOPS_BUILD_ARGS: 'ONE TWO',
    PREVIEWOPS_ARG_ONE: hostile,
    PREVIEWOPS_ARG_TWO: 'two words',
  });
  expect(build).toEqual(
    expect.arrayContaining([
      `${hostile}/${hostile}`,
      '--target',
      hostile,
      `ONE=${hostile}`,
      'TWO=two words',
      'type=registry,ref=registry/cache:buildcache',
    ]),
  );
  expect(build?.at(-1)).toBe(hostile);
  expect(() => readFileSync(join(folder, 'broken'))).toThrow('ENOENT');
});
