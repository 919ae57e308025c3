import * as z from 'zod';
import { describeCommandMistake } from './command.ts';
import { describeCredential } from './credentials.ts';
import { withForm } from './editor-forms.ts';
import * as field from './fields.ts';

const wanted = 'must be text that sh runs, or a list of 1 to 100 words such as [npm, run, migrate]';

/** A command of a hook: words run as they are, text runs in a shell. Gives words either way. */
export function hookCommand() {
  const command = z
    .union([z.string(), field.command()], { error: wanted })
    .transform((written) => (Array.isArray(written) ? written : inShell(written)))
    .superRefine((words, context) => {
      const kind = words.map(describeCredential).find((found) => found !== undefined);
      const message =
        describeCommandMistake(words) ??
        (kind === undefined ? undefined : `holds what looks like ${kind}: use container.secrets`);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    });
  return withForm(command, { kind: 'hook' });
}

/** Nothing to run stays empty, so that it is refused. */
const inShell = (text: string) => (text.trim() === '' ? [''] : ['sh', '-c', text]);
