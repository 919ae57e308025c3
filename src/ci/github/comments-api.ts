import type { Connected, Github } from './client.ts';
import { statusOf } from './explain.ts';
import { type Marker, readMarker } from './marker.ts';
import { allPages } from './pages.ts';

/** A comment with a marker of ours, whoever wrote it. */
export interface MarkedComment {
  id: number;
  marker: Marker;
  author: Author;
}

interface Author {
  login: string;
  bot: boolean;
}

/** GitHub's calls for comments, without policy. All reject as Octokit does. */
export interface CommentCalls {
  /** All with a marker of this app, oldest first. */
  list(pr: number, app: string): Promise<MarkedComment[]>;
  create(pr: number, body: string): Promise<{ id: number; author: Author }>;
  edit(id: number, body: string): Promise<void>;
  remove(id: number): Promise<void>;
  /** Login of this token's owner; undefined where GitHub does not tell. */
  whoAmI(): Promise<string | undefined>;
}

export function commentCalls({ at }: Github, { request, graphql }: Connected): CommentCalls {
  return {
    list: async (pr, app) => {
      const all = await allPages((page) =>
        request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
          ...at,
          issue_number: pr,
          per_page: 100,
          page,
        }),
      );
      return all
        .flatMap(({ id, body, user }) => {
          const marker = readMarker(body ?? '');
          return marker?.app === app ? [{ id: Number(id), marker, author: authorOf(user) }] : [];
        })
        .sort((a, b) => a.id - b.id);
    },
    create: async (pr, body) => {
      const { data } = await request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
        ...at,
        issue_number: pr,
        body,
        request: { retries: 0 }, // a second one would be a second comment
      });
      return { id: Number(data.id), author: authorOf(data.user) };
    },
    edit: async (id, body) => {
      await request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
        ...at,
        comment_id: id,
        body,
      });
    },
    remove: async (id) => {
      const path = { ...at, comment_id: id };
      await request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', path).catch(
        (error: unknown) => {
          if (statusOf(error) !== 404) throw error; // the other run of a race was faster
        },
      );
    },
    // `GET /user` refuses a job's own token and every other one of an app; GraphQL's viewer does not.
    whoAmI: async () =>
      (await orUndefined(
        graphql<{ viewer: { login: string } }>('query { viewer { login } }').then(
          ({ viewer }) => viewer.login,
        ),
      )) ?? orUndefined(request('GET /user').then(({ data }) => data.login)),
  };
}

/** Whether `login`, a token's own, wrote it. An app's login may come with `[bot]` or without. */
export function isBy({ login: author, bot }: Author, login: string): boolean {
  return author === login || (bot && author === `${login}[bot]`);
}

function authorOf(user: { login: string; type: string } | null): Author {
  return { login: user?.login ?? '', bot: user?.type === 'Bot' };
}

async function orUndefined(login: Promise<unknown>): Promise<string | undefined> {
  const found = await login.catch(() => undefined);
  return typeof found === 'string' && found !== '' ? found : undefined;
}
