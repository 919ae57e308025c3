import { regionPattern, rolePattern } from '../../config/arn.ts';
import { domainPattern } from '../../config/host.ts';
import { PreviewopsError } from '../../errors.ts';
import { version } from '../../version.ts';
import { quoted } from '../quoted.ts';

/** What a workflow is written for. All of it ends up in a file that a CI runs, so all of it is checked. */
export interface WorkflowOptions {
  /** AWS region of the previews, e.g. `us-east-1`. */
  region: string;
  /** Role that the CI takes on; without it the file reads the CI's own variable (`docs/ci.md`). */
  roleArn?: string | undefined;
  /** The branch that gets no preview. Default `main`. */
  defaultBranch?: string | undefined;
  /** Named in the comment at the top. */
  baseDomain?: string | undefined;
  /** Where one repository has several apps: becomes part of the names of file and groups. */
  app?: string | undefined;
  /** For `--config`, relative to the root of the repository. */
  config?: string | undefined;
  /** The label that `requireLabel` asks for, so that adding it sets off a deploy. */
  label?: string | undefined;
  /** npm package and version, `previewops@1.2.3`. Default: this very version. */
  packageSpec?: string | undefined;
  /** File name instead of the usual one, e.g. `qanote-ecs-preview.yml`. */
  workflowFile?: string | undefined;
}

/** Options that are safe to write into YAML, into a shell command and into a comment. */
export interface CheckedOptions extends WorkflowOptions {
  defaultBranch: string;
  packageSpec: string;
}

const branchPattern = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_./+@#=,-]{0,253}[\p{L}\p{N}_+@#=,-])?$/u;

/** Narrower than what each thing may be: nothing here has a meaning to a shell or to YAML. */
const wanted = {
  region: { pattern: regionPattern, what: 'an AWS region such as us-east-1' },
  roleArn: { pattern: rolePattern, what: 'the ARN of an IAM role' },
  defaultBranch: {
    pattern: branchPattern,
    what: 'a branch name of letters, digits and _ . / + @ # = , -',
  },
  baseDomain: { pattern: domainPattern, what: 'a domain such as previews.example.com' },
  app: { pattern: /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, what: 'the name of an app' },
  config: {
    pattern: /^(?!.*\.\.)[A-Za-z0-9_.][\w./-]{0,199}$/,
    what: 'a path in the repository of letters, digits and _ . / -',
  },
  label: {
    pattern: /^[\p{L}\p{N}](?:[\p{L}\p{N} :/._+-]{0,48}[\p{L}\p{N}])?$/u,
    what: 'a label of letters, digits, spaces and : / . _ + -',
  },
  packageSpec: {
    pattern: /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*@[0-9A-Za-z][0-9A-Za-z.+-]*$/,
    what: 'an npm package with its version, such as previewops@1.2.3',
  },
  workflowFile: {
    pattern: /^[A-Za-z0-9_][\w.-]{0,95}\.ya?ml$/,
    what: 'the name of a file that ends with .yml',
  },
} as const satisfies Record<keyof WorkflowOptions, { pattern: RegExp; what: string }>;

/** Fills in the defaults. Throws `bad-usage` for a value that could mean more than it says. */
export function checkOptions(options: WorkflowOptions): CheckedOptions {
  for (const [name, { pattern, what }] of Object.entries(wanted)) {
    const value = options[name as keyof WorkflowOptions];
    if (value === undefined || (typeof value === 'string' && pattern.test(value))) continue;
    const given = quoted(String(value));
    throw new PreviewopsError('bad-usage', `${name} of a workflow must be ${what}, not ${given}`, {
      hint: 'Write the file with a simpler value, and put yours in by hand.',
    });
  }
  return {
    ...options,
    defaultBranch: options.defaultBranch ?? 'main',
    packageSpec: options.packageSpec ?? `previewops@${version}`,
  };
}
