import type {
  BuildPhaseType,
  EnvironmentVariable,
  LogsConfig,
  ProjectArtifacts,
  ProjectCache,
  ProjectEnvironment,
  ProjectSource,
} from '@aws-sdk/client-codebuild';
import type { Behaviour, Tags } from '../types.ts';

export interface Project {
  arn: string;
  name: string;
  description?: string;
  source: ProjectSource;
  sourceVersion?: string;
  artifacts: ProjectArtifacts;
  cache: ProjectCache;
  environment: ProjectEnvironment;
  serviceRole: string;
  timeoutInMinutes: number;
  queuedTimeoutInMinutes: number;
  encryptionKey: string;
  concurrentBuildLimit?: number;
  logsConfig?: LogsConfig;
  tags: Tags;
  createdAt: number;
  lastModified: number;
  /** How many builds were ever started: the next one's number. */
  builds: number;
}

/** One phase of a build's timetable, which is drawn up when the build starts. */
export interface Phase {
  type: BuildPhaseType;
  startAt: number;
  endAt: number;
  status: 'SUCCEEDED' | 'FAILED' | 'STOPPED';
  context?: { statusCode: string; message: string };
}

export interface Build {
  id: string;
  arn: string;
  number: number;
  project: string;
  startAt: number;
  sourceVersion?: string;
  source: ProjectSource;
  artifacts: ProjectArtifacts;
  cache: ProjectCache;
  environment: ProjectEnvironment & { environmentVariables: EnvironmentVariable[] };
  serviceRole: string;
  timeoutInMinutes: number;
  queuedTimeoutInMinutes: number;
  encryptionKey: string;
  logsConfig?: LogsConfig;
  request: { idempotencyToken?: string; parameters: string };
  /** Who started it: the last part of the caller's ARN. */
  initiator: string;
  /** What the build was told to do when it started. */
  outcome: Exclude<Behaviour['build'], 'no-queue'>;
  /** Ends with COMPLETED; rewritten when a phase fails or the build is stopped. */
  phases: Phase[];
  /** Lines still to be written to the build's log stream, oldest first. */
  pendingLines: { at: number; message: string }[];
  /** When the BUILD phase's outcome is settled (the image pushed or refused); absent once it is. */
  settleAt?: number;
}
