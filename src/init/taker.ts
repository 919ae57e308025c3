import type { Answer, Asker, Choice, Question } from './question.ts';
import { proposalOf, same } from './question.ts';

/** A question that nobody answered. */
export interface Missing {
  /** E.g. `--cluster NAME`. */
  flag: string;
  title: string;
  /** What `--yes` would take. */
  proposal?: string;
  /** Why there is none. */
  lacking?: string;
  /** What `--bootstrap` would do about it. */
  makes?: string;
}

export interface TakerOptions {
  /** Take the proposals. */
  yes: boolean;
  /** Leave placeholders for what nobody says. */
  offline: boolean;
  /** Leave to the stack what is not there. */
  bootstrap: boolean;
  tell(line: string): void;
  warn(text: string): void;
}

/**
 * Answers by flags, facts and, with `--yes`, proposals. What is left goes to `missing`, all of it, so
 * that one run tells every flag that the next one needs.
 */
export function createTaker(options: TakerOptions): Asker & { missing: Missing[] } {
  const missing: Missing[] = [];
  const answer = <T>(question: Question<T>): Answer<T> => {
    const proposal = proposalOf(question);
    if (question.given !== undefined) return given(question, question.given, options);
    if (proposal && (options.yes || question.settled || question.usual)) {
      options.tell(lineOf(question, proposal.value, proposal.why));
      return { kind: 'value', value: proposal.value, why: proposal.why };
    }
    if (question.optional) return { kind: 'open' };
    if (!proposal && question.makes !== undefined && options.bootstrap) {
      options.tell(`${question.title}: ${question.makes}`);
      return { kind: 'make' };
    }
    if (options.offline) return { kind: 'open' };
    missing.push(missingOf(question, proposal));
    // As if it were agreed to, so that what hangs on it can be proposed too.
    if (proposal) return { kind: 'value', value: proposal.value, why: proposal.why };
    return { kind: 'open' };
  };
  return { missing, one: async (question) => answer(question), some: async (q) => answer(q) };
}

function missingOf<T>(
  { flag, title, lacking, makes }: Question<T>,
  proposal: Choice<T> | undefined,
): Missing {
  return {
    flag,
    title,
    ...(proposal ? { proposal: `${shown(proposal.value)} (${proposal.why})` } : {}),
    ...(lacking !== undefined && !proposal ? { lacking } : {}),
    ...(makes !== undefined && !proposal ? { makes } : {}),
  };
}

/** A flag is obeyed; what is known to be wrong with it is told. */
function given<T>(question: Question<T>, value: T, { tell, warn }: TakerOptions): Answer<T> {
  const words = [value].flat() as unknown[];
  const known = question.choices.filter((choice) =>
    words.some((word) => same([choice.value].flat(), [word])),
  );
  for (const { label, problem } of known) {
    if (problem !== undefined) warn(`${question.title} ${label}: ${problem}`);
  }
  if (question.choices.length > 0 && known.length < words.length && !question.settled) {
    const names = question.choices.map(({ label }) => label).join(', ');
    warn(`${question.title}: ${shown(value)} is not among what was found (${names})`);
  }
  tell(lineOf(question, value, 'as given'));
  return { kind: 'value', value, why: 'as given' };
}

export const shown = (value: unknown): string => [value].flat().join(',');
const lineOf = <T>({ title }: Question<T>, value: T, why: string) =>
  `${title}: ${shown(value)} (${why})`;
