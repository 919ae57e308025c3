import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  TagResourceCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type { OperationOf } from '../../permissions/manifest.ts';

export const Client = ECSClient;

export const commands = {
  CreateService: CreateServiceCommand,
  DeleteService: DeleteServiceCommand,
  DeleteTaskDefinitions: DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinition: DeregisterTaskDefinitionCommand,
  DescribeClusters: DescribeClustersCommand,
  DescribeServices: DescribeServicesCommand,
  DescribeTaskDefinition: DescribeTaskDefinitionCommand,
  DescribeTasks: DescribeTasksCommand,
  ListServices: ListServicesCommand,
  ListTaskDefinitions: ListTaskDefinitionsCommand,
  ListTasks: ListTasksCommand,
  RegisterTaskDefinition: RegisterTaskDefinitionCommand,
  TagResource: TagResourceCommand,
  UpdateService: UpdateServiceCommand,
} satisfies Record<OperationOf<'ecs'>, unknown>;
