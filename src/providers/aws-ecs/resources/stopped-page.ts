import { PreviewopsError } from '../../../errors.ts';
import type { Identity } from '../../../preview/identity.ts';
import { flagsOf } from '../one-off/command-text.ts';

// FixedResponseActionConfig, ELB API Reference: MessageBody has at most 1,024 characters.
const longest = 1024;

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:15vh auto;padding:0 1em}code{background:#eee;padding:.2em .4em}';

/** The page at the URL of a stopped preview: HTML in ASCII, within what a fixed response may hold. */
export function stoppedPage(identity: Identity): string {
  const command = `previewops start ${flagsOf(identity)}`;
  const whole = pageOf(identity, `<code>${escapeHtml(command)}</code>`);
  if (whole.length <= longest) return whole;
  // A branch may be longer than the page; in its checkout the command finds it by itself.
  const short = pageOf(identity, '<code>previewops start</code> in a checkout of its branch');
  if (short.length <= longest) return short;
  throw new PreviewopsError('internal', `The page for ${identity.id} is longer than AWS takes`);
}

function pageOf({ app, id, pr }: Identity, start: string): string {
  const what = escapeHtml(`${id} of ${app}`);
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="robots" content="noindex">',
    `<title>${what} is stopped</title><style>${style}</style>`,
    `<h1>Preview ${what} is stopped</h1>`,
    `<p>Nothing of it runs${pr === undefined ? '' : `, and pull request ${pr} is as it was`}. `,
    `To start it again:<p>${start}<p>A new deploy starts it as well.`,
  ].join('');
}

/** Everything but plain ASCII text as character references: branch names may hold anything. */
function escapeHtml(text: string): string {
  return text
    .replace(/\p{Cc}/gu, '\u{FFFD}')
    .replace(/[&<>"'`]|[^\x20-\x7e]/gu, (found) => `&#${found.codePointAt(0)};`);
}
