import type { Env } from '../../report/io.ts';
import type { Repository } from './run.ts';
import * as value from './values.ts';

/** A CI's environment variables, each read as what it should be. */
export interface Variables {
  /** The text itself; undefined when unset, empty, or a placeholder that the CI left unfilled. */
  text(name: string): string | undefined;
  pr(name: string): number | undefined;
  branch(name: string): string | undefined;
  commit(name: string): string | undefined;
  title(name: string): string | undefined;
  login(name: string): string | undefined;
  url(name: string): string | undefined;
  repository(name: string): Repository | undefined;
  /** `true`, `True` or `1`; undefined when unset. */
  flag(name: string): boolean | undefined;
}

/**
 * `$(System.X)` in Azure and `${ghprbX}` in Jenkins stay as they are when there is no such value.
 * No wider: `$(id)` is a branch that somebody may have.
 */
const placeholder = /^\$(?:\((?:System|Build)\.[\w.]+\)|\{(?:ghprb|gitlab)\w+\})$/;

export function variables(env: Env): Variables {
  const text = (name: string) => {
    const written = env[name]?.trim();
    return written && !placeholder.test(written) ? written : undefined;
  };
  return {
    text,
    pr: (name) => value.readPr(text(name), name),
    branch: (name) => value.readBranch(text(name), name),
    commit: (name) => value.readCommit(text(name), name),
    title: (name) => value.readTitle(text(name)),
    login: (name) => value.readLogin(text(name)),
    url: (name) => value.readUrl(text(name)),
    repository: (name) => value.readRepository(text(name)),
    flag: (name) => {
      const written = text(name)?.toLowerCase();
      return written === undefined ? undefined : written === 'true' || written === '1';
    },
  };
}
