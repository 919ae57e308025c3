import { expect } from 'vitest';
import type { Aws } from '../../../src/aws/aws.ts';
import { present, refusal } from '../../helpers/wire/expect.ts';
import { inputs, tags } from '../../helpers/wire/inputs.ts';
import type { WireWorld } from '../../helpers/wire/world.ts';
import { callRules } from './rules.ts';

const Name = 'elb-test';
const noGroup = refusal('TargetGroupNotFoundException');

export async function callLoadBalancing(aws: Aws, world: WireWorld) {
  const TargetGroupArn = await createTargetGroup(aws, world);
  await changeTargetGroup(aws, world, TargetGroupArn);
  await claim(aws, TargetGroupArn);
  const remove = () => aws.call('elasticloadbalancing:DeleteTargetGroup', { TargetGroupArn });
  const deleteRules = await callRules(aws, world, TargetGroupArn);
  // moto: every rule adds the load balancer once more; AWS names it once.
  const [found] = present(await find(aws, Name));
  expect(new Set(found?.LoadBalancerArns)).toEqual(new Set([world.loadBalancer.arn]));
  await expect(remove()).rejects.toMatchObject(
    refusal('ResourceInUseException', 'in use by a listener or a rule'),
  );
  await deleteRules();
  await remove();
  await expect(remove()).rejects.toMatchObject(noGroup); // AWS lists no such error for this call
  const health = aws.call('elasticloadbalancing:DescribeTargetHealth', { TargetGroupArn });
  await expect(health).rejects.toMatchObject(noGroup);
  await describeLoadBalancer(aws, world);
}

const find = async (aws: Aws, ...Names: string[]) =>
  (await aws.call('elasticloadbalancing:DescribeTargetGroups', { Names })).TargetGroups;

/** The settings of the test's target group as AWS answers them. */
function settingsOf(world: WireWorld) {
  const { Tags: _, Name: TargetGroupName, ...settings } = inputs.targetGroup(world, Name);
  return { TargetGroupName, ...settings };
}

async function createTargetGroup(aws: Aws, world: WireWorld): Promise<string> {
  await expect(find(aws, Name)).rejects.toMatchObject(noGroup);
  const input = inputs.targetGroup(world, Name);
  const made = await aws.call('elasticloadbalancing:CreateTargetGroup', input);
  const TargetGroupArn = present(made.TargetGroups?.[0]?.TargetGroupArn);
  // moto: refused with the same settings too; AWS answers that with the group that is there.
  for (const HealthCheckPath of ['/', '/other']) {
    const again = { ...input, HealthCheckPath };
    await expect(aws.call('elasticloadbalancing:CreateTargetGroup', again)).rejects.toMatchObject(
      refusal('DuplicateTargetGroupNameException'),
    );
  }
  expect(await find(aws, Name)).toMatchObject([
    { ...settingsOf(world), TargetGroupArn, LoadBalancerArns: [] },
  ]);
  await expect(find(aws, Name, 'absent')).rejects.toMatchObject(noGroup); // one absent name fails all
  return TargetGroupArn;
}

async function changeTargetGroup(aws: Aws, world: WireWorld, TargetGroupArn: string) {
  const of = { TargetGroupArn };
  const Key = 'deregistration_delay.timeout_seconds';
  const delay = async () =>
    (await aws.call('elasticloadbalancing:DescribeTargetGroupAttributes', of)).Attributes?.find(
      (a) => a.Key === Key,
    )?.Value;
  expect(await delay()).toBe('300');
  await aws.call('elasticloadbalancing:ModifyTargetGroupAttributes', {
    ...of,
    Attributes: [{ Key, Value: '5' }],
  });
  expect(await delay()).toBe('5');
  const change = { HealthCheckPath: '/health' };
  await aws.call('elasticloadbalancing:ModifyTargetGroup', { ...of, ...change });
  expect(await find(aws, Name)).toMatchObject([{ ...settingsOf(world), ...change }]);
  // moto: nothing registers targets; the harness registers one when a service is created.
  const health = await aws.call('elasticloadbalancing:DescribeTargetHealth', of);
  expect(health.TargetHealthDescriptions).toEqual([]);
}

async function claim(aws: Aws, arn: string) {
  const tag = { Key: 'previewops:claim', Value: '2026-11-21T10:00:00.000Z/0a1b2c' };
  const absent = `${arn.slice(0, -1)}x`;
  const add = (target: string) =>
    aws.call('elasticloadbalancing:AddTags', { ResourceArns: [target], Tags: [tag] });
  await add(arn);
  await expect(add(absent)).rejects.toMatchObject(noGroup);
  const read = await aws.call('elasticloadbalancing:DescribeTags', { ResourceArns: [arn, absent] });
  // moto: an absent group has no tags; AWS refuses the whole call with TargetGroupNotFound.
  expect(read.TagDescriptions).toEqual([
    { ResourceArn: arn, Tags: [...tags.upper, tag] },
    { ResourceArn: absent, Tags: [] },
  ]);
}

async function describeLoadBalancer(aws: Aws, world: WireWorld) {
  const { arn, dnsName, canonicalHostedZoneId } = world.loadBalancer;
  const describe = (LoadBalancerArns: string[]) =>
    aws.call('elasticloadbalancing:DescribeLoadBalancers', { LoadBalancerArns });
  expect((await describe([arn])).LoadBalancers).toMatchObject([
    { DNSName: dnsName, CanonicalHostedZoneId: canonicalHostedZoneId, Type: 'application' },
  ]);
  const absent = refusal('LoadBalancerNotFoundException');
  await expect(describe([`${arn}x`])).rejects.toMatchObject(absent);
}
