import type { CheckedOptions } from './options.ts';

/** One file, with its path from the root of the repository. */
export interface WorkflowFile {
  path: string;
  text: string;
}

/** An expression of GitHub Actions. */
export const expression = (code: string): string => `\${{ ${code} }}`;

/** A scalar that YAML cannot read as anything but this text, on one line. */
export const scalar = (value: string): string =>
  /^[^'\\\p{Cc}]*"[^'\\\p{Cc}]*$/u.test(value) ? `'${value}'` : JSON.stringify(value);

/** A string in an expression or a condition of a CI; the options allow no quote in it. */
export const literal = (value: string): string => `'${value}'`;

/** Moves a block of lines to the right; empty lines stay empty. */
export const indent = (text: string, by: number): string =>
  text.replace(/^(?=.)/gm, ' '.repeat(by));

/** The lines that are there, one after the other. */
export const lines = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join('\n');

/** `previewops-shop` where a repository has several apps. */
export const nameOf = ({ app }: CheckedOptions): string =>
  app === undefined ? 'previewops' : `previewops-${app}`;

/** ` --config apps/shop/previewops.yml`, or nothing. */
export const configFlag = ({ config }: CheckedOptions): string =>
  config === undefined ? '' : ` --config ${config}`;

/** Who wrote the file and where it is explained. */
export function header(options: CheckedOptions, { ci, page }: { ci: string; page: string }) {
  const { baseDomain } = options;
  return lines(
    `# Previews of pull requests${baseDomain === undefined ? '' : ` below ${baseDomain}`}, by previewops.`,
    `# Written by \`previewops init --ci ${ci}\`; explained in docs/ci/${page} of previewops.`,
  );
}
