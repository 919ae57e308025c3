/** A page of `items`, and the marker of the next one when there is any. */
export interface Page<T> {
  items: T[];
  next?: string;
}

export interface PageRequest<T> {
  /** The marker that an earlier page gave. */
  marker?: string | undefined;
  size: number;
  /** A key that sorts as the listing does: an item that goes meanwhile shifts nothing. */
  keyOf: (item: T) => string;
  /** Called for a marker that no page gave; throws. */
  onBadMarker: () => never;
}

/** Cuts one page out of a listing, in the order of its keys. The last page has no marker. */
export function paginate<T>(all: readonly T[], request: PageRequest<T>): Page<T> {
  const { marker, size, keyOf, onBadMarker } = request;
  const after = marker === undefined ? undefined : (decode(marker) ?? onBadMarker());
  const rest = all
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .filter(({ key }) => after === undefined || key > after);
  const shown = rest.slice(0, size);
  const last = shown.at(-1);
  const items = shown.map(({ item }) => item);
  return last && rest.length > shown.length ? { items, next: encode(last.key) } : { items };
}

const encode = (key: string) => Buffer.from(`after:${key}`).toString('base64url');

function decode(marker: string): string | undefined {
  const text = Buffer.from(marker, 'base64url').toString();
  return text.startsWith('after:') ? text.slice('after:'.length) : undefined;
}
