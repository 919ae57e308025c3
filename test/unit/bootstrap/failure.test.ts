import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { expect, test } from 'vitest';
import { checkUpdatable, proposalFailure, stackFailure } from '../../../src/bootstrap/failure.ts';

const about = { stackName: 'previewops-shop', region: 'eu-west-1' };
const failed = (ResourceStatusReason: string): StackEvent[] => [
  {
    StackId: 'id',
    EventId: '1',
    StackName: about.stackName,
    Timestamp: new Date(1),
    LogicalResourceId: 'Vpc',
    ResourceType: 'AWS::EC2::VPC',
    ResourceStatus: 'CREATE_FAILED',
    ResourceStatusReason,
  },
];

test.each([
  ['access-denied', 'User: x is not authorized to perform: ec2:CreateVpc', 'with the rights of'],
  ['access-denied', 'Boom (HandlerErrorCode: AccessDenied)', 'Somebody with more of them'],
  ['conflict', "Resource of type 'a' with identifier 'b' already exists.", 'naming it'],
  ['conflict', 'Service role name x has been taken in this account', 'naming it'],
  ['aws-failed', 'The maximum number of VPCs has been reached.', 'Correct what the reason names.'],
])('%s: %s', (code, reason, hint) => {
  const error = stackFailure({ status: 'ROLLBACK_COMPLETE', events: failed(reason) }, about);
  expect(error).toMatchObject({
    code,
    message: `The stack previewops-shop failed at Vpc (AWS::EC2::VPC): ${reason}`,
    details: { status: 'ROLLBACK_COMPLETE', resource: 'Vpc', reason },
  });
  expect(error.hint).toContain(hint);
});

test.each([
  ['ROLLBACK_COMPLETE', 'aws cloudformation delete-stack --region eu-west-1 --stack-name'],
  ['ROLLBACK_FAILED', 'aws cloudformation delete-stack'],
  ['UPDATE_ROLLBACK_COMPLETE', 'The stack is as it was before.'],
  ['UPDATE_ROLLBACK_FAILED', 'aws cloudformation continue-update-rollback --region eu-west-1'],
  ['DELETE_COMPLETE', 'Look at the stack in the CloudFormation console'],
])('a stack that ended as %s says what to do', (status, hint) => {
  const error = stackFailure({ status, events: [] }, about);
  expect(error.message).toBe(`The stack previewops-shop ended as ${status}`);
  expect(error.hint).toContain(hint);
});

test('what no update leads out of is told before anything is asked', () => {
  const stuck = ['ROLLBACK_COMPLETE', 'CREATE_FAILED', 'DELETE_FAILED', 'UPDATE_ROLLBACK_FAILED'];
  for (const status of stuck) expect(() => checkUpdatable(status, about)).toThrow(status);
  const fine = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'UPDATE_FAILED'];
  for (const status of fine) expect(() => checkUpdatable(status, about)).not.toThrow();
});

test('a change set that fails early says who knows more', () => {
  const id = 'arn:aws:cloudformation:eu-west-1:1:changeSet/a/b';
  const early = proposalFailure(
    { id, failure: 'validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]' },
    about,
  );
  expect(early.hint).toContain(`describe-events --region eu-west-1 --change-set-name ${id}`);
  const plain = proposalFailure({ id, failure: 'no\u001b[31m reason' }, about);
  expect(plain).toMatchObject({ code: 'aws-failed', hint: 'Correct what the reason names.' });
  expect(plain.message).not.toContain('\u001b');
});
