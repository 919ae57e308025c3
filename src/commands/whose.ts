import type { Session } from '../report/io.ts';
import { type Context, openContext } from './context.ts';
import type { CommonOptions } from './options.ts';
import type { Ui } from './ui.ts';

/** The context of a command about many previews, and whose they are: everybody's when undefined. */
export async function openWhose(
  options: CommonOptions & { app?: string; allApps: boolean },
  { session, ui }: { session: Session; ui: Ui },
): Promise<{ context: Context; whose: string | undefined }> {
  const asked = options.allApps ? '*' : options.app;
  const app = asked === undefined ? {} : { app: asked };
  const context = await openContext(options, { session, ui, ...app });
  return { context, whose: options.allApps ? undefined : (asked ?? context.app) };
}
