import * as z from 'zod';
import { secretPattern } from './arn.ts';
import { describeCodesMistake } from './codes.ts';
import { withForm } from './editor-forms.ts';
import * as field from './fields.ts';

const containerName = () =>
  field.text('1 to 255 letters, digits, hyphens and underscores', /^[A-Za-z0-9_-]{1,255}$/);

const secretMap = (reserved: Record<string, string> = {}) =>
  field
    .mapOf(
      field.variableNames(reserved),
      field.text(
        'the ARN of a Secrets Manager secret or SSM parameter, or the name of a parameter (/path/name)',
        secretPattern,
      ),
    )
    .default({})
    .describe(
      'Environment variables whose values ECS reads from Secrets Manager or SSM: name -> ARN.',
    );

const dependencies = () =>
  z.record(containerName(), field.choice(['start', 'complete', 'success', 'healthy']), {
    error: 'must be a mapping of container names to start, complete, success or healthy',
  });

const portReserved = { PORT: 'is set by previewops: write container.port instead' };

const healthCheck = field.section({
  path: field
    .text('a path that begins with / and has at most 1024 characters', /^\/[\x21-\x7e]{0,1023}$/)
    .default('/')
    .describe('Path that the load balancer asks for.'),
  codes: withForm(
    field.word().superRefine((codes, context) => {
      const message = describeCodesMistake(codes);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    }),
    { kind: 'codes' },
  )
    .prefault('200-399')
    .describe('HTTP codes that mean healthy: a list such as `200,302` or a range.'),
  grace: field
    .duration(0, 86_400)
    .prefault(60)
    .describe('Seconds after a start in which a failed check does no harm, or a duration.'),
});

export const container = field.section({
  name: containerName().default('app').describe('Name of the container in the task.'),
  port: field.optional(
    field.whole(1, 65_535),
    'Port that it listens on; the variable `PORT` holds it.',
    'the first `EXPOSE` of the Dockerfile, else 8080',
  ),
  command: field.optional(
    field.command(),
    "Words to run instead of the image's `CMD`.",
    "the image's",
  ),
  env: field
    .variables('use container.secrets', portReserved)
    .prefault({})
    .describe('Environment variables: name -> value.'),
  secrets: secretMap(portReserved),
  healthCheck: healthCheck.prefault({}).describe('Health check of the load balancer.'),
  stopTimeout: field
    .duration(2, 120)
    .prefault(5)
    .describe('Seconds to stop in after SIGTERM, or a duration.'),
  dependsOn: field.optional(
    dependencies(),
    'What it waits for: sidecar -> `start`, `complete`, `success` or `healthy`.',
    'every sidecar: `healthy` where it has a health check, else `start`',
  ),
});

const sidecarHealthCheck = field.section({
  command: field
    .command()
    .describe(
      'Words to run in the container. `CMD` goes before them, unless it or `CMD-SHELL` is the first.',
    ),
  interval: field
    .duration(5, 300)
    .prefault(10)
    .describe('Seconds between two checks, or a duration.'),
  timeout: field
    .duration(2, 60)
    .prefault(5)
    .describe('Seconds that a check may take, or a duration.'),
  retries: field.whole(1, 10).default(3).describe('Failures in a row that mean unhealthy.'),
  startPeriod: field
    .duration(0, 300)
    .prefault(0)
    .describe('Seconds after a start in which failures do not count, or a duration.'),
});

export const sidecar = field.section({
  name: containerName().describe('Name of the container; the others reach it at `localhost`.'),
  image: field
    .text(
      'an image such as postgres:17 or public.ecr.aws/docker/library/redis:8',
      /^[A-Za-z0-9][\w.:/@-]{0,254}$/,
    )
    .describe('Image, by tag or digest.'),
  command: field.optional(
    field.command(),
    "Words to run instead of the image's `CMD`.",
    "the image's",
  ),
  env: field
    .variables('use the secrets of this sidecar')
    .prefault({})
    .describe('Environment variables: name -> value.'),
  secrets: secretMap(),
  healthCheck: field.optional(sidecarHealthCheck, 'Health check inside the container.', 'none'),
  dependsOn: dependencies().default({}).describe('What it waits for, as in `container.dependsOn`.'),
  essential: field.flag().default(true).describe('Whether the task ends when this container does.'),
});
