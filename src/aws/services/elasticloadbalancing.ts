import {
  AddTagsCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DescribeAccountLimitsCommand,
  DescribeListenerCertificatesCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { OperationOf } from '../../permissions/manifest.ts';

export const Client = ElasticLoadBalancingV2Client;

export const commands = {
  AddTags: AddTagsCommand,
  CreateRule: CreateRuleCommand,
  CreateTargetGroup: CreateTargetGroupCommand,
  DeleteRule: DeleteRuleCommand,
  DeleteTargetGroup: DeleteTargetGroupCommand,
  DescribeAccountLimits: DescribeAccountLimitsCommand,
  DescribeListenerCertificates: DescribeListenerCertificatesCommand,
  DescribeListeners: DescribeListenersCommand,
  DescribeLoadBalancers: DescribeLoadBalancersCommand,
  DescribeRules: DescribeRulesCommand,
  DescribeTags: DescribeTagsCommand,
  DescribeTargetGroupAttributes: DescribeTargetGroupAttributesCommand,
  DescribeTargetGroups: DescribeTargetGroupsCommand,
  DescribeTargetHealth: DescribeTargetHealthCommand,
  ModifyRule: ModifyRuleCommand,
  ModifyTargetGroup: ModifyTargetGroupCommand,
  ModifyTargetGroupAttributes: ModifyTargetGroupAttributesCommand,
} satisfies Record<OperationOf<'elasticloadbalancing'>, unknown>;
