import type { Read } from '../doctor/read.ts';
import { PreviewopsError } from '../errors.ts';
import type { Account, Balancer, FoundListener, Zone } from './account.ts';
import type { Checkout } from './checkout.ts';
import type { Network } from './network.ts';
import { label } from './propose.ts';
import type { Answer, Asker, Choice, Question } from './question.ts';
import { mistakeIn, type ValueKey, type Values } from './values.ts';

/** Access to the account, as far as asking goes. */
export interface Access {
  account: Account;
  /** Of the caller. */
  id: string;
  partition: string;
  region: string;
  network(vpc: string): Promise<Read<Network>>;
  resolve(host: string): Promise<string[]>;
  random(): number;
  /** Milliseconds. */
  now(): number;
  /** What doctor says of roles in a configuration with these values. */
  judgeRole(
    kind: 'execution' | 'build',
    values: Values,
  ): Promise<{ fits: boolean; seen: string } | undefined>;
}

/** What a survey is made with. */
export interface Tools {
  asker: Asker;
  /** By flags. */
  given: Values;
  /** What the file has already. */
  before: Values;
  /** Its name, for messages. */
  file: string;
  checkout: Checkout;
  /** Absent without AWS. */
  access?: Access | undefined;
  warn(text: string): void;
}

/** What a survey has found out so far; questions add to it in their order. */
export interface Survey {
  values: Values;
  /** What is left to the stack. */
  makes: Set<ValueKey>;
  listener?: FoundListener | undefined;
  network?: Network | undefined;
  zone?: Zone | undefined;
  /** Whether the hosts lead to the load balancer already. */
  leads?: 'here' | 'elsewhere' | 'nowhere' | 'unknown' | undefined;
  /** Whether a certificate on the listener covers the hosts. */
  covered?: boolean | undefined;
}

export const balancerOf = ({ listener }: Survey): Balancer | undefined => listener?.balancer;

/** What stays the same in every question about a value. */
type Asked<T> = Pick<Question<T>, 'flag' | 'title' | 'choices'> &
  Partial<Pick<Question<T>, 'together' | 'settled' | 'usual' | 'optional' | 'makes' | 'lacking'>>;

export async function askOne<K extends ValueKey, T extends string | number>(
  key: K,
  asked: Asked<T>,
  { survey, tools }: { survey: Survey; tools: Tools },
): Promise<Answer<T>> {
  const read = (text: string) => {
    const value = (key === 'port' ? Number(text) : text.trim()) as T;
    const mistake = mistakeIn(key, value);
    return mistake === undefined ? { value } : { mistake };
  };
  const { before, given } = tools;
  const answer = await tools.asker.one({
    ...asked,
    ...unasked(tools),
    ...asItWas(before[key] as T | undefined, asked, tools),
    given: given[key] as T | undefined,
    read,
  });
  return noted(key, answer, survey);
}

export async function askSome<K extends 'subnets' | 'securityGroups'>(
  key: K,
  asked: Asked<string[]> & { items: Choice<string>[] },
  { survey, tools }: { survey: Survey; tools: Tools },
): Promise<Answer<string[]>> {
  const { items, ...question } = asked;
  const before = tools.before[key];
  const answer = await tools.asker.some({
    ...question,
    ...unasked(tools),
    choices: items.map((each) => ({ ...each, value: [each.value] })),
    ...(before === undefined
      ? {}
      : { together: { values: before, why: `as ${tools.file} has it` }, settled: true }),
    given: tools.given[key],
    read: (text) => {
      const value = text.split(/[\s,]+/).filter(Boolean);
      const mistake = mistakeIn(key, value);
      return mistake === undefined ? { value } : { mistake };
    },
  });
  return noted(key, answer, survey);
}

/** That there is nothing to propose means nothing where nobody looked. */
const unasked = ({ access }: Tools) => (access ? {} : { lacking: 'AWS was not asked' });

/** What the file has comes first, and nobody has to agree to it again. */
function asItWas<T>(value: T | undefined, { choices }: Asked<T>, { file }: Tools) {
  if (value === undefined) return {};
  const others = choices.filter((choice) => choice.value !== value);
  const first = { value, label: label(String(value)), why: `as ${file} has it` };
  return { choices: [first, ...others], settled: true };
}

function noted<T>(key: ValueKey, answer: Answer<T>, { values, makes }: Survey): Answer<T> {
  if (answer.kind === 'value') Object.assign(values, { [key]: answer.value });
  if (answer.kind === 'make') makes.add(key);
  return answer;
}

/** The choices that a read gives; one that failed is told, and leaves none. */
export function readOr<T>(
  read: Read<T[]> | undefined,
  what: string,
  { warn }: Pick<Tools, 'warn'>,
): T[] {
  if (read === undefined) return [];
  if (read.ok) return read.value;
  const { seen } = read.gap;
  if (read.gap.code === 'no-credentials' || read.gap.code === 'aws-unreachable') {
    throw new PreviewopsError(read.gap.code, seen.replace('not looked at: ', ''), {
      hint: read.gap.fix,
    });
  }
  warn(`${what} cannot be listed: ${seen.replace('not looked at: ', '')}`);
  return [];
}
