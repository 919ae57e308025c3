import type { Github } from './client.ts';
import { type CommentCalls, commentCalls, isBy, type MarkedComment } from './comments-api.ts';
import { isAnswerLost } from './explain.ts';
import { readMarker } from './marker.ts';

export interface StickyComment {
  pr: number;
  app: string;
  /** Begins with a marker. */
  body: string;
  /** Write one where there is none; otherwise only an earlier one is brought up to date. */
  create: boolean;
}

/**
 * Brings the one comment of an app on a pull request up to date. It is ours when it begins with our
 * marker and this token wrote it; a stranger's with the same marker is neither edited nor counted.
 * Never rejects; a refusal becomes a note.
 */
export async function settleComment(github: Github, comment: StickyComment): Promise<void> {
  await github.attempt('comment', async (connected) => {
    const calls = commentCalls(github, connected);
    const marked = await calls.list(comment.pr, comment.app);
    // Who we are matters only where there is something to tell apart.
    if (marked.length > 0) github.self.login ??= (await calls.whoAmI()) ?? '';
    const ours = oursAmong(marked, github);
    if (ours.length > 0) return converge(calls, { ours, comment });
    if (!comment.create) return;
    await createOnce(calls, { github, comment });
    // Another run may have written one at the same moment, or an earlier one before we knew our name.
    await converge(calls, {
      ours: oursAmong(await calls.list(comment.pr, comment.app), github),
      comment,
    });
  });
}

function oursAmong(marked: readonly MarkedComment[], { self }: Github): MarkedComment[] {
  const { login } = self;
  return login ? marked.filter(({ author }) => isBy(author, login)) : [];
}

/** Keeps the oldest, with the newest run's text, and removes the others. */
async function converge(
  calls: CommentCalls,
  { ours, comment }: { ours: MarkedComment[]; comment: StickyComment },
): Promise<void> {
  const [keep, ...others] = ours;
  const wanted = readMarker(comment.body);
  if (keep === undefined || wanted === undefined) return;
  const newerRun = ours.some(({ marker }) => marker.run > wanted.run);
  // What a newer run wrote is never overwritten, nor removed unless the newer run's is the one kept.
  if (!newerRun && keep.marker.sum !== wanted.sum) await calls.edit(keep.id, comment.body);
  for (const { id, marker } of others) {
    if (marker.run <= wanted.run) await calls.remove(id);
  }
}

/** One comment, also when the answer to the first try is lost. Learns from it who we are. */
async function createOnce(
  calls: CommentCalls,
  { github, comment }: { github: Github; comment: StickyComment },
): Promise<void> {
  const { pr, app, body } = comment;
  const create = async () => {
    github.self.login = (await calls.create(pr, body)).author.login;
  };
  try {
    await create();
  } catch (error) {
    if (!isAnswerLost(error)) throw error;
    github.self.login ||= (await calls.whoAmI()) ?? '';
    if (oursAmong(await calls.list(pr, app), github).length === 0) await create();
  }
}
