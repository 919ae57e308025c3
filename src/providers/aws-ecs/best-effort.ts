import type { Session } from './session.ts';

/** For what a run can do without: undefined where it fails. Rejects only when the run is interrupted. */
export async function orUndefined<T>(
  { signal }: Pick<Session, 'signal'>,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
