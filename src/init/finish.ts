import { parseArn } from '../config/arn.ts';
import { PreviewopsError } from '../errors.ts';
import type { Start } from './begin.ts';
import { ciFiles } from './ci-files.ts';
import { editConfig } from './edit.ts';
import { type Draft, draftOf } from './files.ts';
import { findingsOf } from './findings.ts';
import type { InitOptions, InitResult } from './outside.ts';
import { renderConfig } from './render.ts';
import { settleFiles } from './settle.ts';
import { openIn, type ValueKey, type Values } from './values.ts';

export interface Finishing {
  values: Values;
  ci: InitOptions['ci'];
  /** Further files to write. */
  drafts: readonly Draft[];
  /** What the CI takes on. */
  roleArn?: string | undefined;
}

/** Judges what is to be written, shows it, and writes it. */
export async function finish(start: Start, finishing: Finishing): Promise<InitResult> {
  const { options, outside, connected, region } = start;
  const { values, drafts } = finishing;
  const config = await configDraft(start, values);
  const { warn, tell } = outside;
  if (config.note !== undefined) tell(config.note);
  const findings = await findingsOf(config.text, { values, connected, file: config.name, warn });
  const all = [config, ...drafts, ...(await ciDrafts(start, { ...finishing, config }))];
  const files = await settleFiles(all, { ...options, ...outside });
  const known = { ...values, region: region ?? values.region };
  return { files, open: openIn(values), findings, values: known };
}

async function ciDrafts(
  { outside, checkout, region }: Start,
  { ci, values, roleArn, config }: Finishing & { config: Draft },
): Promise<Draft[]> {
  if (ci === undefined) return [];
  const { cwd, git } = outside;
  const { root } = checkout;
  const where = region ?? parseArn(values.albListenerArn ?? '')?.region;
  if (where === undefined) throw regionless("the CI's file");
  const branch = await git.branch();
  const files = ciFiles(ci, { region: where, values, root, config: config.path, roleArn, branch });
  return Promise.all(files.map(({ path, text }) => draftOf(path, { cwd, root, text })));
}

export const regionless = (what: string) =>
  new PreviewopsError('bad-usage', `${what} needs a region`, {
    hint: 'Give --region, or set AWS_REGION.',
  });

/** A new file, or the one that is there with what is new in it. */
export async function configDraft(
  { target, text, before, options, outside }: Start,
  values: Values,
): Promise<Draft & { note?: string }> {
  const { cwd } = outside;
  if (text === undefined) return draftOf(target, { cwd, text: renderConfig(values) });
  // Of what has a default, a file that does without goes on so unless somebody says it.
  const derived: readonly ValueKey[] = ['app', 'port', 'repository', 'region'];
  const kept = Object.fromEntries(
    Object.entries(values).filter(
      ([key]) =>
        !derived.includes(key as ValueKey) ||
        before[key as ValueKey] !== undefined ||
        options.given[key as ValueKey] !== undefined,
    ),
  );
  const edit = editConfig(text, kept, target);
  return {
    ...(await draftOf(target, { cwd, text: edit.text })),
    overwrites: edit.replaced.length > 0,
    ...(edit.note === undefined ? {} : { note: `${target}: ${edit.note}` }),
  };
}
