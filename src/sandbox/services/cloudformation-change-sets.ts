import type {
  Change,
  DeleteChangeSetCommandInput,
  DescribeChangeSetCommandInput,
  DescribeChangeSetOutput,
  ExecuteChangeSetCommandInput,
} from '@aws-sdk/client-cloudformation';
import type { ChangeSet, Stack } from '../stack-types.ts';
import type { Ctx, Operation } from '../types.ts';
import { needChangeSet, nextOf, onStack, pageOf } from './cloudformation-common.ts';
import { needsOf } from './cloudformation-create.ts';
import { stackError } from './cloudformation-errors.ts';
import { startOperation } from './cloudformation-phases.ts';

/** How long CloudFormation thinks about a change set. */
const thinkingMs = 6_000;
const changesPerPage = 10;

const isReady = ({ createdAt }: ChangeSet, now: number) => now - createdAt >= thinkingMs;

function statusOf(
  changeSet: ChangeSet,
  now: number,
): 'CREATE_IN_PROGRESS' | 'FAILED' | 'CREATE_COMPLETE' {
  if (!isReady(changeSet, now)) return 'CREATE_IN_PROGRESS';
  return changeSet.failure === undefined ? 'CREATE_COMPLETE' : 'FAILED';
}

export const DescribeChangeSet = {
  authorize: onStack('DescribeChangeSet'),
  run(input: DescribeChangeSetCommandInput, { world, now }: Ctx): DescribeChangeSetOutput {
    const { stack, changeSet } = needChangeSet(world, input);
    const status = statusOf(changeSet, now);
    const shown = status === 'CREATE_COMPLETE' ? (changeSet.changes as Change[]) : [];
    const { items, next } = pageOf(shown, input.NextToken, changesPerPage);
    return {
      ChangeSetId: changeSet.id,
      ChangeSetName: changeSet.name,
      StackId: stack.id,
      StackName: stack.name,
      CreationTime: new Date(changeSet.createdAt),
      Status: status,
      ExecutionStatus:
        changeSet.execution ?? (status === 'CREATE_COMPLETE' ? 'AVAILABLE' : 'UNAVAILABLE'),
      ...(status === 'FAILED' ? { StatusReason: changeSet.failure } : {}),
      Parameters: parameterList(changeSet.parameters),
      Changes: items,
      ...nextOf(next),
    };
  },
} satisfies Operation;

export const parameterList = (parameters: Record<string, string>) =>
  Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  }));

export const ExecuteChangeSet = {
  authorize: onStack('ExecuteChangeSet'),
  run(input: ExecuteChangeSetCommandInput, ctx: Ctx): object {
    const { stack, changeSet } = needChangeSet(ctx.world, input);
    const { ClientRequestToken: token } = input;
    if (
      changeSet.execution !== undefined &&
      token !== undefined &&
      changeSet.executedWith === token
    ) {
      return {};
    }
    checkExecutable(changeSet, ctx.now);
    const { id, type, template, parameters } = changeSet;
    changeSet.execution = 'EXECUTE_IN_PROGRESS';
    if (token !== undefined) changeSet.executedWith = token;
    // The others were thought out for a stack that will not be there any more.
    stack.changeSets = onlyExecuted(stack);
    startOperation(
      { ctx, stack },
      {
        kind: type,
        ...(token === undefined ? {} : { token }),
        changeSetId: id,
        template,
        parameters,
        needs: needsOf(ctx, stack, changeSet),
      },
    );
    return {};
  },
} satisfies Operation;

const onlyExecuted = ({ changeSets }: Stack): Stack['changeSets'] =>
  Object.fromEntries(
    Object.entries(changeSets).filter(([, { execution }]) => execution !== undefined),
  );

function checkExecutable(changeSet: ChangeSet, now: number): void {
  const status = changeSet.execution ?? statusOf(changeSet, now);
  if (status === 'CREATE_COMPLETE') return;
  throw stackError(
    'InvalidChangeSetStatus',
    `ChangeSet [${changeSet.id}] cannot be executed in its current status of [${status}]`,
  );
}

/** What is gone already is no mistake. */
export const DeleteChangeSet = {
  authorize: onStack('DeleteChangeSet'),
  run(input: DeleteChangeSetCommandInput, { world, now }: Ctx): object {
    const { stack, changeSet } = needChangeSet(world, input);
    if (changeSet.execution === 'EXECUTE_IN_PROGRESS' || !isReady(changeSet, now)) {
      const status = changeSet.execution ?? statusOf(changeSet, now);
      throw stackError(
        'InvalidChangeSetStatus',
        `ChangeSet [${changeSet.id}] cannot be deleted in its current status of [${status}]`,
      );
    }
    delete stack.changeSets[changeSet.id];
    return {};
  },
} satisfies Operation;
