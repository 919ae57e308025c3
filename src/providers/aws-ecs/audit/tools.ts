import { isDenied } from '../../../aws/errors.ts';
import { owns, type Tags, tagKeys } from '../../../preview/tags.ts';
import type { Session } from '../session.ts';

/** What every part of an audit works with. */
export interface AuditTools {
  session: Session;
  /** Whose previews; everybody's when absent. */
  app: string | undefined;
  /** Warnings given, so that none is given twice. */
  warned: Set<string>;
}

export interface Owner {
  app: string;
  id: string;
}

export const keyOf = ({ app, id }: Owner) => `${app}--${id}`;

/** Whose preview a resource is of, by its tags alone; undefined when not ours or not asked for. */
export function ownerOf(tags: Tags | undefined, app: string | undefined): Owner | undefined {
  const owner = { app: tags?.[tagKeys.app] ?? '', id: tags?.[tagKeys.preview] ?? '' };
  if (owner.app === '' || owner.id === '' || !owns(tags, owner.app, owner.id)) return undefined;
  return app === undefined || owner.app === app ? owner : undefined;
}

/**
 * What a listing can do without: where a permission is missing, that is said once, and the rest goes
 * on. `lost` says what is then not seen.
 */
export async function orDenied<T>(
  tools: AuditTools,
  lost: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isDenied(error)) throw error;
    const action = /perform: ([a-z0-9]+:\w+)/i.exec((error as Error).message)?.[1];
    const text = `${action ?? 'a permission'} is missing (previewops policy): ${lost}`;
    warnOnce(tools, text);
    return undefined;
  }
}

export function warnOnce({ session, warned }: AuditTools, text: string): void {
  if (!warned.has(text)) session.emit({ type: 'note', level: 'warning', text });
  warned.add(text);
}
