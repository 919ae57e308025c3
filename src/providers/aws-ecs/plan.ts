import type { Plan, ResourceKind, Step } from '../../preview/plan.ts';
import { tagKeys } from '../../preview/tags.ts';
import { alsoAfter, combine, complete, type Draft, nothing, warning } from './draft.ts';
import { placeOf } from './listeners.ts';
import { type DeployObservation, type DestroyObservation, seenIn } from './observe.ts';
import {
  afterHooks,
  planCreateHook,
  planDeployHook,
  planDestroyHook,
} from './one-off/hook-plan.ts';
import { planTasksRemoval, type RunningTask } from './one-off/left-running.ts';
import { planBuildProject } from './resources/build-project.ts';
import { planDnsRecord, planDnsRecordRemoval } from './resources/dns-record.ts';
import { pinned, planImage } from './resources/image.ts';
import { planImagesRemoval } from './resources/images-removal.ts';
import { planRule, planRuleRemoval } from './resources/listener-rule.ts';
import { planLogGroup, planLogGroupRemoval } from './resources/log-group.ts';
import { planRepository } from './resources/repository.ts';
import { planService, planServiceRemoval } from './resources/service.ts';
import { planTargetGroup, planTargetGroupRemoval } from './resources/target-group.ts';
import {
  matching,
  normalise,
  planTaskDefinition,
  registration,
} from './resources/task-definition.ts';
import { planRevisionsRemoval } from './resources/task-definitions-removal.ts';
import type { Target } from './target.ts';

/** From what is to what should be: pure, so that a dry run and a deploy cannot disagree. */
export function planDeploy(
  target: Target,
  observed: DeployObservation,
  request: { commit: string | undefined; rebuild: boolean },
): Plan {
  const { commit, rebuild } = request;
  const image = knownImage(target, observed, rebuild);
  const want = image === undefined ? undefined : normalise(registration(target, image, commit));
  const taskDefinitionArn = want && matching(want, observed.revisions)?.arn;
  const { targetGroup } = observed;
  const createHook = planCreateHook(target, {
    service: observed.service,
    targetGroupTags: targetGroup?.tags,
  });
  // What other runs could see goes on under a claim, and the service is told whose it was.
  const claimed = combine([
    planBuilding(target, observed, rebuild),
    planTargetGroup(target, targetGroup),
    planRule(target, observed.rules, targetGroup),
    planTaskDefinition(target, { image, commit, candidates: observed.revisions }),
    stepsOf(createHook),
  ]);
  const service = planService(target, {
    observed: observed.service,
    wish: {
      taskDefinitionArn,
      targetGroupArn: targetGroup?.arn,
      claim: targetGroup?.tags[tagKeys.claim],
      commit,
      claims: needsClaim(claimed.steps),
    },
  });
  const drafts = [
    claimed,
    observed.given?.warning ? warning(observed.given.warning) : nothing,
    planLogGroup(target, observed.logGroup),
    planDeployHook(target, service.steps[0]),
    afterHooks(service, 'onCreate', 'onDeploy'),
    planDnsRecord(target, observed.dnsRecord, plannedListener(target, observed)),
  ];
  // An unchanged redeploy need not be told of a hook again and again.
  const idle = drafts.every(({ steps }) => steps.length === 0);
  return asPlan('deploy', target, idle ? drafts : [...drafts, warningsOf(createHook)]);
}

/** Where the preview's rule is or will be, unless there is no room for one. */
export function plannedListener(target: Target, observed: DeployObservation): string | undefined {
  const place = placeOf(target, seenIn(observed));
  return 'full' in place ? undefined : place.listenerArn;
}

const stepsOf = ({ steps }: Draft): Draft => ({ ...nothing, steps });
const warningsOf = ({ warnings }: Draft): Draft => ({ ...nothing, warnings });

const underClaim: readonly ResourceKind[] = [
  'image',
  'task-definition',
  'target-group',
  'listener-rule',
  'hook',
  'service',
];

/** Whether any of the steps is one that another run of the same preview could see. */
export function needsClaim(steps: readonly Step[]): boolean {
  return steps.some((step) => underClaim.includes(step.resource));
}

/** The image that will run, unless it is yet to be built. */
export function knownImage(
  target: Target,
  { building, given }: DeployObservation,
  rebuild: boolean,
): string | undefined {
  if (given) return given.reference;
  return building?.digest && !rebuild ? pinned(target, building.digest) : undefined;
}

function planBuilding(target: Target, { building }: DeployObservation, rebuild: boolean): Draft {
  if (!building) return nothing;
  const { order, digest, repository, project } = building;
  return combine([
    planRepository(target, repository),
    planBuildProject(target, project),
    planImage(target, { order, digest, rebuild }),
  ]);
}

export function planDestroy(
  target: Target,
  observed: DestroyObservation,
  running: readonly RunningTask[] = [],
): Plan {
  const hook = planDestroyHook(target, observed);
  const tasks = planTasksRemoval(running, {
    next: hook.steps.length > 0 ? 'onDestroy' : undefined,
  });
  const ended = tasks.steps.map(({ id }) => id);
  const removal = combine([
    planServiceRemoval(target, observed.service),
    planRuleRemoval(target, observed.rules),
    planDnsRecordRemoval(target, observed.dnsRecord),
    planRevisionsRemoval(target, observed.revisions),
    planImagesRemoval(target, observed.imageTags),
    planLogGroupRemoval(target, observed.logGroup),
    planTargetGroupRemoval(target, observed.targetGroup),
  ]);
  return asPlan('destroy', target, [
    tasks,
    alsoAfter(hook, ended),
    // They write to the log, and the target group, which has the claim, is the last to go.
    alsoAfter(afterHooks(removal, 'onDestroy'), ended, ['log-group', 'target-group']),
  ]);
}

function asPlan(type: Plan['type'], { identity }: Target, drafts: Draft[]): Plan {
  const { app, id, url } = identity;
  return { version: 1, type, preview: { app, id, url }, ...complete(drafts) };
}
