import { createServer, type Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createAws } from '../../../src/aws/aws.ts';
import { explain, isAmbiguous } from '../../../src/aws/errors.ts';
import { createVirtualClock } from '../../helpers/virtual-clock.ts';

let server: Server;
let requests = 0;
beforeEach(async () => {
  requests = 0;
  retries.length = 0;
  server = createServer(() => {
    requests++; // and no answer, ever
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${port}`;
});
afterEach(() => {
  delete process.env.AWS_ENDPOINT_URL;
  server.closeAllConnections();
  server.close();
});

const retries: string[] = [];
const awsWith = (timeouts: { connectionTimeout: number; socketTimeout: number }) =>
  createAws({
    region: 'us-east-1',
    clock: createVirtualClock(),
    signal: new AbortController().signal,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    timeouts,
    onRetry: ({ reason }) => retries.push(reason),
  });
/** What a call fails with. */
const failure = (aws: ReturnType<typeof awsWith>, attempts: number): Promise<unknown> =>
  aws.call('ecs:ListServices', { cluster: 'previews' }, { attempts }).catch((thrown) => thrown);

it('a call whose answer never comes ends, is tried again, and counts as one whose answer was lost', async () => {
  const error = await failure(awsWith({ connectionTimeout: 1000, socketTimeout: 50 }), 2);
  expect(isAmbiguous(error)).toBe(true);
  expect(explain(error).exitCode).toBe(1);
  expect(requests).toBe(2);
  expect(retries).toEqual(['TimeoutError']);
});

it('AWS is out of reach where no connection comes about', async () => {
  // A socket that stays on its way, as where a firewall swallows what is sent.
  const waiting = vi.spyOn(net.Socket.prototype, 'connect').mockImplementation(function (
    this: net.Socket,
  ) {
    return Object.assign(this, { connecting: true });
  });
  const error = await failure(awsWith({ connectionTimeout: 50, socketTimeout: 1000 }), 1);
  waiting.mockRestore();
  expect(isAmbiguous(error)).toBe(true);
  expect(explain(error).code).toBe('aws-unreachable');
});

it('why a call is tried again is said by the code where the error has no name of its own', async () => {
  await new Promise((resolve) => server.close(resolve));
  const error = await failure(awsWith({ connectionTimeout: 1000, socketTimeout: 1000 }), 2);
  expect(explain(error).code).toBe('aws-unreachable');
  expect(retries).toEqual(['ECONNREFUSED']);
});
