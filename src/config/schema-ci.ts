import * as field from './fields.ts';
import { hostPattern } from './host-pattern.ts';

/** Whose code may run with the build role, next to the account. */
export const trust = {
  forks: field
    .choice(['deny', 'without-secrets', 'allow'])
    .default('deny')
    .describe(
      "Previews of pull requests from forks, whose Dockerfile runs with the build role: none, without the containers' secrets, or as any other.",
    ),
  bots: field
    .choice(['deny', 'allow'])
    .default('deny')
    .describe('Previews of pull requests that a bot opened.'),
  requireLabel: field.optional(
    field.text(
      'the name of a label, of at most 50 characters',
      /^(?=.*\S)[^\p{Cc}\p{Zl}\p{Zp}]{1,50}$/u,
    ),
    'A pull request without this label gets no preview.',
    'none is needed',
  ),
};

export const callback = field.section({
  allowHosts: field.optional(
    field.listOf(hostPattern(), { what: 'host names', from: 1, to: 50 }),
    'The only hosts that `--callback-url` may name, such as `ci.example.com` or `*.example.com`.',
    'every host with a public address',
  ),
  allowPrivate: field
    .flag()
    .default(false)
    .describe('Whether it may lead to a private or loopback address.'),
});

export const github = field.section({
  deployments: field
    .flag()
    .default(true)
    .describe('Show the preview as a deployment of the pull request.'),
  environment: field
    .text('1 to 255 characters without control characters', /^(?=.*\S)[^\p{Cc}]{1,255}$/u)
    .default('PR Preview')
    .describe('Environment of those deployments, one for all previews.'),
  comment: field
    .choice(['auto', 'on-failure', 'off'])
    .default('auto')
    .describe('Whether one comment on the pull request tells of its preview.'),
});
