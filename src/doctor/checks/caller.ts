import { featuresOf } from '../../config/features.ts';
import type { CallingCommand } from '../../permissions/manifest.ts';
import { neededRequests } from '../../permissions/requests.ts';
import type { Scope } from '../../permissions/scope.ts';
import { type Check, type Finding, fail, type Outcome, ok, skip, warn } from '../check.ts';
import type { Facts } from '../facts.ts';
import { permissionFindings } from '../iam/findings.ts';
import type { Principal } from '../iam/iam.ts';
import { passRoleFinding, passRoleProbes } from '../iam/pass-role.ts';

const credentials: Check = {
  id: 'caller.credentials',
  group: 'caller',
  title: 'credentials work',
  async run({ caller }) {
    const read = await caller();
    if (read.ok) return ok(read.value.Arn ?? 'an unknown caller');
    const seen = read.gap.seen.replace(/^not looked at: /, '');
    const fix = read.gap.fix ?? 'AWS failed to answer: run doctor again in a while.';
    return { ...read.gap, status: 'fail', seen, fix };
  },
};

const account: Check = {
  id: 'caller.account',
  group: 'caller',
  title: "they are the configuration's account",
  async run({ caller, config }) {
    const { account: wanted, region } = config.providerConfig;
    const read = await caller();
    if (!read.ok) return skip('nobody knows who calls');
    if (read.value.Account === wanted) return ok(`${wanted}, region ${region}`);
    return fail(
      `the credentials belong to account ${read.value.Account}, and the configuration names account ${wanted} in ${region}`,
      'Use another profile (--profile NAME) or role (--role-arn ARN), or correct the ARNs in providerConfig.',
    );
  },
};

const permissions: Check = {
  id: 'caller.permissions',
  group: 'caller',
  title: 'may do what the commands do',
  async run(facts) {
    const principal = await facts.iam.principal();
    if (principal.kind === 'unknown') return [unverifiable(principal, facts.commands)];
    const scope = await scopeFor(facts, principal.arn);
    const { commands, config } = facts;
    const requests = neededRequests(scope, {
      commands,
      tags: config.tags,
      features: featuresOf(config),
    });
    const probes = passRoleProbes(requests, scope);
    const read = await facts.iam.judge(principal.arn, [...requests, ...probes]);
    if (!read.ok)
      return [unverifiable({ kind: 'unknown', why: read.gap.seen, gap: read.gap }, commands)];
    const { by, judged } = read.value;
    const needed = new Set(requests);
    const passRole = passRoleFinding(
      judged.filter(({ request }) => !needed.has(request)),
      { requests, scope },
    );
    return [
      caveat(principal, by),
      ...permissionFindings(
        judged.filter(({ request }) => needed.has(request)),
        scope,
      ),
      ...(passRole ? [passRole] : []),
    ];
  },
};

/** Permissions are those on the listener that is meant, whatever ARN the configuration has for it. */
async function scopeFor({ scope, listener }: Facts, callerArn: string): Promise<Scope> {
  const found = await listener();
  const listenerArn = (found.ok ? found.value?.ListenerArn : undefined) ?? scope.listenerArn;
  return { ...scope, listenerArn, callerArn };
}

/** How the verdicts were found, and what they cannot see. */
function caveat(
  { arn, assumed }: Principal & { kind: 'known' },
  by: 'simulation' | 'policies',
): Finding {
  const session = assumed ? '; a session policy, if the session has one, is not seen' : '';
  const how = {
    simulation: 'simulated by IAM',
    policies: 'judged by its own policies, without service control policies',
  };
  return {
    id: 'caller.principal',
    title: 'whose permissions',
    ...ok(`${arn}, ${how[by]}${session}`),
  };
}

function unverifiable(
  { why, gap }: Principal & { kind: 'unknown' },
  commands: readonly CallingCommand[],
): Finding {
  const asked = commands.map((command) => `--for ${command}`).join(' ');
  const byFile = `Or compare its policies with what is needed:\n  previewops policy ${asked}\n  previewops doctor --policy-file FILE`;
  const seen = `cannot be verified: ${why}`;
  return warn(seen, [gap?.fix, byFile].filter(Boolean).join('\n')) satisfies Outcome;
}

/** Without these, nothing that is read is about the right account. */
export const identityChecks: readonly Check[] = [credentials, account];
export const callerChecks: readonly Check[] = [...identityChecks, permissions];
