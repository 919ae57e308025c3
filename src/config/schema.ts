import * as z from 'zod';
import { withForm } from './editor-forms.ts';
import * as field from './fields.ts';
import { describeHostPatternMistake } from './host.ts';
import { describeRetentionMistake, retentionDays } from './retention.ts';
import { callback, github, trust } from './schema-ci.ts';
import { container, sidecar } from './schema-containers.ts';
import { hooks } from './schema-hooks.ts';
import { prices } from './schema-prices.ts';
import { providerConfig } from './schema-provider.ts';
import { build, task } from './schema-task.ts';
import { tagMap } from './tags.ts';

/**
 * The one definition of `previewops.yml`: the types, the messages, the JSON Schema for editors and
 * docs/configuration.md come from it. Checks of one value are here; those of several in rules.ts.
 */
export const configSchema = field.section({
  $schema: field.optional(
    z.string({ error: 'must be text' }),
    'Where an editor finds the JSON Schema of this file; previewops ignores it.',
    'none',
  ),
  provider: field
    .choice(['aws-ecs'])
    .default('aws-ecs')
    .describe('Where previews run: AWS ECS on Fargate.'),
  providerConfig: providerConfig.describe('What previews share in the AWS account.'),
  app: field.optional(
    field
      .text(
        'lower-case words joined by single hyphens, at most 40 characters',
        /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
      )
      .max(40, { error: 'must have at most 40 characters' }),
    'Name of the app: part of every name and tag, so that apps can share a cluster and a listener.',
    'the name of the repository',
  ),
  hostPattern: withForm(field.checkedText(describeHostPatternMistake), { kind: 'host-pattern' })
    .default('{id}.{baseDomain}')
    .describe(
      'Host of a preview. `{id}` is `pr-42` or the slug of a branch; `{pr}`, `{branch}`, `{app}` and `{baseDomain}` are the other tokens.',
    ),
  branchPrefix: field
    .text('text of at most 100 characters without control characters', /^[^\p{Cc}]{0,100}$/u)
    .default('')
    .describe('Left off the front of branch names before they become a preview id.'),
  container: container.prefault({}).describe('The container that answers requests.'),
  sidecars: field
    .listOf(sidecar, { what: 'sidecars', from: 0, to: 9 })
    .prefault([])
    .describe('Containers beside it in the same task, such as a database.'),
  task: task.prefault({}).describe('Size and placement of the Fargate task.'),
  build: build.prefault({}).describe('How CodeBuild makes the image.'),
  hooks: hooks
    .prefault({})
    .describe(
      "Commands that run in the app's image, in place of its `CMD`, around a deploy: each as a task of its own with the preview's environment.",
    ),
  probe: field
    .flag()
    .default(true)
    .describe(
      "Whether a deploy waits until the preview's URL answers; false for load balancers that this machine cannot reach.",
    ),
  ...trust,
  callback: callback.prefault({}).describe('Where `--callback-url` may lead.'),
  github: github.prefault({}).describe('What is reported to GitHub, in GitHub Actions.'),
  logs: field
    .section({
      retentionDays: z
        .number({ error: 'must be a number of days' })
        .superRefine((days, context) => {
          const message = describeRetentionMistake(days);
          if (message !== undefined) context.addIssue({ code: 'custom', message });
        })
        .default(14)
        .meta({ enum: retentionDays })
        .describe('Days that CloudWatch keeps log lines.'),
    })
    .prefault({})
    .describe('Logs of the containers.'),
  images: field
    .section({
      keep: field
        .whole(1, 10_000)
        .default(200)
        .describe('Images kept in the ECR repository; older ones expire.'),
      days: field.optional(
        field.whole(1, 3650),
        'Days after which an image expires, however few there are.',
        'no limit',
      ),
    })
    .prefault({})
    .describe('Life of the images in ECR.'),
  maxPreviews: field.optional(
    field.whole(1, 1000),
    'Previews that the app may have. One more is refused before anything of it is made; those that are there are updated all the same.',
    'as many as the load balancers take',
  ),
  ttl: field.optional(
    field.duration(600, 31_536_000),
    'How long a preview lives after its last deploy before `previewops prune` removes it.',
    'until it is destroyed',
  ),
  idle: field.optional(
    field.duration(900, 31_536_000),
    'How long a preview may go without a request before `previewops prune --idle` stops it. The load balancer counts requests as they begin; a WebSocket counts once.',
    'never',
  ),
  prices: prices
    .prefault({})
    .describe(
      'What to reckon with where the list prices are not yours: `previewops list` estimates costs.',
    ),
  tags: tagMap
    .prefault({})
    .describe('Further tags for every resource, such as a cost centre. At most 30.'),
});

/** The file as people write it. */
export type WrittenConfig = z.input<typeof configSchema>;
/** The file with each value checked and the constant defaults filled in; see `resolveConfig`. */
export type CheckedConfig = z.output<typeof configSchema>;
