import { ciPages, makeCiPage } from './ci-pages.ts';
import { makeCommandsPage } from './commands-page.ts';
import { makeConfigPage } from './config-page.ts';
import { makeConfigSchema } from './config-schema.ts';
import { makePermissionsPage } from './permissions-page.ts';
import { makeProsePage, prosePages } from './prose-pages.ts';
import { makeTroubleshootingPage } from './troubleshooting-page.ts';

/** A file that is made from code: nobody edits it, and a contract test proves it fresh. */
export interface GeneratedFile {
  /** From the root of the repository. */
  path: string;
  make: () => string | Promise<string>;
}

export const generatedFiles: readonly GeneratedFile[] = [
  { path: 'schema/previewops.schema.json', make: makeConfigSchema },
  { path: 'docs/configuration.md', make: makeConfigPage },
  { path: 'docs/permissions.md', make: makePermissionsPage },
  { path: 'docs/commands.md', make: makeCommandsPage },
  { path: 'docs/troubleshooting.md', make: makeTroubleshootingPage },
  ...prosePages.map((path) => ({ path, make: () => makeProsePage(path) })),
  ...ciPages.map((path) => ({ path, make: () => makeCiPage(path) })),
];
