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
  /** Remove a preview whose first deploy fails, instead of leaving it for inspection. */
  cleanupOnFailure?: boolean;
  /** Return once the service is updated. */
  wait: boolean;
  /** Wait, too, until the preview's URL answers; so unless false. */
  probe?: boolean | undefined;
  /** How long to wait for build and rollout together, milliseconds. */
  timeoutMs: number;
}

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
  /** Why `hooks.onDestroy` failed: the rest was removed all the same, and the destroy has failed. */
  failure?: FailureReport | undefined;
  warnings: string[];
  timings: Timings;
}

export type PreviewStatus =
  | 'ready'
  | 'deploying'
  | 'failed'
  | 'stopped'
  | 'deleting'
  | 'incomplete';

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
  expiresAt: string | null;
  /** Resources found, for what is half created or half deleted. */
  resources: string[];
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
  status(identity: Identity): Promise<PreviewReport>;
  /** Lines of a preview's containers, oldest first, none twice. */
  logs(request: LogRequest): AsyncIterable<LogLine>;
  /** Follows the command to its end; interrupted, it stops it. */
  run(request: RunRequest): Promise<RunResult>;
}
