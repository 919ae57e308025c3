import type { Policies, Request } from '../../permissions/evaluate.ts';
import type { Outcome } from '../check.ts';
import type { readAccount } from '../facts/account.ts';
import type { Tools } from '../facts/tools.ts';
import { attempt, once, onceEach, type Read, wasDenied } from '../read.ts';
import { createGate } from './gate.ts';
import { readOwnPolicies } from './own-policies.ts';
import { readCaller } from './principal.ts';
import { type Judged, simulate } from './simulate.ts';
import { type Group, groupRequests } from './simulation.ts';
import { judgeOffline } from './verdict.ts';

/** Whom the simulator can be asked about, or why nobody. */
export type Principal =
  | { kind: 'known'; arn: string; assumed: boolean }
  | { kind: 'unknown'; why: string; gap?: Outcome };

export interface Iam {
  principal(): Promise<Principal>;
  /**
   * Judges requests of a principal: by simulation, or where that is not allowed by its own
   * policies. `by` says which. The gap is that of simulating.
   */
  judge<R extends Request>(
    arn: string,
    requests: readonly R[],
  ): Promise<Read<{ by: 'simulation' | 'policies'; judged: Judged<R>[] }>>;
  /** Judges by the principal's own policies alone: a few calls, at no rate of the simulator. */
  judgeByPolicies<R extends Request>(
    arn: string,
    requests: readonly R[],
  ): Promise<Read<Judged<R>[]>>;
}

// IAM publishes no rate for the simulator; bursts below these passed in accounts that were busy otherwise.
const burst = 18;
const perSecond = 5;

/** What IAM says of the caller and of roles. */
export function createIam(tools: Tools, account: ReturnType<typeof readAccount>): Iam {
  const { aws, signal } = tools;
  const gate = createGate({ clock: tools.clock, signal, burst, perSecond });
  const ownPolicies = onceEach((arn) => attempt(() => readOwnPolicies(aws, arn), { signal }));
  const ask = <R extends Request>(arn: string, group: Group<R>) =>
    simulate(arn, group, { aws, gate });
  return {
    principal: once(() => findPrincipal(account)),
    async judgeByPolicies(arn, requests) {
      const read = await ownPolicies(arn);
      return read.ok ? { ok: true, value: judgeAll(requests, read.value) } : read;
    },
    async judge(arn, requests) {
      const [first, ...rest] = groupRequests(requests);
      if (!first) return { ok: true, value: { by: 'simulation', judged: [] } };
      // One call shows whether simulating is allowed at all, before the many.
      const shown = await attempt(() => ask(arn, first), { signal });
      if (!shown.ok)
        return wasDenied(shown)
          ? byPolicies(ownPolicies, { arn, requests, gap: shown.gap })
          : shown;
      const others = await Promise.all(
        rest.map(async (group) => {
          const read = await attempt(() => ask(arn, group), { signal });
          return read.ok
            ? read.value
            : group.requests.map((request) => unanswered(request, read.gap));
        }),
      );
      const judged = [...shown.value, ...others.flat()];
      const doubted = await doubt(judged, () => ownPolicies(arn));
      return { ok: true, value: { by: 'simulation', judged: doubted } };
    },
  };
}

const unanswered = <R extends Request>(request: R, { seen }: Outcome): Judged<R> => ({
  request,
  judgement: { state: 'unknown', why: seen },
});

async function findPrincipal({ caller, role }: ReturnType<typeof readAccount>): Promise<Principal> {
  const read = await caller();
  if (!read.ok) return { kind: 'unknown', why: 'nobody knows who calls', gap: read.gap };
  const who = readCaller(read.value.Arn ?? '');
  if (who.kind === 'other') return { kind: 'unknown', why: who.why };
  if (who.kind === 'user') return { kind: 'known', arn: who.arn, assumed: false };
  const found = await role(who.name);
  if (found.ok && found.value?.Arn) return { kind: 'known', arn: found.value.Arn, assumed: true };
  if (found.ok) return { kind: 'unknown', why: `IAM knows no role ${who.name}` };
  const reserved = who.name.startsWith('AWSReservedSSO_');
  // Role names are unique in an account: without a path the guess is right, or names nobody.
  if (!reserved) return { kind: 'known', arn: who.guess, assumed: true };
  const why = `the real ARN of the Identity Center role ${who.name} has a path that only iam:GetRole tells`;
  return { kind: 'unknown', why, gap: found.gap };
}

/** Simulating is not allowed: the principal's own policies may be readable. */
async function byPolicies<R extends Request>(
  ownPolicies: (arn: string) => Promise<Read<Policies>>,
  { arn, requests, gap }: { arn: string; requests: readonly R[]; gap: Outcome },
): Promise<Read<{ by: 'policies'; judged: Judged<R>[] }>> {
  const read = await ownPolicies(arn);
  if (!read.ok) return { ok: false, gap };
  return { ok: true, value: { by: 'policies', judged: judgeAll(requests, read.value) } };
}

const judgeAll = <R extends Request>(requests: readonly R[], policies: Policies): Judged<R>[] =>
  requests.map((request) => ({ request, judgement: judgeOffline(request, policies) }));

/** Classic and newer load balancers share the action, and the simulator may judge it on the wrong kind. */
const doubtful = 'elasticloadbalancing:AddTags';

/** A plain refusal of the doubtful action counts only when the principal's own policies agree. */
async function doubt<R extends Request>(
  judged: Judged<R>[],
  ownPolicies: () => Promise<Read<Policies>>,
): Promise<Judged<R>[]> {
  const refused = ({ request, judgement }: Judged<R>) =>
    request.action === doubtful && judgement.state === 'denied' && !judgement.explicit;
  if (!judged.some(refused)) return judged;
  const read = await ownPolicies();
  return judged.map((each) => {
    if (!refused(each)) return each;
    if (read.ok && judgeOffline(each.request, read.value).state === 'denied') return each;
    const why = 'the simulator denies it, but it is known to misjudge this action';
    return { ...each, judgement: { state: 'unknown', why } };
  });
}
