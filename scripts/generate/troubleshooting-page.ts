import { checks } from '../../src/doctor/doctor.ts';
import { groups } from '../../src/doctor/groups.ts';
import { errorGuide } from '../../src/error-guide.ts';
import { type ErrorCode, errorTable } from '../../src/errors.ts';
import { hints } from '../../src/providers/aws-ecs/hints.ts';
import { type Blocks, fillBlocks, row } from './blocks.ts';
import { checkGuide } from './check-guide.ts';

/** docs/troubleshooting.md: every error, hint and check, between prose that is written by hand. */
export const makeTroubleshootingPage = (): Promise<string> =>
  fillBlocks('docs/troubleshooting.md', blocks);

const blocks: Blocks = new Map([
  ['table errors', () => (Object.keys(errorTable) as ErrorCode[]).map(renderError).join('\n\n')],
  ['table hints', () => hints.map(renderHint).join('\n\n')],
  ['table checks', () => groups.map(renderGroup).join('\n\n')],
]);

function renderError(code: ErrorCode): string {
  const { meaning, causes, fix } = errorGuide[code];
  return `### ${code}

${meaning} Exit code ${errorTable[code].exit}.

- Usually: ${lowered(causes)}
- What to do: ${fix}`;
}

const renderHint = ({ id, when, cause, fix }: (typeof hints)[number]) => `### ${id}

${cause} Seen in texts that match \`${when.source}\`.

- What to do: ${fix.replaceAll('<', '&lt;')}`;

function renderGroup(group: (typeof groups)[number]): string {
  const rows = checks
    .filter((check) => check.group === group)
    .map(({ id, title }) => {
      const ifNot = checkGuide[id];
      if (ifNot === undefined)
        throw new Error(`scripts/generate/check-guide.ts has nothing on ${id}`);
      return row(`\`${id}\``, title, ifNot);
    });
  return [
    `### Checks of ${group}`,
    '',
    row('check', 'should be so', 'if it is not'),
    row('---', '---', '---'),
    ...rows,
  ].join('\n');
}

/** Inside a sentence; what begins with a name or an abbreviation stays. */
const lowered = (text: string) =>
  /^[A-Z][a-z]* /.test(text) && !/^(?:AWS|CodeBuild|Ctrl)/.test(text)
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text;
