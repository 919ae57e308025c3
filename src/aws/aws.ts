import type { Clock } from '../clock.ts';
import { type CallKey, manifest } from '../permissions/manifest.ts';
import { type Input, type Output, type ServiceKey, services } from './api.ts';
import { isAmbiguous, isThrottled, rememberCall, shortName } from './errors.ts';
import { createPace } from './pace.ts';

/** AWS as the rest of the program sees it: one typed function. */
export interface Aws {
  readonly region: string;
  /**
   * Makes one call of the manifest, at AWS's pace. Throttling is waited out; a read is repeated after any passing
   * fault, a write is not, because AWS may have done the work: look again, then decide
   * (`isAmbiguous`). Errors are thrown as the SDK gives them, so that a caller can plan for them by
   * name; `explain` words what nobody planned for.
   */
  call<K extends CallKey>(key: K, input: Input<K>, options?: CallOptions): Promise<Output<K>>;
}

export interface CallOptions {
  /** Make the call though the run was interrupted: for the few that clean up after it. */
  evenIfInterrupted?: boolean;
  /** How often it is tried at most, where a run can do without the answer: ten times when absent. */
  attempts?: number;
  /** Ends it early, when the answer is wanted no more. */
  signal?: AbortSignal;
}

/** The part of an SDK client that this file and the sandbox use. */
export interface SdkClient {
  send(command: unknown, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
  middlewareStack: {
    add(
      middleware: (
        next: (args: { input: object }) => Promise<unknown>,
        context: { clientName?: string; commandName?: string },
      ) => (args: { input: object }) => Promise<unknown>,
      options: { step: 'initialize'; name: string; priority: 'high' },
    ): void;
  };
}

export interface AwsOptions {
  region: string;
  clock: Clock;
  signal: AbortSignal;
  /** SDK credentials or a provider of them; the SDK's own chain when absent. */
  credentials?: unknown;
  /** Called once for each client made; the sandbox puts itself in front of AWS here. */
  instrument?: (client: SdkClient, service: ServiceKey) => void;
  /** Told about each wait for throttling or a passing fault. */
  onRetry?: (retry: { call: CallKey; delayMs: number; reason: string }) => void;
  random?: () => number;
  userAgent?: string;
  /** Real milliseconds until a connection is there, and of silence on it. */
  timeouts?: { connectionTimeout: number; socketTimeout: number };
}

// Full-jitter exponential back-off; ten tries span about a minute and a half, longer than any refill
// of AWS's buckets (ELB's mutating calls refill at 3/s, task definitions at 1/s).
const maxAttempts = 10;
const firstDelayMs = 200;
const maxDelayMs = 20_000;

/**
 * Without these a call would wait for minutes where a firewall swallows it, or for ever where its
 * answer got lost on the way. No call of ours is silent for so long while AWS works on it.
 */
const timeouts = { connectionTimeout: 5_000, socketTimeout: 60_000 };

/** Delay before try `attempt + 1` (attempts count from 1), milliseconds. */
export function backoff(attempt: number, random: () => number): number {
  const ceiling = Math.min(maxDelayMs, firstDelayMs * 2 ** attempt);
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}

export function createAws(options: AwsOptions): Aws {
  const { clock, random = Math.random } = options;
  const never = new AbortController().signal;
  const turn = createPace(clock);
  const clients = new Map<ServiceKey, Promise<{ client: SdkClient; commands: CommandTable }>>();

  const connect = (service: ServiceKey) => {
    const known = clients.get(service);
    if (known) return known;
    const made = services[service]().then(({ Client, commands }) => {
      const client = new Client({
        region: options.region,
        maxAttempts: 1, // one retry policy, below: on our clock, and never for a write whose answer was lost
        requestHandler: options.timeouts ?? timeouts,
        ...(options.credentials ? { credentials: options.credentials as never } : {}),
        ...(options.userAgent ? { customUserAgent: options.userAgent } : {}),
      }) as unknown as SdkClient;
      options.instrument?.(client, service);
      return { client, commands: commands as unknown as CommandTable };
    });
    clients.set(service, made);
    return made;
  };

  return {
    region: options.region,
    async call(key, input, more = {}) {
      const { evenIfInterrupted = false, attempts = maxAttempts } = more;
      const [service, operation] = key.split(':') as [ServiceKey, string];
      const { write } = manifest[key];
      const { client, commands } = await connect(service);
      const interrupt = evenIfInterrupted ? never : options.signal;
      const signal = more.signal ? AbortSignal.any([interrupt, more.signal]) : interrupt;
      const Command = commands[operation] as CommandTable[string];
      for (let attempt = 1; ; attempt++) {
        signal.throwIfAborted();
        await turn(key, signal);
        try {
          // An interrupted write would leave us not knowing; it is short, so let it finish.
          const send = client.send(
            new Command(input as object),
            write ? {} : { abortSignal: signal },
          );
          return (await send) as Output<typeof key>;
        } catch (error) {
          signal.throwIfAborted();
          const retry = isThrottled(error) || (!write && isAmbiguous(error));
          if (!retry || attempt >= attempts) throw rememberCall(error, key);
          const delayMs = backoff(attempt, random);
          options.onRetry?.({ call: key, delayMs, reason: shortName(error) });
          await clock.sleep(delayMs, signal);
        }
      }
    },
  };
}

type CommandTable = Record<string, new (input: object) => unknown>;
