import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { exampleConfig } from '../../src/config/example.ts';
import { buildIfStale } from '../helpers/build.ts';
import { type Receiver, startReceiver } from '../helpers/https-receiver.ts';
import { place } from '../helpers/place.ts';
import { runCli } from '../helpers/run-cli.ts';

// The workflow contract, as a dispatched job runs it: the built program, and a receiver over HTTPS.

const authority = fileURLToPath(new URL('../../fixtures/tls/ca.pem', import.meta.url));
const branch = 'qanote/issue-7';
const secret = 'a shared secret';

let receiver: Receiver;
let cwd: string;
beforeAll(() => buildIfStale());
beforeEach(async () => {
  receiver = await startReceiver({ status: 200 });
  cwd = place({
    'previewops.yml': `${exampleConfig()}branchPrefix: qanote/\ncallback: { allowPrivate: true }\n`,
  }).cwd;
});
afterEach(() => receiver.close());

const flags = (url: string) => ['--run-id', 'run-7', '--callback-url', url];

async function run(command: string, args: string[], env: Record<string, string> = {}) {
  return runCli([command, '--branch', branch, ...args, '--sandbox'], {
    cwd,
    env: {
      NODE_EXTRA_CA_CERTS: authority,
      PREVIEWOPS_SANDBOX_STATE: join(cwd, 'sandbox.json'),
      PREVIEWOPS_SANDBOX_CALLS: join(cwd, 'calls'),
      PREVIEWOPS_SANDBOX_TIME_SCALE: '0.01',
      PREVIEWOPS_SANDBOX_LATENCY_MS: '0',
      PREVIEWOPS_CALLBACK_SECRET: secret,
      ...env,
    },
  });
}

const documents = () => receiver.requests.map(({ body }) => JSON.parse(body));

test('deploy, redeploy, failure and destroy each make one signed callback', {
  timeout: 60_000,
}, async () => {
  const url = receiver.url('localhost');
  const [one, two] = ['1'.repeat(40), '2'.repeat(40)];
  const common = { version: 1, ai_run_id: 'run-7', branch, sandbox: true };
  const preview = 'https://issue-7.previews.example.com';

  expect(await run('deploy', ['--commit', one, ...flags(url)])).toMatchObject({ code: 0 });
  expect(await run('deploy', ['--commit', two, ...flags(url)])).toMatchObject({ code: 0 });
  const crash = { PREVIEWOPS_SANDBOX_APP: 'crash' };
  const failed = await run('deploy', ['--commit', '3'.repeat(40), ...flags(url)], crash);
  expect(failed).toMatchObject({ code: 1 });
  expect(await run('destroy', flags(url))).toMatchObject({ code: 0 });

  expect(documents()).toMatchObject([
    { ...common, action: 'deploy', status: 'success', commit: one, url: preview, receipt: null },
    { ...common, action: 'deploy', status: 'success', commit: two, url: preview, receipt: null },
    {
      ...common,
      action: 'deploy',
      status: 'failure',
      description: expect.stringContaining('app exited 1'),
    },
    { ...common, action: 'destroy', status: 'success', receipt: { remaining: [] } },
  ]);
  expect(documents()[3].receipt.removed.length).toBeGreaterThan(3);
  for (const { headers, body } of receiver.requests) {
    const timestamp = headers['x-previewops-timestamp'];
    const hmac = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
    expect(headers['x-previewops-signature-256']).toBe(`sha256=${hmac}`);
  }
});

test('a callback that leads nowhere is said, and the deploy is as good as without', async () => {
  const away = await startReceiver({ status: 302, headers: { location: 'http://localhost/' } });
  const { code, stderr } = await run('deploy', [
    '--image',
    'nginx:1',
    ...flags(away.url('localhost')),
  ]);
  await away.close();
  expect(code).toBe(0);
  expect(stderr).toMatch(/the callback to localhost was not delivered: .*redirect/i);
});

test.each([
  ['http://callback.example/hook', /must begin with https/],
  ['https://169.254.169.254/latest', /is refused/],
  ['https://user:pw@callback.example/', /must not have a user name/],
])('%s is refused before any AWS call', async (url, said) => {
  const { code, stderr } = await run('deploy', ['--image', 'nginx:1', ...flags(url)]);
  expect(code).toBe(2);
  expect(stderr).toMatch(said);
  expect(() => readFileSync(join(cwd, 'calls'))).toThrow();
});

test('a name that resolves to this machine is refused on the socket', async () => {
  writeFileSync(join(cwd, 'previewops.yml'), exampleConfig());
  const { code, stderr } = await run('deploy', [
    '--image',
    'nginx:1',
    ...flags(receiver.url('localhost')),
  ]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/localhost is a name of this machine/);
  expect(receiver.requests).toEqual([]);
});
