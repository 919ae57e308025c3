import { isNamed } from '../../../aws/errors.ts';
import { owns, type Tags } from '../../../preview/tags.ts';
import { type Draft, nothing, step, updateIf, warning } from '../draft.ts';
import type { Session } from '../session.ts';
import { settle } from '../settle.ts';
import type { Target } from '../target.ts';

export interface LogGroup {
  retentionDays: number | undefined;
  tags: Tags;
}

export async function readLogGroup(session: Session): Promise<LogGroup | undefined> {
  const { aws, target } = session;
  const name = target.names.logGroup;
  const [found, tags] = await Promise.all([
    // The exact name sorts before every longer one, so it is on the first page or nowhere.
    aws.call('logs:DescribeLogGroups', { logGroupNamePrefix: name, limit: 50 }),
    aws.call('logs:ListTagsForResource', { resourceArn: target.arns.logGroup }).then(
      (answer) => answer.tags ?? {},
      (error) => {
        if (isNamed(error, 'ResourceNotFoundException')) return {};
        throw error;
      },
    ),
  ]);
  const group = found.logGroups?.find((g) => g.logGroupName === name);
  return group && { retentionDays: group.retentionInDays, tags };
}

export function planLogGroup(target: Target, observed: LogGroup | undefined): Draft {
  const { names, identity, config } = target;
  if (!observed) return step('create', 'log-group', names.logGroup);
  if (!owns(observed.tags, identity.app, identity.id)) {
    // Teams that may not create log groups from CI make them ahead of time: use it, leave it be.
    return warning(
      `Log group ${names.logGroup} exists without previewops tags: it is used as it is, and kept on destroy`,
    );
  }
  const wanted = config.logs.retentionDays;
  return updateIf(
    'log-group',
    names.logGroup,
    observed.retentionDays === wanted ? [] : [`retention ${wanted} days`],
  );
}

export async function ensureLogGroup(session: Session, observed: LogGroup | undefined) {
  const { aws, target } = session;
  const logGroupName = target.names.logGroup;
  const retentionInDays = target.config.logs.retentionDays;
  await settle(session, {
    observed,
    read: () => readLogGroup(session),
    race: (error) => isNamed(error, 'ResourceAlreadyExistsException', 'OperationAbortedException'),
    act: async (current) => {
      if (!current) await aws.call('logs:CreateLogGroup', { logGroupName, tags: target.tags });
      if (current?.retentionDays === retentionInDays) return;
      await aws.call('logs:PutRetentionPolicy', { logGroupName, retentionInDays });
    },
  });
}

export function planLogGroupRemoval(target: Target, observed: LogGroup | undefined): Draft {
  const { names, identity } = target;
  if (!observed) return nothing;
  if (!owns(observed.tags, identity.app, identity.id)) {
    return warning(`Log group ${names.logGroup} carries no previewops tags and is kept`);
  }
  // A stopping task still writes to it.
  return step('delete', 'log-group', names.logGroup, { after: ['service'] });
}

export async function removeLogGroup(session: Session, observed: LogGroup | undefined) {
  const { aws, target } = session;
  await settle(session, {
    observed,
    read: () => readLogGroup(session),
    race: (error) => isNamed(error, 'ResourceNotFoundException', 'OperationAbortedException'),
    act: async (current) => {
      if (!current) return;
      await aws.call('logs:DeleteLogGroup', { logGroupName: target.names.logGroup });
    },
  });
}
