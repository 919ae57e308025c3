import type { CheckedOptions } from './options.ts';
import { pins } from './pins.ts';
import { configFlag, expression, indent, lines, scalar } from './text.ts';

/** What a job may do with the repository's token: read the code, prove who it is, and report. */
export const permissions = lines(
  'permissions:',
  '  contents: read',
  '  id-token: write # for the AWS role',
  '  deployments: write',
  '  pull-requests: write',
);

/**
 * previewops itself. Installed before the checkout and globally, so that no `.npmrc` of a branch says
 * where it comes from; and not run by `npx`, which does not hand on the signal of a cancelled job.
 */
export function installSteps({ packageSpec }: CheckedOptions, condition?: string): string {
  const only = condition === undefined ? [] : [`  if: ${condition}`];
  return lines(
    `- uses: ${pins.setupNode}`,
    ...only,
    '  with:',
    '    node-version: 24',
    `- run: npm install --global ${packageSpec}`,
    ...only,
  );
}

/** The files, without the token that git would keep. `ref` is an expression. */
export function checkoutStep({
  ref,
  fetchDepth,
  condition,
}: {
  ref?: string;
  fetchDepth?: number;
  condition?: string;
}): string {
  return lines(
    `- uses: ${pins.checkout}`,
    condition === undefined ? undefined : `  if: ${condition}`,
    '  with:',
    ref === undefined ? undefined : `    ref: ${expression(ref)}`,
    fetchDepth === undefined ? undefined : `    fetch-depth: ${fetchDepth}`,
    '    persist-credentials: false',
  );
}

/** Exchanges the job's identity for credentials of the role. */
export function credentialsStep({ roleArn, region }: CheckedOptions, condition?: string): string {
  const role = roleArn === undefined ? expression('vars.PREVIEWOPS_ROLE_ARN') : scalar(roleArn);
  return lines(
    `- uses: ${pins.awsCredentials}`,
    condition === undefined ? undefined : `  if: ${condition}`,
    '  with:',
    `    role-to-assume: ${role}`,
    `    aws-region: ${scalar(region)}`,
    `    role-session-name: previewops-${expression('github.run_id')}`,
  );
}

/** `exec`: the signal of a cancelled job reaches previewops, which then ends in order. */
export function runStep(command: string, options: CheckedOptions): string {
  return lines(
    `- run: exec previewops ${command}${configFlag(options)}`,
    '  env:',
    `    GITHUB_TOKEN: ${expression('github.token')}`,
  );
}

/** A job at its place in the file. */
export const job = (name: string, ...parts: readonly (string | undefined)[]): string =>
  lines(`  ${name}:`, indent(lines(...parts), 4));

/** The steps of a job. */
export const steps = (...parts: readonly string[]): string =>
  lines('steps:', indent(lines(...parts), 2));
