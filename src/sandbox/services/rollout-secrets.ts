import { evaluate } from '../../permissions/evaluate.ts';
import { arnOf } from '../arn.ts';
import { accessDenied } from '../faults.ts';
import type { Role } from '../iam-types.ts';
import { boundaryOf, sourcesOf } from '../principals.ts';
import type { Ctx } from '../types.ts';
import type { Task, TaskDefinition } from './ecs-state.ts';

/** A secret or parameter as a container definition names it, and what reading it needs. */
interface Reference {
  arn: string;
  action: 'secretsmanager:GetSecretValue' | 'ssm:GetParameters';
}

interface Reader {
  role: Role;
  /** The session in which ECS reads for the task. */
  session: string;
}

/**
 * Why ECS cannot hand the containers their secrets, if it cannot: the execution role must be allowed
 * to read each. Undefined when all can be read. The secrets themselves are taken to exist.
 */
export function secretProblem(
  ctx: Ctx,
  definition: TaskDefinition['definition'],
  task: Pick<Task, 'id'>,
): string | undefined {
  const named = (definition.containerDefinitions ?? []).flatMap(({ secrets = [] }) => secrets);
  const { partition, account, iam } = ctx.world;
  const { executionRoleArn: wanted } = definition;
  const role = Object.values(iam.roles).find(({ arn, name }) => arn === wanted || name === wanted);
  if (!role) return undefined;
  const session = `arn:${partition}:sts::${account}:assumed-role/${role.name}/${task.id}`;
  for (const { valueFrom = '' } of named) {
    const reference = referenceOf(ctx, valueFrom);
    const denial = denialOf(ctx, reference, { role, session });
    if (denial !== undefined) return sentence(reference, denial);
  }
  return undefined;
}

/** A secret's ARN may go on with a JSON key and a version; a parameter may be given by its name alone. */
function referenceOf({ world }: Ctx, valueFrom: string): Reference {
  if (valueFrom.includes(':secretsmanager:')) {
    const arn = valueFrom.split(':').slice(0, 7).join(':');
    return { arn, action: 'secretsmanager:GetSecretValue' };
  }
  const name = valueFrom.replace(/^\//, '');
  const arn = valueFrom.startsWith('arn:') ? valueFrom : arnOf(world, 'ssm', `parameter/${name}`);
  return { arn, action: 'ssm:GetParameters' };
}

function denialOf(
  ctx: Ctx,
  { arn, action }: Reference,
  { role, session }: Reader,
): string | undefined {
  const principal = { kind: 'role', entity: role } as const;
  const boundary = boundaryOf(ctx, principal);
  // Secrets Manager puts six characters behind the name, which a task definition may leave out.
  const open = action === 'secretsmanager:GetSecretValue' && !/-[A-Za-z0-9]{6}$/.test(arn);
  const { decision, by = 'identity' } = evaluate(
    {
      action,
      resource: open ? `${arn}-AbCdEf` : arn,
      context: {
        'aws:RequestedRegion': ctx.world.region,
        'aws:PrincipalArn': role.arn,
        'aws:PrincipalAccount': ctx.world.account,
        'aws:SecureTransport': 'true',
      },
    },
    {
      identity: sourcesOf(ctx, principal).map(({ document }) => document),
      ...(boundary ? { boundary } : {}),
    },
  );
  if (decision === 'allowed') return undefined;
  const explicit = decision === 'explicitDeny';
  return accessDenied(action, { callerArn: session, action, resource: arn, explicit, by }).message;
}

function sentence({ arn, action }: Reference, denial: string): string {
  const failed =
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:';
  const retried = 'service call has been retried 1 time(s):';
  return action === 'ssm:GetParameters'
    ? `${failed} unable to retrieve secrets from ssm: ${retried} AccessDeniedException: ${denial}`
    : `${failed} unable to retrieve secret from asm: ${retried} failed to fetch secret ${arn} from secrets manager: AccessDeniedException: ${denial}`;
}
