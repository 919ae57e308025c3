import type { PreviewSummary } from '../provider.ts';
import { audit } from './audit/audit.ts';
import type { Session } from './session.ts';

/** Every preview of one app, or of all, by app and id. */
export async function list(
  session: Session,
  { app }: { app?: string | undefined },
): Promise<PreviewSummary[]> {
  return (await audit(session, app)).previews;
}
