import { basename, relative, resolve } from 'node:path';
import type { WorkflowFile, WorkflowName } from '../ci/workflows/render.ts';
import { renderWorkflow } from '../ci/workflows/render.ts';
import type { Prompts } from './prompts.ts';
import type { Values } from './values.ts';

export interface CiAsked {
  region: string;
  values: Values;
  /** Of the repository; absolute. */
  root: string;
  /** The configuration's file; absolute. */
  config: string;
  roleArn?: string | undefined;
  /** The one that is checked out. */
  branch?: string | undefined;
}

/** The CI's files, with paths from the root of the repository. */
export function ciFiles(name: WorkflowName, asked: CiAsked): WorkflowFile[] {
  const { region, values, root, roleArn, branch } = asked;
  const config = relative(root, resolve(root, asked.config)).replaceAll('\\', '/');
  // Commands find a file of the usual name at the root by themselves.
  const elsewhere = config !== basename(config) || !/^\.?previewops\.ya?ml$/.test(config);
  return renderWorkflow(name, {
    region,
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(branch === 'master' ? { defaultBranch: branch } : {}),
    ...(values.baseDomain === undefined ? {} : { baseDomain: values.baseDomain }),
    ...(elsewhere ? { config, ...(values.app === undefined ? {} : { app: values.app }) } : {}),
  });
}

/** Asks a person which CI; the one that the repository's host suggests comes first. */
export async function askCi(
  prompts: Prompts,
  repository: string | undefined,
): Promise<WorkflowName | undefined> {
  const words: Record<WorkflowName, string> = {
    github: 'GitHub Actions',
    'github-dispatch': 'GitHub Actions, started by another system',
    gitlab: 'GitLab CI',
    circleci: 'CircleCI',
    buildkite: 'Buildkite',
  };
  const names = Object.keys(words) as WorkflowName[];
  const likely = names.find((name) => repository?.startsWith(`https://${name}.com/`));
  const sorted = likely === undefined ? names : [likely, ...names.filter((one) => one !== likely)];
  const none = { value: undefined, label: 'none', hint: 'later: previewops init --ci NAME' };
  return prompts.select<WorkflowName | undefined>(
    'A file for your CI, which deploys, destroys and prunes previews?',
    [...sorted.map((value) => ({ value, label: words[value] })), none],
    likely,
  );
}
