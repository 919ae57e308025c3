import { isNamed, says } from '../aws/errors.ts';
import { PreviewopsError } from '../errors.ts';
import { discard, execute, type Proposal, propose } from './change-set.ts';
import { changesOf, type StackChanges } from './changes.ts';
import { checkUpdatable, proposalFailure, stackFailure } from './failure.ts';
import { eventsUntil, followStack } from './follow.ts';
import { findStack, quietStack, type StackOutputs } from './stack.ts';
import type { BootstrapTools } from './tools.ts';
import type { Template } from './values.ts';

export interface ApplyOptions {
  template: Template;
  stackName: string;
  /** Asked when something that exists would go; `false` leaves everything as it is. */
  confirmDestructive(changes: StackChanges): Promise<boolean>;
}

export interface Applied {
  outcome: 'created' | 'updated' | 'unchanged';
  /** For `bootstrapOutputs`. */
  outputs: StackOutputs;
}

/**
 * Makes the stack what the template says: has AWS say what would change, shows that, carries it out
 * and shows the events. Repeating it is safe: what is under way is followed first, and what is as it
 * should be stays. Rejects with `conflict` when nobody agrees that something goes or a name is taken,
 * `access-denied` when the caller may not do what the template needs, `interrupted` with AWS at work
 * or with nothing begun, and otherwise `aws-failed` with the first cause.
 */
export async function applyBootstrap(
  tools: BootstrapTools,
  options: ApplyOptions,
): Promise<Applied> {
  const { stackName } = options;
  const about = { stackName, region: tools.aws.region };
  const before = await quietStack(tools, stackName);
  const isNew = !before || before.StackStatus === 'REVIEW_IN_PROGRESS';
  if (!isNew) checkUpdatable(before.StackStatus ?? '', about);
  const type = isNew ? 'CREATE' : 'UPDATE';
  const proposal = await undisturbed(propose(tools, { ...options, type }));
  if (proposal.failure !== undefined) {
    if (!isUnchanged(proposal.failure)) throw proposalFailure(proposal, about);
    await discard(tools, proposal);
    return { outcome: 'unchanged', outputs: before?.Outputs ?? [] };
  }
  await agree(tools, proposal, options);
  const followed = await carryOut(tools, proposal);
  if (!/^(CREATE|UPDATE)_COMPLETE$/.test(followed.status)) throw stackFailure(followed, about);
  const after = await findStack(tools, proposal.stack);
  return { outcome: isNew ? 'created' : 'updated', outputs: after?.Outputs ?? [] };
}

/** AWS has two sentences for it, and no name. */
const isUnchanged = (reason: string) =>
  /didn't contain changes|no updates are to be performed/i.test(reason);

/** Shows what would change, and has somebody agree where something would go. */
async function agree(
  tools: BootstrapTools,
  proposal: Proposal,
  { stackName, confirmDestructive }: ApplyOptions,
): Promise<void> {
  const changes = changesOf({ Changes: proposal.changes });
  tools.note(`Changes of the stack ${stackName}:`);
  for (const line of changes.lines) tools.note(`  ${line}`);
  if (changes.lines.length === 0) tools.note('  outputs and policies only');
  try {
    const agreed = !changes.destructive || (await confirmDestructive(changes));
    tools.signal.throwIfAborted();
    if (agreed) return;
  } catch (error) {
    await discard(tools, proposal);
    throw error;
  }
  await discard(tools, proposal);
  const gone = changes.changes.filter(
    ({ kind, kept }) => kind !== 'add' && kind !== 'change' && !kept,
  );
  throw new PreviewopsError(
    'conflict',
    `Nothing was changed: the stack ${stackName} would replace or remove ${gone.map(({ id }) => id).join(', ')}, and nobody agreed to that`,
    {
      hint: 'Previews that use it would go down. Agree when asked on a terminal, or give the command what it was given before, so that what is there stays.',
      details: { changes: changes.changes },
    },
  );
}

async function carryOut(tools: BootstrapTools, proposal: Proposal) {
  const { stack } = proposal;
  const [last] = await eventsUntil(tools, stack, () => true, { inclusive: true });
  await undisturbed(execute(tools, proposal));
  return followStack(tools, { stack, after: last?.EventId });
}

/** Says it in plain words when another run got in between. */
async function undisturbed<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const gone = isNamed(error, 'InvalidChangeSetStatusException', 'ChangeSetNotFoundException');
    const moved =
      isNamed(error, 'ValidationError') && says(error, /created again|can ?not be updated/);
    if (!gone && !moved) throw error;
    throw new PreviewopsError('aws-failed', 'Somebody else changed the stack at the same time', {
      hint: 'Run the same command again: it looks at the stack anew.',
      cause: error,
    });
  }
}
