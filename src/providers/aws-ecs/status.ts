import { PreviewopsError } from '../../errors.ts';
import { owns, tagKeys } from '../../preview/tags.ts';
import type { PreviewReport } from '../provider.ts';
import { collectEvidence, hintOf } from './diagnose.ts';
import { type Common, observePreview } from './observe.ts';
import { ownRules } from './resources/listener-rule.ts';
import { primary, type Service } from './resources/service.ts';
import { readTaskDefinition } from './resources/task-definition.ts';
import type { Session } from './session.ts';
import { type Finding, summarise } from './summary.ts';
import type { Target } from './target.ts';

const eventsShown = 10;

/** One preview in full. Rejects with `not-found` when nothing of it exists. */
export async function status(session: Session): Promise<PreviewReport> {
  const { target, clock } = session;
  const { id } = target.identity;
  const common = await observePreview(session);
  const { targetGroup: group } = common;
  const found = findingOf(target, common);
  if (!found.service && found.resources.size === 0) {
    throw new PreviewopsError('not-found', `There is no preview ${id}`, {
      hint: 'See what there is with `previewops list`.',
    });
  }
  const summary = summarise(found, { now: clock.now(), config: target.config });
  const inService = found.service ? primary(found.service) : undefined;
  const [parts, failure] = await Promise.all([
    runningParts(session, found.service, group?.arn),
    summary.status === 'failed' && found.service && group
      ? explainFailure(session, {
          service: found.service,
          targetGroupArn: group.arn,
          sentence: summary.detail ?? '',
        })
      : undefined,
  ]);
  return {
    summary: { ...summary, url: summary.url ?? target.identity.url },
    revision: inService?.taskDefinition?.split('/').at(-1) ?? null,
    ...parts,
    events: (found.service?.events ?? []).slice(0, eventsShown).map((event) => ({
      at: event.createdAt?.toISOString() ?? null,
      message: event.message ?? '',
    })),
    failure: failure ?? null,
  };
}

/** What is there of one preview, by its tags. */
export function findingOf(target: Target, observed: Common): Finding {
  const { app, id } = target.identity;
  const { service, targetGroup: group, rules, logGroup } = observed;
  const ours = owns(group?.tags, app, id) ? group : undefined;
  return {
    app,
    id,
    service: service && owns(service.tags, app, id) ? service : undefined,
    resources: new Set([
      ...(ours ? ['target-group'] : []),
      ...(ownRules(target, rules).length > 0 ? ['listener-rule'] : []),
      ...(owns(logGroup?.tags, app, id) ? ['log-group'] : []),
    ]),
    claim: ours?.tags[tagKeys.claim],
    failed: ours?.tags[tagKeys.failed],
  };
}

type Parts = Pick<PreviewReport, 'image' | 'deployments' | 'tasks' | 'targets'>;

async function runningParts(
  session: Session,
  service: Service | undefined,
  targetGroupArn: string | undefined,
): Promise<Parts> {
  const [definition, tasks, targets] = await Promise.all([
    service && readTaskDefinition(session, service.taskDefinitionArn),
    service ? readTasks(session) : [],
    targetGroupArn ? readTargets(session, targetGroupArn) : [],
  ]);
  const containers = (definition?.spec.containers ?? []) as { name: string; image: string }[];
  const { name } = session.target.config.container;
  return {
    image: containers.find((container) => container.name === name)?.image ?? null,
    deployments: (service?.deployments ?? []).map((d) => ({
      id: d.id ?? '',
      revision: d.taskDefinition?.split('/').at(-1) ?? '',
      status: d.status ?? '',
      rollout: d.rolloutState ?? null,
      reason: d.rolloutStateReason ?? null,
      running: d.runningCount ?? 0,
      desired: d.desiredCount ?? 0,
      failed: d.failedTasks ?? 0,
    })),
    tasks,
    targets,
  };
}

async function readTasks({ aws, target }: Session): Promise<PreviewReport['tasks']> {
  const { cluster } = target.config.providerConfig;
  const lists = await Promise.all(
    (['RUNNING', 'STOPPED'] as const).map((desiredStatus) =>
      aws.call('ecs:ListTasks', { cluster, serviceName: target.names.service, desiredStatus }),
    ),
  );
  const tasks = lists.flatMap((list) => list.taskArns ?? []).slice(0, 100);
  if (tasks.length === 0) return [];
  const answer = await aws.call('ecs:DescribeTasks', { cluster, tasks });
  return (answer.tasks ?? []).map((task) => ({
    id: task.taskArn?.split('/').at(-1) ?? '',
    revision: task.taskDefinitionArn?.split('/').at(-1) ?? '',
    status: task.lastStatus ?? '',
    startedAt: task.startedAt?.toISOString() ?? null,
    stoppedReason: task.stoppedReason ?? null,
  }));
}

async function readTargets(
  { aws }: Session,
  TargetGroupArn: string,
): Promise<PreviewReport['targets']> {
  const answer = await aws.call('elasticloadbalancing:DescribeTargetHealth', { TargetGroupArn });
  return (answer.TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => ({
    target: `${Target?.Id ?? ''}:${Target?.Port ?? ''}`,
    state: TargetHealth?.State ?? '',
    reason: TargetHealth?.Reason ?? null,
    description: TargetHealth?.Description ?? null,
  }));
}

async function explainFailure(
  session: Session,
  failed: { service: Service; targetGroupArn: string; sentence: string },
) {
  const { service, targetGroupArn, sentence } = failed;
  const rollout = service.deployments.find((d) => d.rolloutState === 'FAILED');
  const evidence = await collectEvidence(session, { id: rollout?.id, targetGroupArn, service });
  return { sentence, ...evidence, hint: hintOf(evidence, sentence), next: [] };
}
