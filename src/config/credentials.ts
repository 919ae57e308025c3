/**
 * Shapes that only credentials have. Key names such as `password` are no reason: a preview's
 * throw-away database may well have a literal one.
 */
const shapes: readonly { what: string; pattern: RegExp }[] = [
  { what: 'an AWS access key id', pattern: /(?<![A-Z0-9])A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Z0-9])/ },
  { what: 'a private key', pattern: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/ },
  { what: 'a GitHub token', pattern: /(?<!\w)(?:gh[pousr]_\w{20,}|github_pat_\w{20,})/ },
  { what: 'a Slack token', pattern: /(?<!\w)xox[a-z]-[\w-]{10,}/ },
];

/** What any of them looks like, as the source of a pattern. */
export const anyCredential = shapes.map(({ pattern }) => pattern.source).join('|');

/** Names the kind of credential that a value looks like, never the value itself. */
export function describeCredential(value: string): string | undefined {
  return shapes.find(({ pattern }) => pattern.test(value))?.what;
}
