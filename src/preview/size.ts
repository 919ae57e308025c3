import type { Architecture } from './prices.ts';
import { type Tags, tagKeys } from './tags.ts';

/** What one task of a preview costs by. */
export interface TaskSize {
  /** CPU units, 1024 a vCPU. */
  cpu: number;
  /** MiB. */
  memory: number;
  architecture: Architecture;
  /** GiB. */
  disk: number;
}

/** Every task has this much disk without paying (AWS Fargate pricing). */
export const freeDisk = 20;

/** DescribeServices does not tell it, and a look at a thousand task definitions would take long. */
export function sizeTag({ cpu, memory, architecture, disk }: TaskSize): Tags {
  return { [tagKeys.size]: [cpu, memory, architecture, disk].join('/') };
}

/** Undefined where the tag is absent, as on services of earlier versions, or not ours. */
export function sizeOf(tags: Tags): TaskSize | undefined {
  const form = /^(\d{1,6})\/(\d{1,7})\/(x86_64|arm64)\/(\d{1,4})$/;
  const [, cpu, memory, architecture, disk] = form.exec(tags[tagKeys.size] ?? '') ?? [];
  if (architecture === undefined) return undefined;
  return {
    cpu: Number(cpu),
    memory: Number(memory),
    architecture: architecture as Architecture,
    disk: Number(disk),
  };
}
