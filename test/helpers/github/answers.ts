/** One request, as a route sees it. */
export interface Call {
  params: string[];
  query: URLSearchParams;
  body: Record<string, unknown>;
}

export interface Answer {
  status: number;
  data?: unknown;
  headers?: Record<string, string>;
}

export const ok = (data: unknown): Answer => ({ status: 200, data });
export const created = (data: unknown): Answer => ({ status: 201, data });
export const gone = (): Answer => ({ status: 204 });
export const notFound = (): Answer => ({ status: 404, data: { message: 'Not Found' } });
export const forbidden = (): Answer => ({
  status: 403,
  data: { message: 'Resource not accessible by integration' },
});
export const invalid = (message: string): Answer => ({ status: 422, data: { message } });

/** A page of a listing, with GitHub's `Link` header where there is another. */
export function paged(items: readonly unknown[], { query }: Call): Answer {
  const size = Number(query.get('per_page') ?? 30);
  const page = Number(query.get('page') ?? 1);
  const more = items.length > page * size;
  return {
    ...ok(items.slice((page - 1) * size, page * size)),
    headers: more ? { link: `<https://github.invalid/?page=${page + 1}>; rel="next"` } : {},
  };
}
