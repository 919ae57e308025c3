import type { Input, Output } from '../../../aws/api.ts';
import { isAmbiguous, isNamed, says } from '../../../aws/errors.ts';
import { PreviewopsError } from '../../../errors.ts';
import { hintFor } from '../hints.ts';
import type { Session } from '../session.ts';
import { settle } from '../settle.ts';
import { lowerTagList } from '../target.ts';

/** What begins ECS's `startedBy` of every task that is none of a service. */
export const starterPrefix = 'previewops/';

export const starterOf = (purpose: string): string =>
  `${starterPrefix}${purpose.replaceAll(/[^\w/-]/g, '-')}`.slice(0, 128);

/** A command to run once in the app's container of a registered revision. */
export interface TaskOrder {
  taskDefinitionArn: string;
  command: readonly string[];
  /** Who asks, e.g. `hook onDeploy` or `run`; the log, the waits and ECS's `startedBy` say so. */
  purpose: string;
  /** While ECS knows it, it starts no second task for it: at most 64 of the characters 33-126. */
  clientToken: string;
  /** Called before each try to start it; rejects when this run should not. */
  guard?: (() => Promise<void>) | undefined;
  /** Called when there surely is no task, before the refusal is thrown. */
  onRefused?: (() => Promise<void>) | undefined;
}

/**
 * Starts the task, or finds the one that was started for this token before; gives its ARN. Rejects
 * with `limit-reached` where the account has no room for it.
 */
export async function startTask(session: Session, order: TaskOrder): Promise<string> {
  const input = runTaskInput(session, order);
  let doubtful = false;
  const ask = async () => {
    await order.guard?.();
    const answer = await session.aws.call('ecs:RunTask', input).catch((error) => {
      doubtful ||= isAmbiguous(error);
      return earlierTask(error);
    });
    const arn = answer.tasks?.[0]?.taskArn;
    if (arn) return arn;
    throw refusal(answer.failures ?? []);
  };
  try {
    return await settle(session, {
      observed: undefined,
      // Nothing to look at: the same token makes a second RunTask find what the first one started.
      read: async () => undefined,
      wait: { forMs: 120_000, everyMs: 3_000, when: notYet },
      act: ask,
    });
  } catch (error) {
    if (!doubtful && !session.signal.aborted) await order.onRefused?.();
    throw overLimit(error) ?? error;
  }
}

function runTaskInput({ target }: Session, order: TaskOrder): Input<'ecs:RunTask'> {
  const { providerConfig, container, task } = target.config;
  return {
    cluster: providerConfig.cluster,
    taskDefinition: order.taskDefinitionArn,
    count: 1,
    launchType: 'FARGATE', // also where the preview is on Spot: half a migration helps nobody
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: providerConfig.subnets,
        securityGroups: providerConfig.securityGroups,
        assignPublicIp: task.assignPublicIp ? 'ENABLED' : 'DISABLED',
      },
    },
    overrides: { containerOverrides: [{ name: container.name, command: [...order.command] }] },
    enableECSManagedTags: true,
    tags: lowerTagList(target.tags),
    startedBy: starterOf(order.purpose),
    clientToken: order.clientToken,
  };
}

/** The token was used with other parameters, such as an older revision: that task counts. */
function earlierTask(error: unknown): Pick<Output<'ecs:RunTask'>, 'tasks' | 'failures'> {
  const [taskArn] = (error as { resourceIds?: string[] }).resourceIds ?? [];
  if (!isNamed(error, 'ConflictException') || !taskArn) throw error;
  return { tasks: [{ taskArn }], failures: [] };
}

/** A new role, or the service-linked one of a new account, is not known everywhere at once. */
function notYet(error: unknown): boolean {
  return (
    isNamed(error, 'InvalidParameterException', 'ClientException') &&
    says(error, /ECS was unable to assume the role|Unable to assume the service linked role/i)
  );
}

const room =
  'Destroy previews that nobody needs, or ask for a higher Fargate vCPU quota (Service Quotas, L-3032A538).';
const limits = /vCPU|limit on the number of|capacity is unavailable|account is currently blocked/i;

function refusal(failures: NonNullable<Output<'ecs:RunTask'>['failures']>): PreviewopsError {
  const texts = failures.map(({ reason, detail }) => [reason, detail].filter(Boolean).join(': '));
  const why = texts.join('; ') || 'ECS does not say why';
  return new PreviewopsError(
    limits.test(why) ? 'limit-reached' : 'aws-failed',
    `ECS started no task: ${why}`,
    { hint: limits.test(why) ? room : (hintFor(texts) ?? 'Try again in a moment.') },
  );
}

/** Fargate's quota comes as one of several exceptions, told apart by their texts alone. */
function overLimit(error: unknown): PreviewopsError | undefined {
  if (error instanceof PreviewopsError || !(error instanceof Error)) return undefined;
  if (!limits.test(error.message)) return undefined;
  return new PreviewopsError('limit-reached', `ECS started no task: ${error.message}`, {
    hint: room,
    cause: error,
  });
}
