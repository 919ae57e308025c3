/** Why a build or rollout failed: plain data for text, JSON and a pull request comment alike. */
export interface FailureReport {
  /** What failed, in one sentence. */
  sentence: string;
  /** Stopped tasks of this rollout, grouped by reason, the most frequent first. */
  tasks: StoppedTasks[];
  /** What the load balancer says of the targets that are not healthy. */
  targets: UnhealthyTargets[];
  /** The last things that ECS said of the service, oldest first. */
  events: string[];
  /** The end of the log of the container, or build, that failed. */
  log: { source: string; lines: string[] } | undefined;
  /** What usually mends it; absent for reasons that nobody has seen before. */
  hint: string | undefined;
  /** Commands that show more, or try again. */
  next: string[];
}

export interface StoppedTasks {
  reason: string;
  count: number;
  /** One for each container that exited or gave a reason, e.g. `app exited 1`. */
  containers: string[];
}

export interface UnhealthyTargets {
  state: string;
  /** AWS's code and its sentence, e.g. `Target.Timeout`, `Request timed out`. */
  reason: string | undefined;
  description: string | undefined;
  count: number;
}
