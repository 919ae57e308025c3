import { describe, expect, test } from 'vitest';
import { explain, rememberCall } from '../../../src/aws/errors.ts';
import { deniedText, grantText, readDenial } from '../../../src/permissions/denial.ts';

const arn = 'arn:aws:ecs:eu-west-1:123456789012:service/c/s';
const user = 'User: arn:aws:iam::123456789012:user/ann is not authorized to perform:';

describe('a denial', () => {
  test.each([
    [
      `${user} ecs:TagResource on resource: ${arn} because no identity-based policy allows the ecs:TagResource action`,
      { action: 'ecs:TagResource', resource: arn, explicit: false },
    ],
    [
      `${user} iam:PassRole on resource: ${arn} with an explicit deny in a service control policy`,
      { action: 'iam:PassRole', resource: arn, explicit: true },
    ],
    [
      `You are not authorized to perform this operation. ${user} ec2:DescribeSubnets because no identity-based policy allows it`,
      { action: 'ec2:DescribeSubnets', resource: '*', explicit: false },
    ],
    ['Access Denied', { action: 'ecs:CreateService', resource: '*', explicit: false }],
  ])('%s', (message, wanted) => {
    expect(readDenial(message, 'ecs:CreateService')).toMatchObject(wanted);
  });

  test('becomes the same words in a deploy as in doctor', () => {
    const message = `${user} ecs:TagResource on resource: ${arn} because no identity-based policy allows it`;
    const denied = Object.assign(new Error(message), { name: 'AccessDeniedException' });
    const error = explain(rememberCall(denied, 'ecs:CreateService'));
    const denial = readDenial(message, 'ecs:CreateService');
    expect(error.message).toBe(deniedText(denial));
    expect(error.hint).toBe(grantText(denial.statement));
    expect(error.hint).toBe(
      `Add this statement to the caller's policy:\n  {"Effect":"Allow","Action":"ecs:TagResource","Resource":"${arn}"}`,
    );
    expect(error.exitCode).toBe(3);
  });

  test('several statements are listed under one heading', () => {
    const statement = { Effect: 'Allow' as const, Action: 'a:B', Resource: '*' };
    expect(grantText([statement, statement], "the build role's").split('\n')).toEqual([
      "Add these statements to the build role's policy:",
      `  ${JSON.stringify(statement)}`,
      `  ${JSON.stringify(statement)}`,
    ]);
  });
});
