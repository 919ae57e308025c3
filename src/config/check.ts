import { explainIssues, isMisspelt } from './explain.ts';
import type { Finding } from './finding.ts';
import { checkListenerKeys } from './listeners.ts';
import { isRecord } from './record.ts';
import { resolveConfig } from './resolve.ts';
import { rules } from './rules.ts';
import { type Draft, salvage } from './salvage.ts';
import { type CheckedConfig, configSchema } from './schema.ts';
import { readSource, type Source, sourceOf } from './source.ts';
import type { Config, Problem } from './types.ts';

export type CheckResult = { config: Config } | { problems: Problem[] };

/** More help nobody, and each has to be looked up in a file that may be hostile. */
const mostFindings = 200;

/** Above this a file is no configuration. */
export const largestFile = 1024 * 1024;

/**
 * Checks the text of a configuration file; `package.json` holds it under the key `previewops`.
 * Every mistake of the file comes back at once, in the order of the file.
 */
export function checkConfig({ file, text }: { file: string; text: string }): CheckResult {
  if (text.length > largestFile) {
    return { problems: [{ file, line: 1, column: 1, message: 'the file is larger than 1 MB' }] };
  }
  return checkSource(file, read({ file, text }));
}

function read({ file, text }: { file: string; text: string }): Source {
  const inPackage = /(?:^|[/\\])package\.json$/.test(file);
  return readSource(text, inPackage ? 'previewops' : undefined);
}

/** What is well-formed in a file that may have mistakes, or is not finished. */
export function readDraft(given: { file: string; text: string }): Draft<CheckedConfig> {
  const { data } = read(given);
  return isRecord(data) ? salvage(configSchema, data) : {};
}

/** Checks what a JavaScript configuration file exports; all its mistakes are at the top. */
export function checkExport(file: string, exported: unknown): CheckResult {
  return checkSource(file, sourceOf(exported));
}

function checkSource(file: string, source: Source): CheckResult {
  const result = source.broken ? { findings: [] } : checkData(source.data);
  const found = result.findings.slice(0, mostFindings).map(({ path, sentence }) => ({
    ...source.locate(path),
    message: sentence,
  }));
  const problems = [...source.mistakes, ...found]
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map((mistake) => ({ file, ...mistake }));
  if (problems.length > 0 || !('checked' in result)) return { problems };
  return { config: resolveConfig(result.checked) };
}

function checkData(data: unknown): { findings: Finding[]; checked?: CheckedConfig } {
  if (!isRecord(data)) return { findings: [{ path: [], sentence: describeTop(data) }] };
  const parsed = configSchema.safeParse(data);
  const wrong = parsed.success ? [] : explainIssues(parsed.error.issues, data);
  const draft = salvage(configSchema, data);
  const unnamed = checkListenerKeys(data).filter((finding) => !isMisspelt(finding, wrong));
  const findings = [...wrong, ...unnamed, ...rules.flatMap((rule) => rule(draft))];
  return parsed.success ? { findings, checked: parsed.data } : { findings };
}

function describeTop(data: unknown): string {
  const wanted = 'provider and providerConfig are expected';
  if (data === undefined || data === null) return `the configuration is empty: ${wanted}`;
  const kind = Array.isArray(data) ? 'a list' : 'one value';
  return `the configuration is ${kind}, not a mapping of keys to values: ${wanted}`;
}
