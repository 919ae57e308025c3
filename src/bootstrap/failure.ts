import { type ErrorCode, PreviewopsError } from '../errors.ts';
import { printable } from '../report/printable.ts';
import { causeOf } from './events.ts';
import type { Followed } from './follow.ts';

interface About {
  stackName: string;
  region: string;
}

/** Why a stack did not become what the template says, and what to do about it. */
export function stackFailure(
  { status, events }: Followed,
  { stackName, region }: About,
): PreviewopsError {
  const cause = causeOf(events);
  const { LogicalResourceId: id = '', ResourceType: type = '' } = cause ?? {};
  const reason = printable(cause?.ResourceStatusReason ?? '');
  const what = cause
    ? `failed at ${id} (${type})${reason ? `: ${reason}` : ''}`
    : `ended as ${status}`;
  return new PreviewopsError(codeOf(reason), `The stack ${stackName} ${what}`, {
    hint: [adviceOn(reason), ...afterwards(status, { stackName, region })].join('\n'),
    details: { stack: stackName, status, resource: id, type, reason },
  });
}

const isDenial = (reason: string) => /not authorized to perform|AccessDenied/i.test(reason);
const isTaken = (reason: string) => /already exists|has been taken/i.test(reason);

const codeOf = (reason: string): ErrorCode =>
  isDenial(reason) ? 'access-denied' : isTaken(reason) ? 'conflict' : 'aws-failed';

function adviceOn(reason: string): string {
  if (isDenial(reason)) {
    return 'CloudFormation makes everything with the rights of whoever runs this. Somebody with more of them can run the same command, or deploy the template that it wrote.';
  }
  return isTaken(reason)
    ? 'Use what is there already, by naming it, or rename or delete it if nobody needs it.'
    : 'Correct what the reason names.';
}

/** What stands in the way of the next try. */
function afterwards(status: string, about: About): string[] {
  if (status === 'UPDATE_ROLLBACK_COMPLETE') {
    return ['The stack is as it was before. Run the same command again.'];
  }
  return [onlyToDelete.test(status) ? deletion(about) : byHand(about, status)];
}

/** States that no update leads out of (CloudFormation guide, "Stack status codes"). */
const onlyToDelete = /^(ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED|DELETE_FAILED)$/;

const deletion = ({ stackName, region }: About) =>
  `AWS lets a stack that was never created only be deleted. Delete it, then run the same command again:\n  aws cloudformation delete-stack --region ${region} --stack-name ${stackName}`;

const byHand = ({ stackName, region }: About, status: string) =>
  status === 'UPDATE_ROLLBACK_FAILED'
    ? `Bring the stack back, then run the same command again:\n  aws cloudformation continue-update-rollback --region ${region} --stack-name ${stackName}`
    : 'Look at the stack in the CloudFormation console, then run the same command again.';

/** A stack that cannot be updated as it stands. */
export function checkUpdatable(status: string, about: About): void {
  if (!onlyToDelete.test(status) && status !== 'UPDATE_ROLLBACK_FAILED') return;
  throw new PreviewopsError(
    'aws-failed',
    `The stack ${about.stackName} is ${status}, and cannot be updated`,
    { hint: afterwards(status, about).join('\n'), details: { stack: about.stackName, status } },
  );
}

/** A change set that AWS could not make. */
export function proposalFailure(
  { id, failure = '' }: { id: string; failure?: string },
  { stackName, region }: About,
): PreviewopsError {
  // DescribeEvents alone knows more of these (CloudFormation guide, "Validate stack deployments").
  const early = /EarlyValidation|hook\(s\)/.test(failure);
  return new PreviewopsError(
    'aws-failed',
    `AWS refuses the template for the stack ${stackName}: ${printable(failure)}`,
    {
      hint: early
        ? `This says which resource, and why:\n  aws cloudformation describe-events --region ${region} --change-set-name ${id}`
        : 'Correct what the reason names.',
      details: { stack: stackName, reason: failure },
    },
  );
}
