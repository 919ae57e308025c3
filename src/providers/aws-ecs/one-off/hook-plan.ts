import type { Step } from '../../../preview/plan.ts';
import { owns, type Tags, tagKeys } from '../../../preview/tags.ts';
import { alsoAfter, type Draft, nothing, step, warning } from '../draft.ts';
import type { LogGroup } from '../resources/log-group.ts';
import type { Service } from '../resources/service.ts';
import type { Target } from '../target.ts';
import { byHand, commandText } from './command-text.ts';
import { parseMark } from './mark.ts';

export const hookNames = ['onCreate', 'onDeploy', 'onDestroy'] as const;
export type HookName = (typeof hookNames)[number];

export const hookId = (name: HookName) => `hook:${name}`;

/** What its task is for, as a `TaskOrder` says it. */
export const purposeOf = (name: HookName) => `hook ${name}`;

/** The hook that a step of a plan runs. */
export function hookOf({ id }: Step): HookName {
  const name = hookNames.find((known) => hookId(known) === id);
  if (!name) throw new Error(`${id} is no step of a hook`);
  return name;
}

/** A task needs a revision and a place for its log; the target group carries the mark and the claim. */
const needed = ['task-definition', 'log-group', 'target-group'];

function hookStep(name: HookName, command: readonly string[], after: string[]): Draft {
  return step('run', 'hook', name, { id: hookId(name), changes: [commandText(command)], after });
}

/** Once for each preview: due for a new one, or until an attempt has come to a good end. */
export function planCreateHook(
  { config, identity }: Target,
  observed: { service: Service | undefined; targetGroupTags: Tags | undefined },
): Draft {
  const { onCreate } = config.hooks;
  if (!onCreate) return nothing;
  const { state } = parseMark(observed.targetGroupTags?.[tagKeys.onCreate]);
  const exists =
    observed.service?.status === 'ACTIVE' && owns(observed.service.tags, identity.app, identity.id);
  if (state === 'done') return nothing;
  if (state !== 'none' || !exists) return hookStep('onCreate', onCreate, needed);
  return warning(
    `hooks.onCreate is newer than this preview, and is not run: to run it by hand, ${byHand(identity, onCreate)}`,
  );
}

const newRevision = ['revision', 'another try', 'an unfinished run before'];

/** Before a revision starts that did not run before; `service` is the plan's step for it, if any. */
export function planDeployHook({ config }: Target, service: Step | undefined): Draft {
  const { onDeploy } = config.hooks;
  const due =
    service?.action === 'create' || service?.changes.some((change) => newRevision.includes(change));
  if (!onDeploy || !due) return nothing;
  return hookStep('onDeploy', onDeploy, [...needed, hookId('onCreate')]);
}

/** Before anything is removed, while there is still something to run it in. */
export function planDestroyHook(
  { config, identity }: Target,
  observed: { service: Service | undefined; logGroup: LogGroup | undefined },
): Draft {
  const { onDestroy } = config.hooks;
  const { service, logGroup } = observed;
  const runs =
    service?.status === 'ACTIVE' &&
    service.taskDefinitionArn !== '' &&
    owns(service.tags, identity.app, identity.id);
  if (!onDestroy || !runs || !logGroup) return nothing;
  return hookStep('onDestroy', onDestroy, []);
}

/** The steps, each also after those hooks that the plan has. */
export function afterHooks(draft: Draft, ...names: HookName[]): Draft {
  return alsoAfter(draft, names.map(hookId));
}
