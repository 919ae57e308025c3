import type { Clock } from '../clock.ts';
import { type CallKey, manifest } from '../permissions/manifest.ts';
import { checkAllowed } from './authorize.ts';
import type { SandboxClock } from './clock.ts';
import {
  accessDenied,
  connectionLost,
  createFaults,
  type FaultKind,
  serverFault,
  throttled,
} from './faults.ts';
import { notSimulated, type Perform } from './middleware.ts';
import { authorityOf } from './principals.ts';
import { spend } from './rates.ts';
import { simulated } from './services/index.ts';
import type { Store } from './store.ts';
import type { CallerRights, Operation, SandboxOptions, Simulator } from './types.ts';
import { advanceWorld, contextOf } from './world.ts';

export interface Parts {
  options: SandboxOptions;
  store: Store;
  clock: SandboxClock;
  /** The clock on which latency passes and calls are logged. */
  pace: Clock;
  callerArn: string;
}

/** The way of one call: half the latency, its effect, the other half, its line in the log. */
export function createPerform({ options, store, clock, pace, callerArn }: Parts): Perform {
  const { latencyMs = 0, behaviour, onCall, kill } = options;
  const { rights, simulator } = callerSetting(options);
  const nextFault = createFaults(options.faults);
  let dead = false;

  const half = async () => {
    if (latencyMs > 0) await pace.sleep(latencyMs / 2);
  };
  const effect = (key: string, input: object, { last }: { last: boolean }) => {
    const operation = operationOf(key);
    let begun = false;
    return store.transact((world) => {
      // The store may have us do our work twice; another call that waited must not follow a kill.
      if (dead && !begun) throw new Error('the process was killed');
      begun = true;
      if (last) dead = true;
      const now = Math.max(world.now, clock.now());
      clock.catchUp(now);
      const { quiet } = store;
      const ctx = contextOf(world, { now, behaviour, callerArn, rights, simulator, quiet });
      advanceWorld(ctx);
      if (options.rates) spend(world, key, now);
      const authority = authorityOf(ctx);
      if (authority)
        checkAllowed(key, operation.authorize(input as never, ctx), { ctx, authority });
      // Nothing but ECS's own calls brings an event of ECS nearer.
      if (quiet && isWrite(key) && key.startsWith('ecs:')) quiet.until = Number.NEGATIVE_INFINITY;
      return operation.run(input as never, ctx);
    });
  };
  const answer = async (key: string, input: object, fault: FaultKind | undefined) => {
    if (fault === 'throttle') throw throttled(key);
    if (fault === '500') throw serverFault(key);
    if (fault === 'denied') throw accessDenied(key, { callerArn, action: key, resource: '*' });
    try {
      return await effect(key, input, { last: fault === 'kill' });
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: the answer, good or bad, is what gets lost
      if (fault === 'lost') throw connectionLost();
    }
  };

  return async (key, input) => {
    if (dead) return never();
    const fault = nextFault(key);
    const startMs = pace.now();
    const log = (error: string | null) =>
      onCall?.({ call: key, write: isWrite(key), startMs, endMs: pace.now(), error });
    await half();
    if (dead) return never();
    const outcome = await answer(key, input, fault).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if (fault === 'kill') {
      dead = true; // also when the call never reached the account
      log('killed');
      return die(kill);
    }
    if (!dead) await half();
    if (dead) return never();
    log('error' in outcome ? (outcome.error as Error).name : null);
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  };
}

/** The part of the options that says what the caller may do, and how IAM tells about it. */
function callerSetting(options: SandboxOptions): {
  rights: CallerRights;
  simulator: Partial<Simulator>;
} {
  const { policies, boundary, scps, simulatorShape, simulatorPageSize } = options;
  return {
    rights: {
      ...(policies ? { policies } : {}),
      ...(boundary ? { boundary } : {}),
      ...(scps ? { scps } : {}),
    },
    simulator: {
      ...(simulatorShape ? { shape: simulatorShape } : {}),
      ...(simulatorPageSize ? { pageSize: simulatorPageSize } : {}),
    },
  };
}

/** A dead process hears no answer; its promises stay open for ever. */
const never = () => new Promise<never>(() => {});

function die(kill: (() => never) | undefined): Promise<never> {
  try {
    kill?.();
  } catch {
    // In a test `kill` throws to get back here; nobody is left to hear it.
  }
  return never();
}

function operationOf(key: string): Operation {
  const [service = '', name = ''] = key.split(':');
  const table = Object.hasOwn(simulated, service) ? simulated[service] : undefined;
  const operation = table && Object.hasOwn(table, name) ? table[name] : undefined;
  if (!operation) throw notSimulated(key);
  return operation;
}

function isWrite(key: string): boolean {
  return Object.hasOwn(manifest, key) && manifest[key as CallKey].write;
}
