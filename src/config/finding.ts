/** Keys and list indices from the top of the file down to a value. */
export type Path = readonly (string | number)[];

/** A mistake before its place in the file is looked up. */
export interface Finding {
  path: Path;
  sentence: string;
}

/** Control, formatting and line separating characters: they could forge lines or hide text. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Makes text from outside safe for one line of a terminal or a log. */
export const visible = (text: string) => text.replaceAll(invisible, '');

/** The same for one word, cut where nobody reads on. */
export function printable(text: string): string {
  const clean = visible(text);
  return clean.length > 60 ? `${clean.slice(0, 59)}…` : clean;
}

/** `sidecars[0].env.NAME`. */
export function formatPath(path: Path): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${printable(part)}`,
    )
    .join('');
}

/** A sentence that begins with the key; what one provider asks for says so in front. */
export function find(path: Path, message: string): Finding {
  const provider = path[0] === 'providerConfig' ? 'aws-ecs ' : '';
  return { path, sentence: `${provider}${formatPath(path)} ${message}` };
}
