import type { Cost } from '../preview/cost.ts';
import type { Keep } from '../preview/expiry.ts';
import type { FailureReport } from '../preview/failure.ts';
import type { Identity } from '../preview/identity.ts';
import type { Plan, Step } from '../preview/plan.ts';

/** What a deploy is asked for, beyond the configuration. */
export interface DeployRequest {
  identity: Identity;
  /** Full commit id; needed when an image is to be built. */
  commit?: string | undefined;
  /** Use this image and build none. */
  image?: string | undefined;
  /** Build even when an image of this commit and these settings exists. */
  rebuild?: boolean;
  /** Where there is no room for a new preview, remove one first; which, says its name. */
  evict?: 'oldest-idle' | undefined;
  /** Is handed the removal of another preview, to carry it out and tell of it. */
  aroundEviction?: AroundRemoval | undefined;
  /** Remove a preview whose first deploy fails, instead of leaving it for inspection. */
  cleanupOnFailure?: boolean;
  /** Return once the service is updated. */
  wait: boolean;
  /** Wait, too, until the preview's URL answers; so unless false. */
  probe?: boolean | undefined;
  /** How long to wait for build and rollout together, milliseconds. */
  timeoutMs: number;
}

/** Calls `work`, which removes a preview, and gives its receipt. */
export type AroundRemoval = (identity: Identity, work: () => Promise<Receipt>) => Promise<Receipt>;

/** Milliseconds spent; `total` is not their sum, since phases overlap. */
export interface Timings {
  observe: number;
  build?: number;
  apply: number;
  wait?: number;
  /** Until the URL answered. */
  probe?: number;
  total: number;
}

export interface DeployResult {
  preview: {
    app: string;
    id: string;
    url: string;
    commit: string | null;
    /** With digest wherever the image is in ECR. */
    image: string;
  };
  steps: Step[];
  warnings: string[];
  timings: Timings;
  /** False with `--no-wait`: the rollout was started and not followed. */
  ready: boolean;
}

/** A resource as a receipt names it. */
export interface ReceiptItem {
  resource: string;
  name: string;
}

export interface Receipt {
  preview: { app: string; id: string; url: string };
  removed: ReceiptItem[];
  /** What a last look still found; empty unless the destroy failed. */
  remaining: ReceiptItem[];
  /** US dollars since it was created, an estimate; absent where nobody knows. */
  cost?: number | undefined;
  /** Why `hooks.onDestroy` failed: the rest was removed all the same, and the destroy has failed. */
  failure?: FailureReport | undefined;
  warnings: string[];
  timings: Timings;
}

export const previewStatuses = [
  'ready',
  'deploying',
  'failed',
  'stopped',
  /** Its time is over, whatever else it is; `prune` removes it. */
  'expired',
  'deleting',
  /** Something of it is left and nothing is under way; `prune` removes that. */
  'orphan',
  /** Named as ours and not tagged so: shown when asked for, and never touched. */
  'foreign',
] as const;
export type PreviewStatus = (typeof previewStatuses)[number];

export interface PreviewSummary {
  app: string;
  id: string;
  pr: number | null;
  branch: string | null;
  commit: string | null;
  status: PreviewStatus;
  /** Why the status is not `ready`, in words. */
  detail: string | null;
  url: string | null;
  createdAt: string | null;
  deployedAt: string | null;
  /** Since when it is stopped, while it is. */
  stoppedAt: string | null;
  /** When it was last started after a stop, where no deploy came after that. */
  startedAt: string | null;
  expiresAt: string | null;
  /** What `previewops keep` said, while that holds: `forever`, or until when. */
  kept: string | null;
  /** A destroy began and has not come to its end; doing it again finishes it. */
  halfDestroyed: boolean;
  /** Resources found, for what is half created or half deleted. */
  resources: string[];
  /** Of its URL or its rule. */
  host: string | null;
  /** Null where no task runs or could. */
  cost: PreviewCost | null;
  /** Where some of it is, out of a destroy's reach; it is then never removed as an orphan. */
  elsewhere: string | null;
}

/** In US dollars; an estimate. */
export interface PreviewCost extends Cost {
  /** The task's size is the configuration's: the service does not tell its own. */
  assumed: boolean;
}

/** What an app's previews share, and keep when the last of them is gone. */
export interface SharedResource {
  app: string;
  resource: 'repository' | 'build-project';
  name: string;
}

/** All that there is, by what it is. */
export interface Audit {
  previews: PreviewSummary[];
  foreign: PreviewSummary[];
  shared: SharedResource[];
  /** Previews with a service in another cluster of the region. */
  elsewhere: { app: string; id: string; cluster: string }[];
}

/** A plan together with what carries it out. */
export interface Change<Result> {
  plan: Plan;
  /** Rejects with a PreviewopsError; conflicts in the plan make it refuse before any write. */
  apply(): Promise<Result>;
}

