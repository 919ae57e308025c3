import { execFileSync } from 'node:child_process';

/** What git is to know in a test: nothing of whoever runs it, and of no repository around `root`. */
export const gitEnv = (root: string) => ({
  PATH: process.env.PATH,
  HOME: root,
  GIT_CEILING_DIRECTORIES: root,
  GIT_AUTHOR_NAME: 't',
  GIT_AUTHOR_EMAIL: 't@example.com',
  GIT_COMMITTER_NAME: 't',
  GIT_COMMITTER_EMAIL: 't@example.com',
});

/** Gives what git printed, without the spaces around it; throws when it fails. */
export const runGit = (
  { cwd, env }: { cwd: string | undefined; env: ReturnType<typeof gitEnv> },
  ...args: string[]
) =>
  execFileSync('git', args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'] })
    .toString()
    .trim();
