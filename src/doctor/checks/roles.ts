import { deniedText, grantText } from '../../permissions/denial.ts';
import { roleNeeds, roleStatements } from '../../permissions/role-needs.ts';
import { type Check, type Finding, fail, type Outcome, ok, skip, warn } from '../check.ts';
import type { Facts } from '../facts.ts';
import { nameOfArn } from '../iam/principal.ts';
import { roleFacts, roleRequests } from '../iam/role-requests.ts';
import { roleFix } from '../iam/stack-role.ts';
import { decodeDocument, judgeTrust } from '../iam/trust.ts';
import { deployRole } from './roles-deploy.ts';
import { sourceOf, trustFix } from './roles-trust.ts';

/** A role of the configuration, and what it is for. */
interface Use {
  kind: 'execution' | 'build' | 'task';
  arn: string;
  /** The line of the configuration that names it. */
  key: string;
}

function usesOf({ config }: Facts): Use[] {
  const { executionRoleArn } = config.providerConfig;
  const { roleArn } = config.task;
  return [
    { kind: 'execution', arn: executionRoleArn, key: 'providerConfig.executionRoleArn' },
    { kind: 'build', arn: config.build.roleArn, key: 'build.roleArn' },
    ...(roleArn === undefined
      ? []
      : [{ kind: 'task' as const, arn: roleArn, key: 'task.roleArn' }]),
  ];
}

const services = {
  execution: 'ecs-tasks.amazonaws.com',
  task: 'ecs-tasks.amazonaws.com',
  build: 'codebuild.amazonaws.com',
} as const;

/** A check that is made of each role. */
const ofEach = (
  id: string,
  title: string,
  look: (use: Use, facts: Facts) => Promise<Outcome | undefined>,
): Check => ({
  id: `roles.${id}`,
  group: 'roles',
  title,
  async run(facts) {
    const found = await Promise.all(
      usesOf(facts).map(async (use): Promise<Finding[]> => {
        const outcome = await look(use, facts);
        const named = { id: `roles.${use.kind}.${id}`, title: `${use.kind} role ${title}` };
        return outcome ? [{ ...named, ...outcome }] : [];
      }),
    );
    return found.flat();
  },
});

const exists = ofEach('exists', 'exists', async ({ arn, kind, key }, { role }) => {
  const read = await role(nameOfArn(arn));
  if (!read.ok) return read.gap;
  const created = `previewops policy --role ${kind} --format cloudformation`;
  if (!read.value) {
    const how =
      kind === 'task'
        ? `Create it, or correct ${key}.`
        : `Create it, or correct ${key}:\n  ${created}`;
    return fail(`there is no role ${arn}`, how);
  }
  if (read.value.Arn === arn) return ok(arn);
  return fail(`the role's ARN is ${read.value.Arn}, not ${arn}`, `${key}: ${read.value.Arn}`);
});

const trusts = ofEach('trust', 'trusts its service', async ({ arn, kind }, facts) => {
  const read = await facts.role(nameOfArn(arn));
  if (!read.ok) return read.gap;
  if (!read.value) return skip('there is no such role');
  const service = services[kind];
  const document = decodeDocument(read.value.AssumeRolePolicyDocument);
  const verdict = document
    ? judgeTrust(document, { service, context: sourceOf(kind, facts.scope) })
    : 'refused';
  if (verdict === 'trusted') return ok(service);
  const fix = trustFix(read.value, { statements: document?.Statement, service });
  if (verdict === 'refused') return fail(`its trust policy does not let ${service} assume it`, fix);
  return warn(`whether ${service} may assume it depends on ${verdict.dependsOn.join(', ')}`, fix);
});

const may = ofEach('permissions', 'may do its work', async ({ arn, kind }, facts) => {
  if (kind === 'task') return undefined; // what the app itself calls is the app's to know
  const found = await facts.role(nameOfArn(arn));
  if (found.ok && !found.value) return skip('there is no such role');
  const about = roleFacts(facts.config, facts.scope);
  const requests = roleRequests(kind, about);
  const real = (found.ok ? found.value?.Arn : undefined) ?? arn;
  const read = await facts.iam.judge(real, requests);
  const needed = roleStatements(roleNeeds(kind, about));
  if (!read.ok) {
    const check = `Or compare its policies with \`previewops policy --role ${kind}\`.`;
    return warn(
      `cannot be verified: ${read.gap.seen}`,
      [read.gap.fix, check].filter(Boolean).join('\n'),
    );
  }
  const { judged } = read.value;
  const denied = judged.filter(({ judgement }) => judgement.state === 'denied');
  const unknown = judged.filter(({ judgement }) => judgement.state === 'unknown');
  const actionsOf = (some: typeof judged) => [
    ...new Set(some.map(({ request }) => request.action)),
  ];
  const [first] = denied;
  if (first) {
    const actions = actionsOf(denied);
    // Only what is missing: the rest is there already.
    const missing = needed.flatMap(({ Sid: _, ...statement }) => {
      const lacking = [statement.Action ?? []].flat().filter((action) => actions.includes(action));
      return lacking.length === 0 ? [] : [{ ...statement, Action: lacking }];
    });
    const why = first.judgement.why === undefined ? '' : `: ${first.judgement.why}`;
    const others = actions.length > 1 ? `, and ${actions.slice(1).join(', ')}` : '';
    const { action, resource } = first.request;
    return {
      status: 'fail',
      seen: `${deniedText({ action, resource }, 'denies')}${why}${others}`,
      fix: roleFix(arn, { app: facts.app, grant: grantText(missing, `the ${kind} role's`) }),
      permission: {
        action,
        resource,
        statement: missing[0] ?? { Effect: 'Allow', Action: action, Resource: resource },
        commands: ['deploy'],
      },
    };
  }
  const [unsure] = unknown;
  if (!unsure) return ok(`${judged.length} permissions`);
  return warn(
    `cannot be verified: ${actionsOf(unknown).join(', ')}: ${unsure.judgement.why ?? 'no verdict'}`,
    `Compare its policies with \`previewops policy --role ${kind}\`.`,
  );
});

export const roleChecks: readonly Check[] = [exists, trusts, may, deployRole];
