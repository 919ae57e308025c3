import { exitCodes } from '../errors.ts';
import type { Keep } from '../preview/expiry.ts';
import type { PreviewSummary } from '../providers/provider.ts';
import type { Session } from '../report/io.ts';
import { printable } from '../report/printable.ts';
import { formatAge } from '../report/time.ts';
import { openContext } from './context.ts';
import type { KeepOptions } from './options.ts';
import { withUi } from './ui.ts';

/** `previewops keep`: gives the exit code. */
export function keep(options: KeepOptions, session: Session): Promise<number> {
  return withUi(options, session, async (ui) => {
    const context = await openContext(options, { session, ui });
    const identity = await context.identity(options);
    const preview = await context.provider.keep(identity, wishOf(options));
    ui.progress.stop();
    ui.printer.document('keep', { preview, warnings: ui.warnings });
    ui.printer.result(`${printable(preview.id)}: ${said(preview, context.clock.now())}`);
    return exitCodes.done;
  });
}

function wishOf({ for: forMs, forever }: KeepOptions): Keep {
  if (forever) return 'forever';
  return forMs === undefined ? 'as-deployed' : { forMs };
}

function said({ kept, expiresAt, status }: PreviewSummary, now: number): string {
  if (kept === 'forever') return 'kept until somebody says otherwise';
  if (expiresAt === null) return 'does not expire (no ttl in the configuration)';
  const ms = Date.parse(expiresAt) - now;
  if (status === 'expired' || ms <= 0) return `expired at ${expiresAt}; keep it with --for 3d`;
  return `expires at ${expiresAt}, in ${formatAge(ms)}`;
}
