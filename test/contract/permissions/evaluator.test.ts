import { runSimulation, runUnsafeSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  evaluate,
  type Policies,
  type PolicyDocument,
  type Request,
} from '../../../src/permissions/evaluate.ts';
import { sampleScope } from '../../unit/permissions/sample-scope.ts';
import { randomCase, randomStarCase } from './random-cases.ts';

const verdicts = {
  Allowed: 'allowed',
  ImplicitlyDenied: 'implicitDeny',
  ExplicitlyDenied: 'explicitDeny',
} as const;

const named = (documents: readonly PolicyDocument[]) =>
  documents.map((policy, i) => ({ name: `policy-${i}`, policy }));

function simulation(request: Request, { identity, boundary, scps = [] }: Policies): Simulation {
  return {
    request: {
      principal: `arn:aws:iam::${sampleScope.account}:user/tester`,
      action: request.action,
      resource: { resource: request.resource, accountId: sampleScope.account },
      contextVariables: request.context ?? {},
    },
    identityPolicies: named(identity),
    serviceControlPolicies: scps.map((level, i) => ({
      orgIdentifier: `level-${i}`,
      policies: named(level),
    })),
    resourceControlPolicies: [],
    ...(boundary ? { permissionBoundaryPolicies: named(boundary) } : {}),
  };
}

/** Counts verdicts, so that a generator that only produces one of them cannot pass. */
function tally() {
  const counts = { allowed: 0, implicitDeny: 0, explicitDeny: 0 };
  return { counts, add: (decision: keyof typeof counts) => counts[decision]++ };
}

/** The gate takes the time for all of them (.ci/run); a quarter is enough in between. */
const runs = process.env.THOROUGH === '1' ? 12_000 : 2_000;
const seed = 20261121;

test(`agrees with the oracle on ${runs} random cases`, () => {
  const { counts, add } = tally();
  fc.assert(
    fc.property(randomCase, ({ request, policies }) => {
      const { decision } = evaluate(request, policies);
      add(decision);
      expect(decision).toBe(verdicts[runUnsafeSimulation(simulation(request, policies), {})]);
    }),
    { numRuns: runs, seed, endOnFailure: false },
  );
  expect(Math.min(...Object.values(counts)), JSON.stringify(counts)).toBeGreaterThan(runs / 12);
});

test('agrees with the oracle on calls that ask for *', async () => {
  const { counts, add } = tally();
  await fc.assert(
    fc.asyncProperty(randomStarCase, async ({ request, policies }) => {
      const { decision } = evaluate(request, policies);
      add(decision);
      const oracle = await runSimulation(simulation(request, policies), {});
      if (oracle.resultType === 'error') throw new Error(JSON.stringify(oracle.errors));
      expect(decision).toBe(verdicts[oracle.overallResult]);
    }),
    { numRuns: 1000, seed },
  );
  expect(Math.min(...Object.values(counts)), JSON.stringify(counts)).toBeGreaterThan(50);
});
