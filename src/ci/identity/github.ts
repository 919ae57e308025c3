import { PreviewopsError } from '../../errors.ts';
import { quoted } from '../quoted.ts';
import { type EventFacts, needsFile, readGithubEvent } from './github-events.ts';
import { type ReadFile, readEventFile, textAt } from './payload.ts';
import type { RunFacts } from './run.ts';
import { readBranch, readRepository, readUrl } from './values.ts';
import type { Variables } from './variables.ts';

/**
 * GitHub Actions, and what imitates it (Gitea, Forgejo). The event's file says more than the
 * variables do, and on a pull request `GITHUB_SHA` is a merge commit that nobody wrote.
 * https://docs.github.com/actions/reference/workflows-and-actions/variables
 */
export async function readGithub(env: Variables, readFile: ReadFile): Promise<RunFacts> {
  const eventName = env.text('GITHUB_EVENT_NAME');
  const server = env.text('GITHUB_SERVER_URL') ?? 'https://github.com';
  const slug = env.text('GITHUB_REPOSITORY');
  const common = {
    eventName: eventName?.slice(0, 60) ?? 'unknown',
    repository: slug === undefined ? undefined : readRepository(`${server}/${slug}.git`),
    runUrl: runUrl(env, `${server}/${slug}`),
  };
  // Without an event's name the branch that is checked out may still be what is meant.
  if (eventName === undefined) return { ...common, event: 'other' };
  const path = env.text('GITHUB_EVENT_PATH');
  if (path === undefined && needsFile(eventName)) throw withoutFile(eventName);
  const event =
    path === undefined
      ? {}
      : await readEventFile({ path, variable: 'GITHUB_EVENT_PATH' }, readFile);
  const facts = readGithubEvent(eventName, event, env);
  if (lacksNumber(facts)) throw withoutNumber(eventName);
  const defaultBranch = textAt(event, 'repository', 'default_branch');
  return {
    ...common,
    ...facts,
    defaultBranch: readBranch(defaultBranch, 'repository.default_branch'),
  };
}

function runUrl(env: Variables, repository: string): string | undefined {
  const id = env.text('GITHUB_RUN_ID');
  if (id === undefined || !/^\d{1,20}$/.test(id)) return undefined;
  return readUrl(`${repository}/actions/runs/${id}`);
}

const lacksNumber = ({ event, pr }: EventFacts) =>
  (event === 'pull_request' || event === 'review') && pr === undefined;

function withoutFile(eventName: string): PreviewopsError {
  const message = `GitHub Actions runs for ${quoted(eventName)}, but GITHUB_EVENT_PATH is not set`;
  return new PreviewopsError('identity-unknown', message, {
    hint: 'In a container, pass the variable on and mount the file that it names.',
  });
}

function withoutNumber(eventName: string): PreviewopsError {
  const message = `the event ${quoted(eventName)} of GitHub Actions has no pull request in its file`;
  return new PreviewopsError('identity-unknown', message, {
    hint: 'GITHUB_EVENT_PATH must name the file that GitHub wrote for this run.',
  });
}
