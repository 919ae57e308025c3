import { relative, resolve } from 'node:path';
import { parseArn, regionPattern } from '../config/arn.ts';
import { searchConfig } from '../config/search.ts';
import { printable } from '../report/printable.ts';
import { type Checkout, readCheckout } from './checkout.ts';
import { readWritten } from './edit.ts';
import { readIfThere } from './files.ts';
import type { Connected, InitOptions, Outside } from './outside.ts';
import { findTarget } from './target.ts';
import type { Values } from './values.ts';

/** What is known before the first question. */
export interface Start {
  options: InitOptions;
  outside: Outside;
  target: string;
  /** Text of the configuration that is there. */
  text: string | undefined;
  before: Values;
  checkout: Checkout;
  region: string | undefined;
  connected: Connected | undefined;
  /** Why AWS is not asked. */
  offline: string | undefined;
}

/** Reads what is there, and connects. */
export async function begin(options: InitOptions, outside: Outside): Promise<Start> {
  const target = await findTarget(outside.cwd, options.output);
  const text = await readIfThere(resolve(outside.cwd, target), target);
  const before = text === undefined ? {} : readWritten(text, target).values;
  if (text === undefined && options.output === undefined) await warnOfOthers(outside);
  const checkout = await readCheckout(outside.cwd, outside.git);
  const region = await findRegion(options, outside, before);
  const base = { options, outside, target, text, before, checkout, region };
  if (options.offline) return { ...base, connected: undefined, offline: '--offline' };
  if (region === undefined) {
    return { ...base, connected: undefined, offline: 'no region is known: --region, AWS_REGION' };
  }
  const connection = await outside.connect(region);
  if ('offline' in connection) {
    outside.warn(`AWS cannot be asked: ${connection.offline}`);
    return { ...base, connected: undefined, offline: connection.offline };
  }
  const { id, arn } = connection.connected;
  outside.tell(`Account ${id}, region ${region}, as ${arn}`);
  return { ...base, connected: connection.connected, offline: undefined };
}

/** A listener says its region; else the environment does, or a person. */
async function findRegion(
  options: InitOptions,
  { findRegion: find, prompts }: Outside,
  before: Values,
) {
  const listener = options.given.albListenerArn ?? before.albListenerArn;
  const told = options.region ?? parseArn(listener ?? '')?.region ?? (await find())?.value;
  if (told !== undefined || !prompts || options.offline) return told;
  return prompts.text('AWS region', {
    initial: 'us-east-1',
    mistake: (text) =>
      regionPattern.test(text) ? undefined : 'must be a region such as us-east-1',
  });
}

/** A configuration of another name, or above, is no longer read once there is a new file here. */
async function warnOfOthers({ cwd, home, warn }: Outside): Promise<void> {
  const show = (path: string) => printable(relative(cwd, path));
  const found = await searchConfig({ cwd, home, show });
  if (found === undefined) return;
  warn(`${show(found.path)} is a configuration already, and previewops.yml here goes before it`);
}
