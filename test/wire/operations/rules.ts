import { expect } from 'vitest';
import type { Aws } from '../../../src/aws/aws.ts';
import { present, refusal } from '../../helpers/wire/expect.ts';
import { inputs, tags } from '../../helpers/wire/inputs.ts';
import type { WireWorld } from '../../helpers/wire/world.ts';

const hostOf = (n: number) => `elb-${n}.example.com`;
const conditionOn = (host: string) => [
  { Field: 'host-header', HostHeaderConfig: { Values: [host] } },
];

/** Makes three rules for the target group, and returns what deletes them. */
export async function callRules(aws: Aws, world: WireWorld, targetGroupArn: string) {
  const create = (priority: number, host: string) => {
    const input = inputs.rule(world, { priority, targetGroupArn, host });
    return aws.call('elasticloadbalancing:CreateRule', input);
  };
  const arns: string[] = [];
  for (const n of [1, 2, 3]) {
    const { Rules } = await create(n, hostOf(n));
    arns.push(present(Rules?.[0]?.RuleArn));
  }
  const [first = ''] = arns;
  await expect(create(1, hostOf(4))).rejects.toMatchObject(refusal('PriorityInUseException'));
  const read = await aws.call('elasticloadbalancing:DescribeTags', { ResourceArns: [first] });
  expect(read.TagDescriptions).toEqual([{ ResourceArn: first, Tags: tags.upper }]);
  await readPages(aws, world.config.providerConfig.albListenerArn, {
    RuleArn: first,
    Priority: '1',
    IsDefault: false,
    Conditions: conditionOn(hostOf(1)),
    Actions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
  });
  await moveRule(aws, first);
  return async () => {
    // moto: an absent rule is deleted without a word; AWS says RuleNotFound.
    for (const RuleArn of [...arns, first]) {
      await aws.call('elasticloadbalancing:DeleteRule', { RuleArn });
    }
  };
}

/** Priorities are texts, the default rule's is `default` and comes last, and pages really end. */
async function readPages(aws: Aws, ListenerArn: string, first: object) {
  const of = { ListenerArn, PageSize: 2 };
  const page = await aws.call('elasticloadbalancing:DescribeRules', of);
  const next = { ...of, Marker: present(page.NextMarker) };
  const rest = await aws.call('elasticloadbalancing:DescribeRules', next);
  expect(rest.NextMarker).toBeUndefined();
  const rules = [page, rest].flatMap((p) => p.Rules ?? []);
  expect(rules.map((r) => r.Priority)).toEqual(['1', '2', '3', 'default']);
  expect(rules[0]).toMatchObject(first);
  const absent = { ListenerArn: `${ListenerArn}x` };
  await expect(aws.call('elasticloadbalancing:DescribeRules', absent)).rejects.toMatchObject(
    refusal('ListenerNotFoundException'),
  );
}

async function moveRule(aws: Aws, arn: string) {
  const Conditions = conditionOn(hostOf(5));
  const modify = (RuleArn: string) =>
    aws.call('elasticloadbalancing:ModifyRule', { RuleArn, Conditions });
  expect((await modify(arn)).Rules).toMatchObject([{ Conditions, Priority: '1' }]);
  await expect(modify(`${arn}x`)).rejects.toMatchObject(refusal('RuleNotFoundException'));
}
