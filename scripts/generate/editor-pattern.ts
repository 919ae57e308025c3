/**
 * Some editors compile patterns without the `u` flag, which these need. Control characters and
 * separators can be written out; of all letters there are, only what is none among the first 128
 * signs. previewops itself checks the rest.
 */
const written: readonly (readonly [classes: string, plain: string])[] = [
  [
    '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]',
    '[^\\u0000-\\u001f\\u0021-\\u002a\\u002c\\u003b\\u003c\\u003e\\u003f\\u005b-\\u005e\\u0060\\u007b-\\u009f]',
  ],
  ['\\p{Cc}', '\\u0000-\\u001f\\u007f-\\u009f'],
  ['\\p{Zl}', '\\u2028'],
  ['\\p{Zp}', '\\u2029'],
];

/** A pattern that every editor can compile. Throws for one that nobody has written out. */
export function editorPattern(pattern: string): string {
  const plain = written.reduce(
    (text, [classes, signs]) => text.replaceAll(classes, signs),
    pattern,
  );
  if (!plain.includes('\\p{')) return plain;
  throw new Error(`editor-pattern.ts does not know how to write out ${pattern}`);
}
