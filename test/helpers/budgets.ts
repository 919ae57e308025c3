/** What one call to AWS takes where round trips are counted. */
export const latencyMs = 50;

/** No measured value may be above its budget: tests assert these numbers, `npm run bench` prints them. */
export const budgets = {
  /** Real time, and so for `npm run bench` alone: a slow machine must not fail a test. */
  startMs: 40,
  entry: { bytes: 64 * 1024, packages: ['commander'] },
  package: { bytes: 600 * 1024, dependencies: 0 },
  /** Round trips deep. */
  depth: { firstDeploy: 6, redeploy: 5, unchanged: 3, destroy: 6 },
  unchangedWrites: 0,
  pollMs: 3_000,
  list: {
    /** Pages of services can only be had one after the other: two round trips beside them. */
    depthBesideChain: 2,
    calls: 300,
    /** With the simulated account of 6,000 services, and what the listing adds to it. */
    megabytes: { all: 150, listing: 30 },
  },
  /** Of all calls of a prune, those that AWS refuses as one too many. */
  refusedShare: 1 / 200,
};
