import { isNamed, says } from '../../../aws/errors.ts';
import { allPages, batches } from '../../../aws/paginate.ts';
import { owns } from '../../../preview/tags.ts';
import { conflict, type Draft, nothing, step } from '../draft.ts';
import type { Session } from '../session.ts';
import { settle } from '../settle.ts';
import type { Target } from '../target.ts';
import { readTaskDefinition, type TaskDefinition } from './task-definition.ts';

/** Every revision of the preview's family, by what is left to do to it. */
export interface Revisions {
  active: string[];
  /** Deregistered, for instance by a run that was interrupted, and not yet deleted. */
  inactive: string[];
  /** One of them, to see by its tags whose they are. */
  newest: TaskDefinition | undefined;
}

export async function readRevisions(session: Session): Promise<Revisions> {
  const list = (status: 'ACTIVE' | 'INACTIVE') =>
    allPages({
      page: (nextToken) =>
        session.aws.call('ecs:ListTaskDefinitions', {
          familyPrefix: session.target.names.family,
          status,
          nextToken,
        }),
      items: (page) => page.taskDefinitionArns,
      token: (page) => page.nextToken,
    });
  const [active, inactive, current] = await Promise.all([
    list('ACTIVE'),
    list('INACTIVE'),
    readTaskDefinition(session, session.target.names.family),
  ]);
  // A family tells of its newest revision in use only; the rest is known by ARN.
  const last = inactive.at(-1);
  const newest = current ?? (last ? await readTaskDefinition(session, last) : undefined);
  return { active, inactive, newest };
}

export function planRevisionsRemoval(target: Target, observed: Revisions): Draft {
  const { active, inactive, newest } = observed;
  if (active.length + inactive.length === 0) return nothing;
  const { family } = target.names;
  if (newest && !owns(newest.tags, target.identity.app, target.identity.id)) {
    return conflict(
      'task-definition',
      family,
      'carries no previewops tags of this preview',
      'It is left alone.',
    );
  }
  return step('delete', 'task-definition', family, { after: ['service'] });
}

/** AWS deletes only what is deregistered, and at most ten at a time. */
export async function removeRevisions(session: Session, observed: Revisions) {
  await settle(session, {
    observed,
    read: () => readRevisions(session),
    race: isGone,
    act: async ({ active, inactive }) => {
      for (const group of batches(active, 10)) {
        await Promise.all(
          group.map((taskDefinition) =>
            session.aws.call('ecs:DeregisterTaskDefinition', { taskDefinition }),
          ),
        );
      }
      for (const taskDefinitions of batches([...active, ...inactive], 10)) {
        await session.aws.call('ecs:DeleteTaskDefinitions', { taskDefinitions });
      }
    },
  });
}

/** Another destroy was faster. */
function isGone(error: unknown): boolean {
  return (
    isNamed(error, 'ClientException', 'InvalidParameterException') &&
    says(error, /unable to describe|not (be )?found|does not exist|being deleted/i)
  );
}
