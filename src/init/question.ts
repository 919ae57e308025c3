/** One thing that can be chosen. */
export interface Choice<T> {
  value: T;
  /** As a person knows it; already safe to print. */
  label: string;
  /** Why it is offered, in a few words. */
  why: string;
  /** What doctor would fail of it. Then it can be chosen, and is never proposed. */
  problem?: string | undefined;
}

export interface Question<T> {
  /** The flag that answers it, with its value: `--cluster NAME`. */
  flag: string;
  /** What is asked for: `ECS cluster`. */
  title: string;
  /** The flag's answer. */
  given?: T | undefined;
  /** The best first. */
  choices: readonly Choice<T>[];
  /** Of several that go together, all that are proposed; only for lists. */
  together?: { values: T; why: string } | undefined;
  /** The first choice is a fact rather than a guess: nobody has to agree to it. */
  settled?: boolean;
  /** The first choice is what the configuration takes by itself: only a person is asked. */
  usual?: boolean;
  /** Whether there may be no answer. */
  optional?: boolean;
  /** What the stack of `--bootstrap` would make of it. */
  makes?: string | undefined;
  /** Why there is nothing to choose from, or what is wrong with all there is. */
  lacking?: string | undefined;
  /** Reads what is typed. Gives the mistake as text. */
  read(text: string): { value: T } | { mistake: string };
}

/** `open` leaves a placeholder, or the default; `make` leaves it to the stack. */
export type Answer<T> =
  | { kind: 'value'; value: T; why: string }
  | { kind: 'make' }
  | { kind: 'open' };

/** Who answers: flags and proposals, or a person. */
export interface Asker {
  /** One of the choices, or what is typed. */
  one<T extends string | number>(question: Question<T>): Promise<Answer<T>>;
  /** Several of the choices. */
  some(question: Question<string[]>): Promise<Answer<string[]>>;
}

/** The best choice without a problem, or those that go together. */
export function proposalOf<T>({ choices, together }: Question<T>): Choice<T> | undefined {
  if (together) return { value: together.values, label: '', why: together.why };
  return choices.find(({ problem }) => problem === undefined);
}

export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
