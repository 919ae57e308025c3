import { expect } from 'vitest';

/** What the SDK makes of a refusal: the name and the text that the program plans for. */
export const refusal = (name: string, message: string | RegExp = /./) => ({
  name,
  message: expect.stringMatching(message),
});

/** The value; the test fails here when the answer lacks it. */
export function present<T>(value: T | undefined): T {
  expect(value).toBeDefined();
  return value as T;
}
