import * as z from 'zod';
import { buildCredentialsPattern } from './arn.ts';
import { withForm } from './editor-forms.ts';
import { cpuSizes, listChoices } from './fargate.ts';
import * as field from './fields.ts';
import { describeRepositoryMistake, normalizeRepository } from './repository.ts';
import { role } from './schema-provider.ts';
import { cpuPattern, memoryPattern, parseCpu, parseMemory } from './units.ts';

const cpuWanted = `must be ${listChoices(cpuSizes)} CPU units, or text such as 0.5 vCPU`;
const memoryWanted = 'must be a size in MiB such as 1024, or text such as 1 GB';

const cpu = z
  .union([z.number(), z.string().regex(cpuPattern, { error: cpuWanted })], { error: cpuWanted })
  .transform((written, context) => {
    const units = parseCpu(written);
    if (units !== undefined && cpuSizes.includes(units)) return units;
    context.addIssue({ code: 'custom', message: cpuWanted });
    return z.NEVER;
  });

const memory = z
  .union([z.number(), z.string().regex(memoryPattern, { error: memoryWanted })], {
    error: memoryWanted,
  })
  .transform((written, context) => {
    const mebibytes = parseMemory(written);
    if (mebibytes !== undefined && mebibytes >= 512 && Number.isInteger(mebibytes))
      return mebibytes;
    context.addIssue({ code: 'custom', message: memoryWanted });
    return z.NEVER;
  });

export const task = field.section({
  cpu: withForm(cpu, { kind: 'cpu' })
    .prefault(512)
    .describe('CPU units, 1024 a vCPU; or text such as `0.5 vCPU`.'),
  memory: withForm(memory, { kind: 'memory' })
    .prefault(1024)
    .describe('MiB, or text such as `1 GB`; Fargate has certain sizes for each `cpu`.'),
  architecture: field
    .choice(['x86_64', 'arm64'])
    .default('x86_64')
    .describe('Processor that the image is built for and runs on.'),
  spot: field
    .flag()
    .default(false)
    .describe(
      "Use Fargate Spot: cheaper, and AWS may stop tasks at two minutes' notice. Where it has no capacity for a minute, the deploy that waits for it goes on demand, and the next one tries Spot again.",
    ),
  count: field.whole(1, 100).default(1).describe('Tasks that a preview runs.'),
  ephemeralStorage: field.optional(
    field.whole(21, 200),
    'GiB of disk.',
    'the 20 GiB of every task',
  ),
  assignPublicIp: field
    .flag()
    .default(true)
    .describe(
      'Public address for tasks: needed in subnets without a NAT gateway or VPC endpoints.',
    ),
  roleArn: field.optional(
    role('an IAM role'),
    'Role that the app itself calls AWS with.',
    'none, and so no AWS permissions',
  ),
});

/** It reaches `docker build` as an argument, so that it may not look like an option. */
const insidePath = (what: string) =>
  field
    .text(
      `the path of ${what} inside the repository, without a leading / or - and without ..`,
      /^(?!\/|-)(?!.*(?:^|\/)\.\.(?:\/|$))[^\p{Cc}\\]{1,500}$/u,
    )
    .transform((written) => written.replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '') || '.');

export const build = field.section({
  repository: field.optional(
    withForm(
      field
        .checkedText(describeRepositoryMistake)
        .transform((written) => normalizeRepository(written) ?? written),
      { kind: 'repository' },
    ),
    'Clone URL of the repository.',
    'the git remote of the checkout',
  ),
  dockerfile: insidePath('a Dockerfile')
    .prefault('Dockerfile')
    .describe('Path of the Dockerfile in the repository.'),
  context: insidePath('a directory')
    .prefault('.')
    .describe('Directory in the repository that the build sees.'),
  target: field.optional(
    field.text('the name of a build stage', /^[A-Za-z0-9][\w.-]{0,127}$/),
    'Stage of the Dockerfile to build.',
    'the last stage',
  ),
  args: field
    .variables('images keep their build arguments, so use container.secrets')
    .prefault({})
    .describe('Build arguments: name -> value. They stay readable in the image.'),
  compute: field
    .choice(['small', 'medium', 'large', 'xlarge', '2xlarge'])
    .default('small')
    .describe('Size of the CodeBuild machine.'),
  timeout: field
    .duration(300, 129_600)
    .transform((seconds) => Math.ceil(seconds / 60) * 60)
    .prefault('20m')
    .describe('How long a build may take.'),
  cache: field.flag().default(true).describe('Keep the layers of a build in ECR for the next one.'),
  credentials: field.optional(
    field.text(
      'the ARN of a CodeConnections connection or of a Secrets Manager secret',
      buildCredentialsPattern,
    ),
    'How CodeBuild signs in to clone a private repository.',
    'those of the CodeBuild account, none for a public repository',
  ),
  roleArn: field.optional(
    role('an IAM role'),
    'Role that CodeBuild builds with.',
    '`providerConfig.executionRoleArn`',
  ),
});
