/**
 * Follows the tokens of a listing to its end. A token that repeats ends it too, so that a service
 * which never stops giving one cannot hold us for ever.
 */
export async function allPages<Page, Item>(options: {
  page: (token: string | undefined) => Promise<Page>;
  items: (page: Page) => Item[] | undefined;
  token: (page: Page) => string | undefined;
}): Promise<Item[]> {
  const all: Item[] = [];
  let token: string | undefined;
  do {
    const page = await options.page(token);
    all.push(...(options.items(page) ?? []));
    const next = options.token(page);
    token = next === token ? undefined : next;
  } while (token);
  return all;
}

/** `items` in groups of at most `size`, for calls that take a limited number. */
export function batches<T>(items: readonly T[], size: number): T[][] {
  const groups: T[][] = [];
  for (let at = 0; at < items.length; at += size) groups.push(items.slice(at, at + size));
  return groups;
}
