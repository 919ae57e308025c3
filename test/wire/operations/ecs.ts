import { expect } from 'vitest';
import type { Aws } from '../../../src/aws/aws.ts';
import { present, refusal } from '../../helpers/wire/expect.ts';
import { inputs, names, tags } from '../../helpers/wire/inputs.ts';
import { account } from '../../helpers/wire/seed.ts';
import type { WireWorld } from '../../helpers/wire/world.ts';
import { callTaskDefinitions, removeRevision } from './task-definitions.ts';

const service = names.preview;

/**
 * moto: a service is complete at once: one PRIMARY deployment, COMPLETED when MOTO_ECS_SERVICE_RUNNING
 * reaches the desired count, and there is never an event.
 */
const complete = {
  id: expect.stringMatching(/^ecs-svc\/\d+$/),
  status: 'PRIMARY',
  rolloutState: 'COMPLETED',
  desiredCount: 1,
  runningCount: 1,
  failedTasks: 0,
};

export async function callEcs(aws: Aws, world: WireWorld) {
  const { cluster } = world.config.providerConfig;
  await describeClusters(aws, cluster);
  await describeNothing(aws, cluster);
  const [one, two] = await callTaskDefinitions(aws, world);
  const input = await inputOf(aws, world, one);
  const { arn, deployment } = await create(aws, input);
  await lookForTasks(aws, cluster, input.loadBalancers[0]?.targetGroupArn);
  await runTask(aws, world);
  await update(aws, { cluster, taskDefinition: two, was: { ...complete, ...deployment } });
  await retag(aws, cluster, arn);
  await remove(aws, cluster, arn);
  const back = await aws.call('ecs:CreateService', input); // an INACTIVE name is free
  expect(back.service).toMatchObject({ status: 'ACTIVE', deployments: [complete] });
  await aws.call('ecs:DeleteService', { cluster, service, force: true });
  await removeRevision(aws, one, two);
}

const describe = (aws: Aws, cluster: string) =>
  aws.call('ecs:DescribeServices', { cluster, services: [service], include: ['TAGS'] });

async function describeClusters(aws: Aws, cluster: string) {
  const found = await aws.call('ecs:DescribeClusters', { clusters: [cluster, 'absent'] });
  expect(found).toMatchObject({
    clusters: [
      { clusterName: cluster, status: 'ACTIVE', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] },
    ],
    failures: [{ reason: 'MISSING', arn: expect.stringMatching(/cluster\/absent$/) }],
  });
  const { clusterArns } = await aws.call('ecs:ListClusters', {});
  expect(clusterArns).toEqual([found.clusters?.[0]?.clusterArn]);
}

async function describeNothing(aws: Aws, cluster: string) {
  expect(await describe(aws, cluster)).toMatchObject({
    services: [],
    failures: [{ reason: 'MISSING', arn: expect.stringMatching(`service/${service}$`) }],
  });
  const noCluster = refusal('ClusterNotFoundException');
  await expect(describe(aws, 'absent')).rejects.toMatchObject(noCluster);
  const list = aws.call('ecs:ListServices', { cluster: 'absent' });
  await expect(list).rejects.toMatchObject(noCluster);
}

/**
 * moto: fails on `awsvpc` in a VPC without DNS host names, wants the container's memory, lets the
 * task run for ever, and does not find it again by its token.
 */
async function runTask(aws: Aws, world: WireWorld) {
  const { cluster } = world.config.providerConfig;
  const made = await aws.call('ecs:RegisterTaskDefinition', {
    family: `${service}-once`,
    containerDefinitions: [{ name: 'app', image: 'busybox', memory: 512 }],
    networkMode: 'bridge',
    cpu: '256',
    memory: '512',
  });
  const taskDefinition = present(made.taskDefinition?.taskDefinitionArn);
  const { networkConfiguration } = inputs.service(world, {
    taskDefinition,
    targetGroupArn: 'none',
  });
  const { tasks, failures } = await aws.call('ecs:RunTask', {
    cluster,
    taskDefinition,
    launchType: 'FARGATE',
    networkConfiguration,
    overrides: { containerOverrides: [{ name: 'app', command: ['sh', '-c', 'true'] }] },
    startedBy: 'previewops',
    clientToken: 'a-token',
    tags: [{ key: 'previewops:app', value: 'shop' }],
  });
  expect(failures).toEqual([]);
  expect(tasks).toMatchObject([{ taskDefinitionArn: taskDefinition, startedBy: 'previewops' }]);
  const task = present(tasks?.[0]?.taskArn);
  const stopped = await aws.call('ecs:StopTask', { cluster, task, reason: 'done' });
  expect(stopped.task).toMatchObject({ desiredStatus: 'STOPPED', stoppedReason: 'done' });
}

async function inputOf(aws: Aws, world: WireWorld, taskDefinition: string) {
  const made = await aws.call('elasticloadbalancing:CreateTargetGroup', inputs.targetGroup(world));
  const targetGroupArn = present(made.TargetGroups?.[0]?.TargetGroupArn);
  const rule = inputs.rule(world, { priority: 9, targetGroupArn });
  await aws.call('elasticloadbalancing:CreateRule', rule);
  return inputs.service(world, { taskDefinition, targetGroupArn });
}

