import { parseArgs } from 'node:util';
import { buildIfStale } from '../test/helpers/build.ts';
import { measureFlows, measureList, measurePrune } from './bench/calls.ts';
import { isWithin, type Result, toJson } from './bench/result.ts';
import { measureSizes } from './bench/sizes.ts';
import { renderTable } from './bench/table.ts';
import { measureTimes } from './bench/timings.ts';

/**
 * Measures what has a budget, and prints one table, or with `--json` one document. Exits 1 when a size
 * or a count is over its budget, 2 when something could not be measured.
 */
const options = { json: { type: 'boolean' }, runs: { type: 'string', default: '15' } } as const;

async function bench(): Promise<void> {
  const { json, runs: text } = parseArgs({ options }).values;
  const runs = Number(text);
  if (!Number.isInteger(runs) || runs < 1)
    throw new Error(`--runs must be a number, not '${text}'`);
  // As bin/previewops.js does, here for the clients that this process and its children load.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  buildIfStale();
  // One after the other: two at once would be in each other's way.
  const results: Result[] = [
    ...measureTimes({ runs }),
    ...measureSizes(),
    ...(await measureFlows()),
    ...(await measureList()),
    ...(await measurePrune()),
  ];
  console.log(json ? JSON.stringify(toJson(results), null, 2) : renderTable(results).join('\n'));
  process.exitCode = isWithin(results) ? 0 : 1;
}

await bench().catch((error: Error) => {
  console.error(`could not measure: ${error.message}`);
  process.exitCode = 2;
});
