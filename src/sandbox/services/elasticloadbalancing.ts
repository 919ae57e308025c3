import type { ServiceTable } from '../types.ts';
import {
  DescribeTargetGroupAttributes,
  DescribeTargetGroups,
} from './elasticloadbalancing-group-reads.ts';
import {
  DescribeAccountLimits,
  DescribeListenerCertificates,
  DescribeListeners,
} from './elasticloadbalancing-listeners.ts';
import { DescribeLoadBalancers, DescribeTargetHealth } from './elasticloadbalancing-reads.ts';
import { CreateRule, DeleteRule, DescribeRules, ModifyRule } from './elasticloadbalancing-rules.ts';
import { AddTags, DescribeTags } from './elasticloadbalancing-tags.ts';
import {
  CreateTargetGroup,
  DeleteTargetGroup,
  ModifyTargetGroup,
  ModifyTargetGroupAttributes,
} from './elasticloadbalancing-target-groups.ts';

/** Elastic Load Balancing v2: exactly the operations of the manifest. */
export const elasticloadbalancing = {
  AddTags,
  CreateRule,
  CreateTargetGroup,
  DeleteRule,
  DeleteTargetGroup,
  DescribeAccountLimits,
  DescribeListenerCertificates,
  DescribeListeners,
  DescribeLoadBalancers,
  DescribeRules,
  DescribeTags,
  DescribeTargetGroupAttributes,
  DescribeTargetGroups,
  DescribeTargetHealth,
  ModifyRule,
  ModifyTargetGroup,
  ModifyTargetGroupAttributes,
} satisfies ServiceTable<'elasticloadbalancing'>;
