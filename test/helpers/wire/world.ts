import { createAws } from '../../../src/aws/aws.ts';
import { type Clock, systemClock } from '../../../src/clock.ts';
import { createHand } from './hand.ts';
import type { Keys } from './iam.ts';
import { type Moto, startMoto } from './moto.ts';
import { type MotoProxy, startProxy } from './proxy.ts';
import { region, type Seeded, seed } from './seed.ts';

export interface WireWorld extends Seeded {
  moto: Moto;
  proxy: MotoProxy;
  /** The environment of a process, or of a test, that calls AWS through the proxy as this user. */
  env(user?: Keys): Record<string, string>;
  close(): Promise<void>;
}

/** moto with a seeded account behind the proxy; one a test file, closed in `afterAll`. */
export async function openWireWorld(): Promise<WireWorld> {
  const moto = await startMoto();
  try {
    const seeded = await seed(moto.url);
    const hand = createHand({ url: moto.url, region, credentials: seeded.admin });
    const proxy = await startProxy(moto.url, hand);
    return {
      ...seeded,
      moto,
      proxy,
      env: (user = seeded.admin) => ({
        AWS_ENDPOINT_URL: proxy.url,
        AWS_ACCESS_KEY_ID: user.accessKeyId,
        AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
        AWS_REGION: region,
        AWS_EC2_METADATA_DISABLED: 'true',
        // A developer's own profiles must reach neither a test nor, through it, a real account.
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      }),
      close: () => proxy.close().finally(moto.stop),
    };
  } catch (error) {
    await moto.stop();
    throw error;
  }
}

/**
 * The tool's own `Aws` on this world. The SDK reads the endpoint from `process.env`, so set
 * `world.env()` there before the first call.
 */
export const connect = (clock: Clock = systemClock) =>
  createAws({ region, clock, signal: new AbortController().signal });

/** Time in which nobody waits between two tries. */
export const impatient: Clock = { now: () => Date.now(), sleep: async () => {} };
