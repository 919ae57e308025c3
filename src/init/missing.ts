import { PreviewopsError } from '../errors.ts';
import type { Missing } from './taker.ts';

/** Everything that the next run must say, and what would be proposed. */
export function missingError(
  missing: readonly Missing[],
  offline: string | undefined,
): PreviewopsError {
  const lines = missing.map(({ flag, title, proposal, lacking }) => {
    const why = proposal ? `proposed: ${proposal}` : (lacking ?? 'nothing to propose');
    return `  ${flag.padEnd(24)} ${title}; ${why}`;
  });
  const ways = [
    ...(missing.some(({ proposal }) => proposal !== undefined)
      ? ['--yes takes the proposals.']
      : []),
    ...(missing.some(({ makes }) => makes !== undefined)
      ? ['--bootstrap writes a CloudFormation template for what the account lacks.']
      : []),
    ...(offline === undefined
      ? []
      : [`AWS was not asked: ${offline}`, '--offline leaves placeholders.']),
    'On a terminal, `previewops init` asks.',
  ];
  return new PreviewopsError('bad-usage', `These are missing:\n${lines.join('\n')}`, {
    hint: ways.join('\n'),
    details: { missing: [...missing] },
  });
}
