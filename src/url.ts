/**
 * A URL, or undefined where the text is none. Not by `URL.canParse`: Node 20 refuses good URLs with
 * letters beyond ASCII once it has compiled the call (nodejs/node, "URL.canParse" and one-byte strings).
 */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
