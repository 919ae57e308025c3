import { openSandbox } from '../../../src/sandbox/sandbox.ts';
import { callerOf, seed } from './account.ts';

const [file = '', name = '', count = '0'] = process.argv.slice(2);
const sandbox = await openSandbox({ file, timeScale: 0.02, latencyMs: 0, seed, process });
const call = callerOf(sandbox);
for (let n = 0; n < Number(count); n++) {
  await call('logs:CreateLogGroup', { logGroupName: `/${name}-${n}` });
  if (n === 5) process.stdout.write('busy\n');
}
