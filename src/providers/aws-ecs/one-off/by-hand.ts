import { PreviewopsError } from '../../../errors.ts';
import { hash } from '../../../preview/hash.ts';
import { owns } from '../../../preview/tags.ts';
import type { RunRequest, RunResult } from '../../provider.ts';
import { readService } from '../resources/service.ts';
import type { Session } from '../session.ts';
import { flagsOf } from './command-text.ts';
import { type OneOff, runOneOff } from './one-off.ts';
import { taskError, taskReport } from './task-failure.ts';

/**
 * Runs a command in the image of the revision in service, and follows it to its end. Rejects with
 * `not-found` without a preview, `hook-failed` when it did not start, `timed-out` when its time was
 * over; an exit code is a result, whichever it is.
 */
export async function runCommandOnce(
  session: Session,
  request: Omit<RunRequest, 'identity'>,
): Promise<RunResult> {
  const { clock, random, startedAt, target } = session;
  const task = await runOneOff(session, {
    taskDefinitionArn: await revisionInService(session),
    command: request.command,
    purpose: 'run',
    // Only against a lost answer: each run by hand is one of its own.
    clientToken: hash(32, 'run', target.identity.id, String(startedAt), String(random())),
    deadline: clock.now() + request.timeoutMs,
    onLines: request.onLines,
  });
  if (task.end !== 'exited' || task.exitCode === undefined) throw ended(session, task);
  return { task: task.taskId, exitCode: task.exitCode, reason: reasonOf(task) };
}

/** What the exit code alone does not say, such as that the container ran out of memory. */
function reasonOf({ stoppedReason, containers }: OneOff): string | null {
  const own = containers.filter((text) => text.includes(': '));
  const usual = stoppedReason?.startsWith('Essential container in task exited');
  return [...(stoppedReason && !usual ? [stoppedReason] : []), ...own].join('; ') || null;
}

function ended({ target }: Session, task: OneOff): PreviewopsError {
  const next = [`previewops status ${flagsOf(target.identity)}`];
  return taskError(taskReport({ what: 'The command', task, next }), { task });
}

async function revisionInService(session: Session): Promise<string> {
  const { app, id } = session.target.identity;
  const service = await readService(session);
  const there = service && owns(service.tags, app, id) ? service : undefined;
  if (there?.status === 'ACTIVE' && there.taskDefinitionArn !== '') return there.taskDefinitionArn;
  throw new PreviewopsError(
    'not-found',
    there ? `The preview ${id} is being removed` : `There is no preview ${id}`,
    {
      hint: `Deploy it with \`previewops deploy ${flagsOf(session.target.identity)}\`, or see what there is with \`previewops list\`.`,
    },
  );
}
