import { renderDiff } from './diff.ts';
import { type Draft, diffOf, type Fate, write } from './files.ts';
import type { Prompts } from './prompts.ts';

export interface SettleOptions {
  /** Write over what is there. */
  force: boolean;
  prompts?: Prompts | undefined;
  tell(...lines: string[]): void;
}

/** Decides about every file before the first is written, so that who leaves in between leaves nothing. */
export async function settleFiles(
  drafts: readonly Draft[],
  options: SettleOptions,
): Promise<{ name: string; fate: Fate }[]> {
  const decided: { draft: Draft; fate: Fate }[] = [];
  for (const draft of drafts) decided.push({ draft, fate: await decide(draft, options) });
  for (const { draft, fate } of decided) if (fate === 'written') await write(draft);
  return decided.map(({ draft: { name }, fate }) => ({ name, fate }));
}

async function decide(draft: Draft, { force, prompts, tell }: SettleOptions): Promise<Fate> {
  const { name, before, text, overwrites } = draft;
  if (before === text) return 'unchanged';
  if (before !== undefined) tell(`${name} would change:`, ...renderDiff(diffOf(draft)));
  if (prompts) {
    const question = before === undefined ? `Write ${name}?` : `Change ${name} so?`;
    return (await prompts.confirm(question, !overwrites || force)) ? 'written' : 'kept';
  }
  if (!overwrites || force) return 'written';
  tell(`${name} is kept as it is; --force writes it`);
  return 'kept';
}
