import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { liveProgram } from '../../scripts/generate/commands-page.ts';
import { checks } from '../../src/doctor/doctor.ts';
import { errorTable } from '../../src/errors.ts';
import { hints } from '../../src/providers/aws-ecs/hints.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = [
  'README.md',
  'src/sandbox/BEHAVIOUR.md',
  ...(readdirSync(join(root, 'docs'), { recursive: true }) as string[])
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];

/** Code is no prose: what looks like a link or a heading there is none. */
const proseOf = (page: string) =>
  read(page)
    .replaceAll(/^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, '.'));

/** As GitHub makes them: lower case, hyphens for spaces, no other signs; a number for the next of its name. */
function anchorsOf(page: string): Set<string> {
  const seen = new Map<string, number>();
  const prose = read(page).replaceAll(/^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm, '');
  const headings = [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) => title);
  return new Set(
    headings.map((title) => {
      const plain = title.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '');
      const anchor = plain
        .trim()
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-');
      const count = seen.get(anchor) ?? 0;
      seen.set(anchor, count + 1);
      return count === 0 ? anchor : `${anchor}-${count}`;
    }),
  );
}

describe('links', () => {
  test('are looked at in all pages', () => {
    expect(pages.length).toBeGreaterThan(20);
    expect(anchorsOf('README.md')).toContain('exit-codes');
    expect(brokenIn('README.md', '[a](docs/none.md) [b](#none) [c](docs/ci.md#none)')).toHaveLength(
      3,
    );
  });

  test.each(pages)('of %s lead to a file and a heading of this repository', (page) => {
    expect(brokenIn(page, proseOf(page))).toEqual([]);
  });

  test('lead from the README to every page', () => {
    const reached = new Set<string>();
    const follow = (page: string) => {
      if (reached.has(page)) return;
      reached.add(page);
      for (const { path } of targetsIn(page, proseOf(page))) if (path.endsWith('.md')) follow(path);
    };
    follow('README.md');
    expect(pages.filter((page) => !reached.has(page))).toEqual([]);
  });

  function targetsIn(page: string, prose: string) {
    const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    return links
      .filter((link) => !/^[a-z]+:/.test(link))
      .map((link) => {
        const [file = '', anchor] = link.split('#');
        const path = file === '' ? page : relative(root, join(root, dirname(page), file));
        return { link, path, anchor };
      });
  }

  const brokenIn = (page: string, prose: string) =>
    targetsIn(page, prose)
      .filter(({ path, anchor }) => {
        const isFile = existsSync(join(root, path)) && statSync(join(root, path)).isFile();
        return !isFile || (anchor !== undefined && !anchorsOf(path).has(anchor));
      })
      .map(({ link }) => link);
});

describe('troubleshooting.md', () => {
  const page = read('docs/troubleshooting.md');
  const anchors = anchorsOf('docs/troubleshooting.md');

  test('has every error, every hint and every check', () => {
    const headings = [...Object.keys(errorTable), ...hints.map(({ id }) => id)];
    expect(headings.filter((id) => !anchors.has(id))).toEqual([]);
    expect(checks.filter(({ id }) => !page.includes(`| \`${id}\` |`))).toEqual([]);
  });

  test('has every error that the program throws', () => {
    const source = (readdirSync(join(root, 'src'), { recursive: true }) as string[])
      .filter((file) => file.endsWith('.ts'))
      .map((file) => read(join('src', file)))
      .join('\n');
    const thrown = [...source.matchAll(/new PreviewopsError\(\s*'([a-z-]+)'/g)].map(
      ([, code]) => code,
    );
    expect(thrown.length).toBeGreaterThan(50);
    expect([...new Set(thrown)].filter((code) => !anchors.has(code ?? ''))).toEqual([]);
  });

  // The rows of the tables and checklists that people come with, by what they say.
  test.each([
    'aws-ecs providerConfig.cluster is required',
    'AccessDeniedException',
    'TargetGroup not found',
    'not found in DNS',
    'route53:ChangeResourceRecordSets',
    'elasticloadbalancing:ModifyRule',
    'log group does not exist',
    'previewops prune --yes',
    'logs.retentionDays',
    '`images`',
  ])('covers %s', (row) => {
    expect(page.slice(0, page.indexOf('## Errors'))).toContain(row);
  });
});

describe('prose', () => {
  const commands = liveProgram().commands;
  const known = new Set([...commands.map((command) => command.name()), 'help']);

  test.each(pages)('of %s names only commands and flags that there are', (page) => {
    expect(wrongIn(read(page))).toEqual([]);
  });

  test('is found out when it names others', () => {
    const text =
      'Run `previewops deplyo --pr 1` or\n\n```\n$ previewops deploy --rp 1 -- cmd --x\n```\n';
    expect(wrongIn(text)).toEqual(['deplyo', 'deploy --rp']);
  });

  function wrongIn(text: string): string[] {
    return [...text.matchAll(/previewops ([a-z]+)((?: [^\n`|;]*)?)/g)].flatMap((match) => {
      const [, name = '', rest = ''] = match;
      // Prose may speak of previewops in other ways: a command line begins a line or a piece of code.
      const before = text.slice(Math.max(0, match.index - 60), match.index);
      if (!/(?:^|\n)[ \t]*(?:\$ |npx |url=\$\()?$|`$/.test(before)) return [];
      const command = commands.find((one) => one.name() === name);
      if (command === undefined) return known.has(name) ? [] : [name];
      const flags = [...command.options.flatMap(({ long, short }) => [long, short]), '--help'];
      const own = rest.split(/ -- |#| {2}/)[0] ?? '';
      const used = own.match(/(?<=\s)--?[a-z][a-z-]*/g) ?? [];
      return used.filter((flag) => !flags.includes(flag)).map((flag) => `${name} ${flag}`);
    });
  }
});