/** One preview in full, as `status` shows it. Times are ISO 8601. */
export interface PreviewReport {
  summary: PreviewSummary;
  /** e.g. `previewops-shop--pr-42:3`. */
  revision: string | null;
  image: string | null;
  deployments: {
    id: string;
    revision: string;
    status: string;
    rollout: string | null;
    reason: string | null;
    running: number;
    desired: number;
    failed: number;
  }[];
  tasks: {
    id: string;
    revision: string;
    status: string;
    startedAt: string | null;
    stoppedReason: string | null;
  }[];
  targets: { target: string; state: string; reason: string | null; description: string | null }[];
  /** Newest first. */
  events: { at: string | null; message: string }[];
  /** When the last rollout failed and ECS still tells why. */
  failure: FailureReport | null;
}

export interface LogRequest {
  identity: Identity;
  /** Only this container's lines. */
  container?: string | undefined;
  /** Only lines from this moment on, milliseconds since the epoch. */
  since?: number | undefined;
  /** Go on with new lines, and new tasks, until interrupted. */
  follow: boolean;
  /** The last task that stopped, instead of those that run. */
  previous: boolean;
  /** The log of the preview's last build instead, or with `previous` of the one before. */
  build?: boolean | undefined;
  /** Lines asked for at a time; AWS's own limit when left out. */
  pageSize?: number | undefined;
}

export interface LogLine {
  /** Milliseconds since the epoch. */
  at: number;
  container: string;
  /** The task's id. */
  task: string;
  message: string;
}

/** A command to run once in a preview's image, with its environment. */
export interface RunRequest {
  identity: Identity;
  /** Words: no shell is involved unless they name one. */
  command: readonly string[];
  /** After which it is stopped, milliseconds. */
  timeoutMs: number;
  /** Lines that it writes, as they come. */
  onLines(lines: string[]): void;
}

export interface RunResult {
  /** The task's id. */
  task: string;
  exitCode: number;
  /** What the exit code does not say, such as that the container ran out of memory. */
  reason: string | null;
}

/** A preview to scale to zero. */
export interface StopRequest {
  identity: Identity;
  /** Milliseconds since the epoch: a deploy or start that began later keeps it running. */
  unlessBegunSince?: number | undefined;
}

export interface StopResult {
  preview: { app: string; id: string; url: string };
  /** None when it was stopped already. */
  steps: Step[];
  /** ISO 8601. */
  stoppedAt: string;
  warnings: string[];
  timings: Timings;
}

/** A stopped preview to bring back. */
export interface StartRequest {
  identity: Identity;
  /** Return once the service is updated. */
  wait: boolean;
  /** Wait, too, until the preview's URL answers; so unless false. */
  probe?: boolean | undefined;
  /** How long to wait for healthy tasks, milliseconds. */
  timeoutMs: number;
}

export interface StartResult {
  preview: { app: string; id: string; url: string };
  /** None when it was not stopped. */
  steps: Step[];
  /** False with `--no-wait`: the tasks were asked for and not waited for. */
  ready: boolean;
  warnings: string[];
  timings: Timings;
}

/** Which previews nobody has asked anything of for a while. */
export interface IdleReport {
  /** In the order in which they were given. */
  idle: PreviewSummary[];
  /** Why others stay for which that could not be told. */
  notes: string[];
}

/** Who is calling and what the cluster answered; `validate` prints it. */
export interface Access {
  callerArn: string;
  account: string;
  region: string;
  cluster: string;
}

/** What every provider keeps. All methods may reject with a PreviewopsError. */
export interface Provider {
  /** Proves credentials and access to the cluster with two harmless reads. */
  check(): Promise<Access>;
  deploy(request: DeployRequest): Promise<Change<DeployResult>>;
  destroy(identity: Identity): Promise<Change<Receipt>>;
  /** Previews of one app, or of all apps on the listener and in the cluster. */
  list(options: { app?: string }): Promise<PreviewSummary[]>;
  /** As `list`, with what is not a preview of this cluster and could be taken for one. */
  audit(options: { app?: string }): Promise<Audit>;
  /** One preview as `list` shows it, as it is now; undefined when nothing of it is left. */
  look(identity: Identity): Promise<PreviewSummary | undefined>;
  /** Changes how long a preview stays. Rejects with `not-found` when it has no service. */
  keep(identity: Identity, keep: Keep): Promise<PreviewSummary>;
  status(identity: Identity): Promise<PreviewReport>;
  /** Scales to zero, with a page at the URL that tells how to start it. Idempotent. */
  stop(request: StopRequest): Promise<StopResult>;
  /** Brings back what ran before a stop. Idempotent. */
  start(request: StartRequest): Promise<StartResult>;
  /** Those of the previews that are ready and got no request, deploy or start for `idleMs`. */
  idle(previews: readonly PreviewSummary[], idleMs: number): Promise<IdleReport>;
  /** Lines of a preview's containers, oldest first, none twice. */
  logs(request: LogRequest): AsyncIterable<LogLine>;
  /** Follows the command to its end; interrupted, it stops it. */
  run(request: RunRequest): Promise<RunResult>;
}
