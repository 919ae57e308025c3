import type { Quiet, World } from './types.ts';

/** Where the one current world is, for this process and any others. */
export interface Store {
  /**
   * Runs `work` on the current world while nobody else can, and keeps what it did. An answer of
   * AWS that is an error (`keeps`) keeps the world too; any other error leaves it as it was.
   */
  transact<T>(work: (world: World) => T): Promise<T>;
  /** A copy of the current world. */
  snapshot(): World;
  /** Absent where other processes change the world as well. Who changes it sets this back. */
  quiet?: Quiet;
}

/** A world in memory, for tests and for looking around. */
export function createMemoryStore(world: World): Store {
  return {
    transact: async (work) => work(world),
    snapshot: () => structuredClone(world),
    quiet: { until: Number.NEGATIVE_INFINITY },
  };
}
