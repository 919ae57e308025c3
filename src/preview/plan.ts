/** Kinds of resources that a preview consists of, in the order a person would name them. */
export const resourceKinds = [
  'repository',
  'build-project',
  'image',
  'log-group',
  'task-definition',
  'target-group',
  'listener-rule',
  'hook',
  'task',
  'service',
  'dns-record',
] as const;
export type ResourceKind = (typeof resourceKinds)[number];

export type StepAction = 'create' | 'update' | 'replace' | 'delete' | 'run';

/** One create, update, replace or delete of one resource, or the run of a hook. */
export interface Step {
  /** Unique in the plan, e.g. `service`, `listener-rule:2`, `hook:onDeploy`, `task:<id>`. */
  id: string;
  action: StepAction;
  resource: ResourceKind;
  /** The resource's name as AWS shows it; a hook's is its key in the configuration. */
  name: string;
  /** For an update or replace: what differs, in words. For a hook: the command, as one text. */
  changes: string[];
  /** Ids of the steps that must be done first. */
  after: string[];
}

/** A resource in the way that carries none of our tags: never adopted, never deleted. */
export interface Conflict {
  resource: ResourceKind;
  name: string;
  reason: string;
  hint: string;
}

/** What a run would do: versioned data, printed by `--dry-run` and carried out by apply. */
export interface Plan {
  version: 1;
  type: 'deploy' | 'destroy';
  preview: { app: string; id: string; url: string };
  steps: Step[];
  conflicts: Conflict[];
  warnings: string[];
}
