import { stackNameOf } from '../bootstrap/options.ts';
import type { bootstrapOutputs } from '../bootstrap/outputs.ts';
import { withoutOwn } from '../bootstrap/own.ts';
import { renderTemplate } from '../bootstrap/render.ts';
import { bootstrapTemplate } from '../bootstrap/template.ts';
import { issuerOf } from '../bootstrap/trust.ts';
import type { Template } from '../bootstrap/values.ts';
import type { Connected, InitOptions } from './outside.ts';
import { stackOptions } from './stack.ts';
import type { Survey } from './survey.ts';
import { usesIn } from './uses.ts';
import { mistakeIn, type ValueKey, type Values } from './values.ts';

export interface StackPlan {
  name: string;
  template: Template;
  /** As YAML. */
  text: string;
}

export interface StackAsked {
  survey: Survey;
  options: InitOptions;
  region: string;
  partition: string;
  /** The clone URL. */
  repository?: string | undefined;
  connected?: Connected | undefined;
  /** The configuration as it will be. */
  config: { file: string; text: string };
}

/**
 * The template for what is missing. What a stack of the same name made before is not taken for
 * something that exists: an update that found it so would delete it.
 */
export async function planStack(asked: StackAsked): Promise<StackPlan> {
  const { survey, options, connected } = asked;
  const roles = await connected?.account.roles();
  const facts = {
    region: asked.region,
    partition: asked.partition,
    account: connected?.id,
    repository: asked.repository,
    ci: options.ci,
    roles: roles?.ok ? roles.value : undefined,
    zone: survey.zone,
    written: usesIn(asked.config),
    parameters: {},
  };
  const first = stackOptions(survey, facts);
  const name = stackNameOf(first);
  const found = await connected?.stacks.read(name);
  const host = first.ci === 'none' ? undefined : issuerOf(first.ci).replace('https://', '');
  const oidcProviderArn =
    host === undefined ? undefined : await connected?.stacks.oidcProvider(host);
  const whole = stackOptions(survey, {
    ...facts,
    oidcProviderArn,
    parameters: found?.parameters ?? {},
  });
  const template = bootstrapTemplate({
    ...whole,
    existing: withoutOwn(whole.existing, found?.owned ?? []),
  });
  return { name, template, text: renderTemplate(template, name) };
}

/** The values with what the stack tells; what the survey knows already stays as it is. */
export function withOutputs(values: Values, result: ReturnType<typeof bootstrapOutputs>): Values {
  const { providerConfig, build } = result;
  const told: Record<string, unknown> = { ...providerConfig, buildRoleArn: build.roleArn };
  const entries = Object.entries(told).filter(
    ([key, value]) =>
      value !== undefined &&
      values[key as ValueKey] === undefined &&
      mistakeIn(key as ValueKey, value) === undefined,
  );
  const all: Values = { ...values, ...Object.fromEntries(entries) };
  return all.buildRoleArn === all.executionRoleArn ? { ...all, buildRoleArn: undefined } : all;
}
