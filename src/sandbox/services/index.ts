import type { Advance, Operation } from '../types.ts';
import { advanceCodebuild, codebuild } from './codebuild.ts';
import { ecr } from './ecr.ts';
import { advanceEcs, ecs } from './ecs.ts';
import { elasticloadbalancing } from './elasticloadbalancing.ts';
import { logs } from './logs.ts';
import { route53 } from './route53.ts';
import { sts } from './sts.ts';

/** Every simulated service under its IAM prefix. */
export const simulated: Record<string, Record<string, Operation>> = {
  codebuild,
  ecr,
  ecs,
  elasticloadbalancing,
  logs,
  route53,
  sts,
};

/**
 * What goes on in the account by itself; run before each call, in this order: ECS lets builds go on
 * as far as each of its own events, so that a task pulls what had been pushed by then.
 */
export const advances: readonly Advance[] = [advanceEcs, advanceCodebuild];
