/** CloudFormation's part of the account: stacks, keyed by their ids, which are ARNs. */
export interface CloudFormationState {
  stacks: Record<string, Stack>;
}

/** A value of a template. Numbers and truth values are texts, as CloudFormation takes them too. */
export type Value = string | Value[] | { [key: string]: Value };
export type Properties = Record<string, Value>;

export interface Template {
  description?: string;
  parameters: Record<string, Record<string, Value>>;
  conditions: Record<string, Value>;
  resources: Record<string, TemplateResource>;
  outputs: Record<string, { value: Value; description?: string; condition?: string }>;
}
export interface TemplateResource {
  type: string;
  condition?: string;
  dependsOn: string[];
  /** Whether AWS keeps it when it leaves the stack, and when another one takes its place. */
  keep: { removed: boolean; replaced: boolean };
  properties: Properties;
}

export interface Stack {
  id: string;
  name: string;
  /** E.g. `CREATE_IN_PROGRESS`. */
  status: string;
  createdAt: number;
  updatedAt?: number;
  /** What is in force; absent in review. */
  template?: Template;
  parameters: Record<string, string>;
  /** By logical id. */
  resources: Record<string, StackResource>;
  outputs: Record<string, { value: string; description?: string }>;
  /** Oldest first. */
  events: StackEvent[];
  /** By id. */
  changeSets: Record<string, ChangeSet>;
  operation?: StackOperation;
}

export interface StackResource {
  /** In the template. */
  id: string;
  type: string;
  /** Absent until AWS has begun to make it. */
  physicalId?: string;
  status: string;
  changedAt: number;
  /** With all functions applied. */
  properties: Properties;
  attributes: Record<string, string>;
  /** Logical ids of what it needs. */
  after: string[];
  keep: { removed: boolean; replaced: boolean };
}

export interface StackEvent {
  id: string;
  at: number;
  logicalId: string;
  physicalId: string;
  type: string;
  status: string;
  reason?: string;
  token?: string;
}

export interface ChangeSet {
  id: string;
  name: string;
  type: 'CREATE' | 'UPDATE';
  createdAt: number;
  token?: string;
  template: Template;
  parameters: Record<string, string>;
  /** In the shape of DescribeChangeSet. */
  changes: object[];
  /** Why it can do nothing. */
  failure?: string;
  execution?: 'EXECUTE_IN_PROGRESS' | 'EXECUTE_COMPLETE' | 'EXECUTE_FAILED';
  /** Of the execution. */
  executedWith?: string;
}

/** What a stack is in the middle of. */
export interface StackOperation {
  kind: 'CREATE' | 'UPDATE';
  token?: string;
  changeSetId: string;
  phase: 'forward' | 'back' | 'cleanup';
  template: Template;
  parameters: Record<string, string>;
  /** Every resource that the template makes, in an order that works, with what it needs first. */
  needs: Record<string, string[]>;
  /** How far it has come. */
  at: number;
  steps: Step[];
  /** What was replaced, to be deleted at the end. */
  replaced: StackResource[];
  /** Resources as they were before it. */
  before: Record<string, StackResource>;
  /** Logical ids of what could not be done in this phase. */
  failed: string[];
}

export interface Step {
  id: string;
  action: 'make' | 'restore' | 'delete';
  /** What it deletes, or brings back. */
  resource?: StackResource;
  /** A deletion that the template's policy forbids. */
  kept?: boolean;
  /** Ids of steps that come before it. */
  after: string[];
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  /** What the resource goes through: found out when it begins. */
  change?: 'CREATE' | 'UPDATE' | 'DELETE';
  /** An update for which AWS makes a new resource. */
  replaces?: boolean;
  /** When AWS begins with the resource itself; absent once it has. */
  workAt?: number;
  /** When that is over, unless the resource says so itself. */
  endAt?: number;
  /** When it began. */
  since?: number;
}
