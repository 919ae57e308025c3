interface Page<T> {
  data: T[];
  headers: { link?: string | undefined };
}

/** All items of a listing, page by page of a hundred, as GitHub's `Link` header goes on. */
export async function allPages<T>(fetchPage: (page: number) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  for (let page = 1; ; page++) {
    const { data, headers } = await fetchPage(page);
    all.push(...data);
    if (!/\brel="next"/.test(headers.link ?? '')) return all;
  }
}
