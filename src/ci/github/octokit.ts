import type { Octokit } from '@octokit/core';
import type { ThrottlingOptions } from '@octokit/plugin-throttling';
import type { Clock } from '../../clock.ts';
import { version } from '../../version.ts';
import { withPatience } from './patience.ts';

export interface Connection {
  token: string;
  /** Without a slash at the end, e.g. `https://api.github.com`. */
  apiUrl: string;
  fetch: typeof fetch;
  clock: Clock;
}

/** One request; a page of a hundred comments takes GitHub about a second. */
export const requestLimitMs = 10_000;
/** GitHub asks for a minute where it says nothing (docs: rate limits, secondary). Longer is not worth a run's time. */
const longestWaitSeconds = 60;
const limitRetries = 2;
/** With the plugin's squares: after 1 s, then 4 s. */
const retries = 2;

/**
 * Octokit with its retry and throttling plugins, loaded only now because most runs need none of it.
 * The plugins decide what is tried again; the waiting is ours, on the run's clock and signal: theirs
 * is by timers that no signal ends.
 */
export async function openOctokit({ token, apiUrl, fetch, clock }: Connection): Promise<Octokit> {
  const [{ Octokit: Core }, { retry }, { throttling }] = await Promise.all([
    import('@octokit/core'),
    import('@octokit/plugin-retry'),
    import('@octokit/plugin-throttling'),
  ]);
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  // Hooks that come later go around those before.
  return new (Core.plugin(paced(clock), retry, throttling, separated))({
    auth: token,
    baseUrl: apiUrl,
    userAgent: `previewops/${version}`,
    log: silent,
    request: { fetch, log: silent },
    // 429 is the throttling plugin's.
    retry: {
      retries,
      retryAfterBaseValue: 0,
      doNotRetry: [400, 401, 403, 404, 410, 422, 429, 451],
    },
    throttle: throttle(clock),
  });
}

/** Each attempt after the first waits on our clock, and none may hang. Has to be the innermost hook. */
function paced(clock: Clock) {
  return (octokit: Octokit) => {
    octokit.hook.wrap('request', async (request, options) => {
      const { signal = new AbortController().signal, retryCount = 0 } = options.request;
      if (retryCount > 0) await clock.sleep(retryCount ** 2 * 1000, signal);
      const patience = { clock, signal, limitMs: requestLimitMs, graceMs: 0 };
      try {
        return await withPatience(patience, async (limited) => {
          // Octokit hands every hook the same object, whatever it is called with.
          options.request.signal = limited;
          return request(options);
        });
      } finally {
        options.request.signal = signal;
      }
    });
  };
}

/**
 * The plugins count attempts in a part of the options that Octokit shares among all requests with the
 * same defaults: each request gets its own. Has to be the outermost hook.
 */
function separated(octokit: Octokit) {
  octokit.hook.wrap('request', async (request, options) => {
    options.request = { ...options.request };
    return request(options);
  });
}

function throttle(clock: Clock): ThrottlingOptions {
  type LimitHandler = ThrottlingOptions['onRateLimit'] & {};
  const wait = async (...[seconds, options, , retryCount]: Parameters<LimitHandler>) => {
    if (retryCount >= limitRetries || seconds > longestWaitSeconds) return false;
    await clock.sleep(seconds * 1000, options.request.signal);
    return true;
  };
  // The plugin spaces writes by a second and comments by three, on real timers. A run makes a handful
  // of writes, one after the other, which is what GitHub asks for.
  const unspaced = { key: () => ({ schedule: (_: unknown, work: () => unknown) => work() }) };
  const group = unspaced as unknown as ThrottlingOptions['write'] & {};
  return {
    onRateLimit: wait,
    onSecondaryRateLimit: wait,
    retryAfterBaseValue: 0,
    write: group,
    notifications: group,
  };
}
