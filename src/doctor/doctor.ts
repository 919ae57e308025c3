import { exitCodes } from '../errors.ts';
import { balancerName } from '../providers/aws-ecs/target.ts';
import type { Check, CheckResult, Finding, Outcome } from './check.ts';
import { buildChecks } from './checks/build.ts';
import { callerChecks, identityChecks } from './checks/caller.ts';
import { clusterChecks } from './checks/cluster.ts';
import { hygieneChecks } from './checks/hygiene.ts';
import { loadBalancerChecks } from './checks/load-balancer.ts';
import { nameChecks } from './checks/names.ts';
import { networkChecks } from './checks/network.ts';
import { quotaChecks } from './checks/quotas.ts';
import { roleChecks } from './checks/roles.ts';
import type { Tools } from './facts/tools.ts';
import { type Facts, gatherFacts } from './facts.ts';
import { type Group, groups, permissionGroups } from './groups.ts';
import { gapOf } from './read.ts';

export const checks: readonly Check[] = [
  ...callerChecks,
  ...roleChecks,
  ...clusterChecks,
  ...loadBalancerChecks,
  ...networkChecks,
  ...nameChecks,
  ...quotaChecks,
  ...buildChecks,
  ...hygieneChecks,
];

export interface DoctorOptions extends Tools {
  /** Only these groups; all when absent or empty. */
  only?: readonly Group[];
}

/**
 * Runs every check at once, on reads that they share, and gives their results by group, in the
 * order of the checks. Rejects only when it is interrupted: a check that breaks down is a result.
 */
export async function runDoctor({ only = [], ...tools }: DoctorOptions): Promise<CheckResult[]> {
  const facts = gatherFacts(tools);
  const balancers = factsByBalancer(facts, tools);
  const wanted = checks.filter(({ group }) => only.length === 0 || only.includes(group));
  const results = (
    await Promise.all(
      wanted.map((check) =>
        check.eachListener && balancers.length > 1
          ? Promise.all(balancers.map((one) => runCheckAt(check, one)))
          : runCheck(check, facts),
      ),
    )
  ).flat(2);
  const telling = await reliable(results, facts);
  return groups.flatMap((group) => telling.filter((result) => result.group === group));
}

interface BalancerFacts {
  balancer: string;
  facts: Facts;
}

/** The facts as they would be with each listener alone: what is read of the account is read once more at most. */
function factsByBalancer(first: Facts, tools: Tools): BalancerFacts[] {
  const { providerConfig } = tools.config;
  return providerConfig.albListenerArns.map((albListenerArn, index) => {
    const config = { ...tools.config, providerConfig: { ...providerConfig, albListenerArn } };
    const facts = index === 0 ? first : gatherFacts({ ...tools, config });
    return { balancer: balancerName(albListenerArn), facts };
  });
}

/** Says of each result which load balancer it is about. */
async function runCheckAt(
  check: Check,
  { balancer, facts }: BalancerFacts,
): Promise<CheckResult[]> {
  const results = await runCheck(check, facts);
  return results.map((result) => ({ ...result, title: `${result.title} (${balancer})` }));
}

/**
 * What was seen with no credentials, or with those of another account, says nothing about the
 * account that is meant: then only the checks that tell so are kept, asked for or not.
 */
async function reliable(results: CheckResult[], facts: Facts): Promise<CheckResult[]> {
  const who = (await Promise.all(identityChecks.map((check) => runCheck(check, facts)))).flat();
  if (who.every(({ status }) => status !== 'fail')) return results;
  const others = results.filter(({ id }) => who.every((each) => each.id !== id));
  const seen = 'not looked at: there are no credentials for the account that is meant';
  return [
    ...who,
    ...others.map(({ id, group, title }) => ({ id, group, title, status: 'skip' as const, seen })),
  ];
}

export async function runCheck(check: Check, facts: Facts): Promise<CheckResult[]> {
  const { id, group, title } = check;
  const complete = (finding: Finding): CheckResult => ({ id, group, title, ...finding });
  try {
    const found: Outcome | Finding[] = await check.run(facts);
    return Array.isArray(found) ? found.map(complete) : [complete(found)];
  } catch (error) {
    facts.signal.throwIfAborted();
    return [complete(brokenDown(error))];
  }
}

/** What no check provides for fails loudly, rather than pass for a skip. */
function brokenDown(error: unknown): Outcome {
  const { seen } = gapOf(error);
  return {
    status: 'fail',
    seen: `the check itself broke down (${seen})`,
    fix: 'The other checks are not affected. Please report this, with the output of `previewops doctor --json`.',
  };
}

/** Whether a result counts against the account; with `strict`, warnings do too. */
export const counts = ({ status }: CheckResult, strict: boolean): boolean =>
  status === 'fail' || (strict && status === 'warn');

/** 3 when a permission fails, 1 for other failures, else 0. */
export function exitCodeOf(results: readonly CheckResult[], strict: boolean): number {
  const failed = results.filter((result) => counts(result, strict));
  if (failed.length === 0) return exitCodes.done;
  // Nobody's permissions are at fault when AWS cannot be reached, or fails.
  const faults: readonly unknown[] = ['aws-unreachable', 'aws-failed', 'internal'];
  const permission = failed.some(
    ({ group, code }) => permissionGroups.includes(group) && !faults.includes(code),
  );
  return permission ? exitCodes.denied : exitCodes.failed;
}