async function create(aws: Aws, input: ReturnType<typeof inputs.service>) {
  const { service: created } = await aws.call('ecs:CreateService', input);
  const { taskDefinition } = input;
  expect(created).toMatchObject({
    status: 'ACTIVE',
    deployments: [{ ...complete, taskDefinition }],
    events: [],
  });
  // All settings come back (the harness helps moto remember), and the tags because they were asked for.
  const { cluster, clientToken: _, ...asked } = input;
  expect((await describe(aws, cluster)).services).toMatchObject([{ ...asked, runningCount: 1 }]);
  const plain = await aws.call('ecs:DescribeServices', { cluster, services: [service] });
  expect(plain.services?.[0]?.tags).toBeUndefined();
  const arn = present(created?.serviceArn);
  expect(arn).toBe(`arn:aws:ecs:us-east-1:${account}:service/${cluster}/${service}`);
  return { arn, deployment: { id: created?.deployments?.[0]?.id, taskDefinition } };
}

async function lookForTasks(aws: Aws, cluster: string, TargetGroupArn: string | undefined) {
  // The harness registered one target for the service, as ECS would; moto finds it healthy.
  const health = await aws.call('elasticloadbalancing:DescribeTargetHealth', { TargetGroupArn });
  expect(health.TargetHealthDescriptions).toMatchObject([
    { Target: { Port: 3000 }, TargetHealth: { State: 'healthy' } },
  ]);
  // moto: a service runs no tasks; an unknown task is left out, where AWS reports it as MISSING.
  for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
    const list = { cluster, serviceName: service, desiredStatus };
    expect((await aws.call('ecs:ListTasks', list)).taskArns).toEqual([]);
  }
  const task = `arn:aws:ecs:us-east-1:${account}:task/${cluster}/${'0'.repeat(32)}`;
  const described = await aws.call('ecs:DescribeTasks', { cluster, tasks: [task] });
  expect(described).toMatchObject({ tasks: [], failures: [] });
}

async function update(
  aws: Aws,
  made: { cluster: string; taskDefinition: string; was: Record<string, unknown> },
) {
  const { was, ...change } = made;
  // moto: no rollout. The service names the new revision, its deployment keeps the id and the old one.
  const updated = await aws.call('ecs:UpdateService', { ...change, service });
  const { taskDefinition } = change;
  expect(updated.service).toMatchObject({ taskDefinition, deployments: [was] });
  // moto: when forced, the deployment has a new id, and still the old revision.
  const force = { ...change, service, forceNewDeployment: true };
  const forced = (await aws.call('ecs:UpdateService', force)).service?.deployments;
  expect(forced).toMatchObject([{ ...was, id: complete.id }]);
  expect(forced?.[0]?.id).not.toBe(was.id);
}

async function retag(aws: Aws, cluster: string, resourceArn: string) {
  const commit = { key: 'previewops:commit', value: 'fedcba9' };
  await aws.call('ecs:TagResource', { resourceArn, tags: [commit] });
  // moto: the new tag comes first.
  const tagged = (await describe(aws, cluster)).services?.[0]?.tags;
  expect(tagged).toHaveLength(tags.lower.length + 1);
  expect(tagged).toEqual(expect.arrayContaining([commit, ...tags.lower]));
  const noService = refusal('ServiceNotFoundException', 'Service not found');
  for (const call of [
    () => aws.call('ecs:UpdateService', { cluster, service: 'absent' }),
    () => aws.call('ecs:DeleteService', { cluster, service: 'absent', force: true }),
    () => aws.call('ecs:TagResource', { resourceArn: `${resourceArn}x`, tags: [commit] }),
  ]) {
    await expect(call()).rejects.toMatchObject(noService);
  }
}

async function remove(aws: Aws, cluster: string, arn: string) {
  const unforced = aws.call('ecs:DeleteService', { cluster, service });
  await expect(unforced).rejects.toMatchObject(
    refusal('InvalidParameterException', 'scaled above 0'),
  );
  const removed = await aws.call('ecs:DeleteService', { cluster, service, force: true });
  // moto: INACTIVE at once, without DRAINING, with its counts and its deployment as they were.
  const inactive = { status: 'INACTIVE', desiredCount: 1, runningCount: 1 };
  expect(removed.service).toMatchObject(inactive);
  expect((await describe(aws, cluster)).services).toMatchObject([inactive]);
  // moto: an INACTIVE service is still listed, and updated or deleted again without complaint. AWS does
  // not list it, and answers the update with ServiceNotActiveException. One page, whatever `maxResults`.
  const listed = await aws.call('ecs:ListServices', { cluster, maxResults: 1 });
  expect(listed.serviceArns).toEqual([arn]);
  const again = await aws.call('ecs:DeleteService', { cluster, service, force: true });
  expect(again.service).toMatchObject(inactive);
}
