import type { Change, DescribeChangeSetOutput } from '@aws-sdk/client-cloudformation';
import { isNamed } from '../aws/errors.ts';
import { renderTemplate } from './render.ts';
import { stackParameters } from './template.ts';
import { type BootstrapTools, insist } from './tools.ts';
import type { Template } from './values.ts';

const pollMs = 2_000;

/** What AWS thinks that a template would do. */
export interface Proposal {
  /** ARN of the change set. */
  id: string;
  /** ARN of the stack. */
  stack: string;
  changes: Change[];
  /** Why the change set cannot be carried out. */
  failure?: string;
}

/** Has AWS compare the template with the stack, which has no part in it yet. */
export async function propose(
  tools: BootstrapTools,
  asked: { template: Template; stackName: string; type: 'CREATE' | 'UPDATE' },
): Promise<Proposal> {
  const { aws, clock, signal, random } = tools;
  const { template, stackName, type } = asked;
  // A name of this run alone: whatever an earlier one left behind is not ours to carry out.
  const name = `previewops-${clock.now()}-${Math.floor(random() * 0xffffff).toString(16)}`;
  await insist(tools, () =>
    aws
      .call('cloudformation:CreateChangeSet', {
        StackName: stackName,
        ChangeSetName: name,
        ChangeSetType: type,
        ClientToken: name,
        Description: 'previewops init --bootstrap --apply',
        TemplateBody: renderTemplate(template, stackName),
        Parameters: stackParameters(template),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
      })
      .catch((error: unknown) => {
        // Then the answer to the first try was lost.
        if (!isNamed(error, 'AlreadyExistsException')) throw error;
      }),
  );
  try {
    return await read(tools, { StackName: stackName, ChangeSetName: name });
  } catch (error) {
    if (signal.aborted) await discard(tools, { stack: stackName, id: name });
    throw error;
  }
}

interface Named {
  StackName: string;
  ChangeSetName: string;
}

async function read({ aws, clock, signal }: BootstrapTools, named: Named): Promise<Proposal> {
  for (;;) {
    const first = await aws.call('cloudformation:DescribeChangeSet', named);
    const { Status, ChangeSetId: id = '', StackId: stack = '', StatusReason } = first;
    if (Status === 'FAILED') return { id, stack, changes: [], failure: StatusReason ?? '' };
    if (Status === 'CREATE_COMPLETE') return { id, stack, changes: await rest(aws, named, first) };
    await clock.sleep(pollMs, signal);
  }
}

async function rest(
  aws: BootstrapTools['aws'],
  named: Named,
  first: DescribeChangeSetOutput,
): Promise<Change[]> {
  const changes = [...(first.Changes ?? [])];
  for (let token = first.NextToken; token; ) {
    const page = await aws.call('cloudformation:DescribeChangeSet', { ...named, NextToken: token });
    changes.push(...(page.Changes ?? []));
    token = page.NextToken === token ? undefined : page.NextToken;
  }
  return changes;
}

/** Takes back what nobody agreed to, also after an interruption. What cannot be taken back does no harm. */
export async function discard(
  { aws }: BootstrapTools,
  { stack, id }: Pick<Proposal, 'stack' | 'id'>,
): Promise<void> {
  const input = { StackName: stack, ChangeSetName: id };
  await aws
    .call('cloudformation:DeleteChangeSet', input, { evenIfInterrupted: true })
    .catch(() => {});
}

/** Carries it out. Resolves when AWS has begun, or had begun already when an answer was lost. */
export async function execute(
  tools: BootstrapTools,
  { stack, id }: Pick<Proposal, 'stack' | 'id'>,
): Promise<void> {
  const input = { StackName: stack, ChangeSetName: id };
  // 1 to 128 letters, digits and hyphens (API Reference, ExecuteChangeSet): the id of the change set.
  const ClientRequestToken = id.split('/').at(-1) ?? '';
  let lost = false;
  await insist(tools, () =>
    tools.aws
      .call('cloudformation:ExecuteChangeSet', { ...input, ClientRequestToken })
      .catch(async (error: unknown) => {
        if (lost && (await hasBegun(tools, input))) return;
        lost = true;
        throw error;
      }),
  );
}

async function hasBegun({ aws }: BootstrapTools, named: Named): Promise<boolean> {
  const { ExecutionStatus } = await aws.call('cloudformation:DescribeChangeSet', named);
  return /^EXECUTE_/.test(ExecutionStatus ?? '');
}
