import type { Option, Prompts } from './prompts.ts';
import { type Answer, type Asker, type Choice, proposalOf, type Question } from './question.ts';
import { shown } from './taker.ts';

/** What a list ends with, beside the choices. */
type Way = { kind: 'choice'; at: number } | { kind: 'type' } | { kind: 'make' } | { kind: 'open' };

export interface PersonOptions {
  prompts: Prompts;
  /** Leave placeholders: nothing is known to choose from. */
  offline: boolean;
  warn(text: string): void;
}

/** Asks a person at a terminal, with the proposal under the cursor. Flags are not asked for again. */
export function createPerson({ prompts, offline, warn }: PersonOptions): Asker {
  return {
    async one(question) {
      const early = known(question, prompts);
      if (early) return early;
      const { choices, title } = question;
      if (choices.length === 0) {
        if (offline || question.optional) return open(question, prompts);
        if (question.makes === undefined) return typed(question, prompts);
      }
      const ways = waysOf(question);
      const way = await prompts.select(title, ways, firstOf(ways, question));
      if (way.kind === 'make' || way.kind === 'open') return way;
      if (way.kind === 'type') return typed(question, prompts);
      const choice = choices[way.at];
      if (choice === undefined) return { kind: 'open' };
      if (choice.problem !== undefined) warn(`${title}: ${choice.label}: ${choice.problem}`);
      return { kind: 'value', value: choice.value, why: choice.why };
    },
    async some(question) {
      const early = known(question, prompts);
      if (early) return early;
      const { choices, title } = question;
      const proposal = proposalOf(question);
      if (choices.length === 0) {
        if (offline) return open(question, prompts);
        return proposal
          ? { kind: 'value', value: proposal.value, why: proposal.why }
          : lastWay(question, prompts);
      }
      if (!proposal && question.makes !== undefined) {
        const answer = await lastWay(question, prompts);
        if (answer.kind !== 'open') return answer;
      }
      const options = choices.map((each) => optionOf(each, shown(each.value)));
      const chosen = await prompts.many(title, options, proposal?.value ?? []);
      for (const { label, value, problem } of choices) {
        if (problem !== undefined && chosen.includes(shown(value))) warn(`${label}: ${problem}`);
      }
      return { kind: 'value', value: chosen, why: 'chosen' };
    },
  };
}

/** Flags, and facts such as the load balancer's VPC, are told and not asked. */
function known<T>(question: Question<T>, prompts: Prompts): Answer<T> | undefined {
  const { given, settled, title } = question;
  const fact = settled ? proposalOf(question) : undefined;
  const value = given ?? fact?.value;
  if (value === undefined) return undefined;
  const why = given === undefined ? (fact?.why ?? '') : 'as given';
  prompts.say(`${title}: ${shown(value)} (${why})`);
  return { kind: 'value', value, why };
}

const optionOf = <T, V>({ label, why, problem }: Choice<T>, value: V): Option<V> => ({
  value,
  label: problem === undefined ? label : `${label}  (! ${problem})`,
  hint: why,
});

function waysOf<T>({ choices, makes, optional }: Question<T>): Option<Way>[] {
  return [
    ...choices.map((choice, at) => optionOf(choice, { kind: 'choice', at } as Way)),
    { value: { kind: 'type' }, label: 'another one, which I type' },
    ...(makes === undefined
      ? []
      : [{ value: { kind: 'make' } as Way, label: `none: ${makes}`, hint: '--bootstrap' }]),
    ...(optional ? [{ value: { kind: 'open' } as Way, label: 'none' }] : []),
  ];
}

/** The cursor begins on the proposal; else on what the stack makes. */
function firstOf<T>(options: readonly Option<Way>[], question: Question<T>): Way | undefined {
  const ways = options.map(({ value }) => value);
  if (proposalOf(question)) return ways[0];
  return ways.find(({ kind }) => kind === 'make') ?? ways.find(({ kind }) => kind === 'type');
}

async function typed<T>({ title, read }: Question<T>, prompts: Prompts): Promise<Answer<T>> {
  const text = await prompts.text(title, {
    mistake: (given) => {
      const result = read(given);
      return 'mistake' in result ? result.mistake : undefined;
    },
  });
  const result = read(text);
  return 'value' in result
    ? { kind: 'value', value: result.value, why: 'typed' }
    : { kind: 'open' };
}

/** Without AWS: what is typed, or nothing for a placeholder. */
async function open<T>(question: Question<T>, prompts: Prompts): Promise<Answer<T>> {
  const { title, read } = question;
  const text = await prompts.text(`${title} (empty: decide later)`, {
    mistake: (given) => {
      if (given.trim() === '') return undefined;
      const result = read(given);
      return 'mistake' in result ? result.mistake : undefined;
    },
  });
  const result = text.trim() === '' ? undefined : read(text);
  return result && 'value' in result
    ? { kind: 'value', value: result.value, why: 'typed' }
    : { kind: 'open' };
}

/** Where no choice is good: the stack's, a typed one, or one of those all the same. */
async function lastWay<T>(question: Question<T>, prompts: Prompts): Promise<Answer<T>> {
  const { title, lacking, makes, choices } = question;
  if (lacking !== undefined) prompts.say(`${title}: ${lacking}`);
  const way = await prompts.select<Way['kind']>(title, [
    ...(makes === undefined ? [] : [{ value: 'make' as const, label: makes, hint: '--bootstrap' }]),
    { value: 'type' as const, label: 'one that I type' },
    ...(choices.length === 0
      ? []
      : [{ value: 'open' as const, label: 'one of those that are there' }]),
  ]);
  if (way === 'type') return typed(question, prompts);
  return way === 'make' ? { kind: 'make' } : { kind: 'open' };
}
