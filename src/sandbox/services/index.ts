import type { Advance, Operation } from '../types.ts';
import { acm } from './acm.ts';
import { advanceAcm } from './acm-issue.ts';
import { cloudformation } from './cloudformation.ts';
import { advanceCloudformation } from './cloudformation-run.ts';
import { cloudwatch } from './cloudwatch.ts';
import { advanceCodebuild, codebuild } from './codebuild.ts';
import { ec2 } from './ec2.ts';
import { ecr } from './ecr.ts';
import { advanceEcs, ecs } from './ecs.ts';
import { elasticloadbalancing } from './elasticloadbalancing.ts';
import { iam } from './iam.ts';
import { logs } from './logs.ts';
import { route53 } from './route53.ts';
import { servicequotas } from './servicequotas.ts';
import { sts } from './sts.ts';
import { tag } from './tag.ts';

/** Every simulated service under its IAM prefix. */
export const simulated: Record<string, Record<string, Operation>> = {
  acm,
  cloudformation,
  cloudwatch,
  codebuild,
  ec2,
  ecr,
  ecs,
  elasticloadbalancing,
  iam,
  logs,
  route53,
  servicequotas,
  sts,
  tag,
};

/**
 * What goes on in the account by itself; run before each call, in this order: ECS lets builds go on
 * as far as each of its own events, so that a task pulls what had been pushed by then.
 * CloudFormation does the same with certificates.
 */
export const advances: readonly Advance[] = [
  advanceEcs,
  advanceCodebuild,
  advanceCloudformation,
  advanceAcm,
];
