import { isNamed } from '../../aws/errors.ts';
import { PreviewopsError } from '../../errors.ts';
import { findDigest } from './resources/image.ts';
import type { Session } from './session.ts';

/** An image that the user named instead of having one built. */
export interface GivenImage {
  /** With digest where it could be found. */
  reference: string;
  warning: string | undefined;
}

/** Pins a tag of our own account's registry to its digest; other registries are taken at their word. */
export async function resolveImage(session: Session, reference: string): Promise<GivenImage> {
  const prefix = `${session.target.registry}/`;
  if (reference.includes('@sha256:')) return { reference, warning: undefined };
  const unpinned = {
    reference,
    warning: `${reference} is not pinned by digest: a restarted task may run another image`,
  };
  if (!reference.startsWith(prefix)) return unpinned;
  const { repository, tag } = splitReference(reference.slice(prefix.length));
  try {
    const digest = await findDigest(session, { repository, tag });
    if (digest) return { reference: `${prefix}${repository}@${digest}`, warning: undefined };
  } catch (error) {
    // The least-privilege policy reads the app's own repository only.
    if (isNamed(error, 'AccessDeniedException')) return unpinned;
    throw error;
  }
  throw new PreviewopsError('not-found', `There is no image ${reference}`, {
    hint: 'Check the tag, or leave --image out to have the image built.',
  });
}

function splitReference(path: string): { repository: string; tag: string } {
  const colon = path.lastIndexOf(':');
  return colon < 0
    ? { repository: path, tag: 'latest' }
    : { repository: path.slice(0, colon), tag: path.slice(colon + 1) };
}
