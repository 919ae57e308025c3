import { expect } from 'vitest';
import type { Aws } from '../../../src/aws/aws.ts';
import { present, refusal } from '../../helpers/wire/expect.ts';
import { arnOf, names, tags } from '../../helpers/wire/inputs.ts';

export async function callLogs(aws: Aws) {
  const logGroupName = names.logGroup;
  const find = async (logGroupNamePrefix: string) =>
    (await aws.call('logs:DescribeLogGroups', { logGroupNamePrefix })).logGroups;
  expect(await find(logGroupName)).toEqual([]);

  await aws.call('logs:CreateLogGroup', { logGroupName, tags: tags.map });
  await expect(aws.call('logs:CreateLogGroup', { logGroupName })).rejects.toMatchObject(
    refusal('ResourceAlreadyExistsException'),
  );
  await aws.call('logs:PutRetentionPolicy', { logGroupName, retentionInDays: 7 });
  // The `arn` ends in `:*`, the `logGroupArn` does not; tags hang on the latter.
  expect(await find(logGroupName)).toMatchObject([
    { logGroupName, retentionInDays: 7, arn: `${arnOf.logGroup}:*`, logGroupArn: arnOf.logGroup },
  ]);
  const tagsOf = (resourceArn: string) => aws.call('logs:ListTagsForResource', { resourceArn });
  expect(await tagsOf(arnOf.logGroup)).toMatchObject({ tags: tags.map });
  // moto: no tags for an absent group, and for an ARN with `:*`; AWS refuses both.
  expect(await tagsOf(`${arnOf.logGroup}-absent`)).toMatchObject({ tags: {} });

  const absent = { logGroupName: '/ecs/absent' };
  const notFound = refusal('ResourceNotFoundException', 'log group does not exist');
  await expect(
    aws.call('logs:GetLogEvents', { ...absent, logStreamName: 'build' }),
  ).rejects.toMatchObject(notFound);
  await expect(
    aws.call('logs:PutRetentionPolicy', { ...absent, retentionInDays: 7 }),
  ).rejects.toMatchObject(notFound);
  await expect(aws.call('logs:DeleteLogGroup', absent)).rejects.toMatchObject(notFound);

  await aws.call('logs:CreateLogGroup', { logGroupName: `${logGroupName}-2` });
  const page = await aws.call('logs:DescribeLogGroups', {
    logGroupNamePrefix: logGroupName,
    limit: 1,
  });
  const rest = await aws.call('logs:DescribeLogGroups', {
    logGroupNamePrefix: logGroupName,
    limit: 1,
    nextToken: present(page.nextToken),
  });
  expect([page, rest].map((p) => p.logGroups?.map((g) => g.logGroupName))).toEqual([
    [logGroupName],
    [`${logGroupName}-2`],
  ]);
  await aws.call('logs:DeleteLogGroup', { logGroupName });
  expect(await find(logGroupName)).toHaveLength(1); // the other one: a prefix is not a name
}
