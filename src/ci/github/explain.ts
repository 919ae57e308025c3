import { oneLine, shorten } from './text.ts';

/** What a token may be allowed or refused, each with what it takes. */
const parts = {
  deployments: { what: 'the deployment of this run', needs: 'deployments: write' },
  removal: { what: 'the removal of old deployment records', needs: 'deployments: write' },
  comment: { what: 'the comment on the pull request', needs: 'pull-requests: write' },
  pulls: { what: 'the question for the pull request', needs: 'pull-requests: read' },
  compare: { what: 'the question whether the commit is on its branch', needs: 'contents: read' },
} as const;

export type Part = keyof typeof parts;

/** One line: what GitHub did not take, why, and what to do. */
export function explainRefusal(part: Part, error: unknown): string {
  const { what, needs } = parts[part];
  const said = messageOf(error);
  const status = statusOf(error);
  if (status === 401) return `GitHub refused ${what}: the token is not valid any more (${said})`;
  if (isRateLimit(error)) return `GitHub refused ${what}: too many requests (${said})`;
  if (status === 403 || status === 404) {
    return `GitHub refused ${what} (${status}, ${said}). The token needs \`${needs}\`: in GitHub Actions, add it to the job's \`permissions\`. Runs for forks and Dependabot cannot have it.`;
  }
  return `GitHub did not take ${what}: ${said}`;
}

export function statusOf(error: unknown): number | undefined {
  const { status } = Object(error) as { status?: unknown };
  return typeof status === 'number' ? status : undefined;
}

/** Whether the request may have been carried out although no good answer came. */
export function isAnswerLost(error: unknown): boolean {
  return (statusOf(error) ?? 0) >= 500;
}

function isRateLimit(error: unknown): boolean {
  const { response } = Object(error) as { response?: { headers?: Record<string, unknown> } };
  return (
    statusOf(error) === 429 ||
    /\brate limit\b/i.test(messageOf(error)) ||
    response?.headers?.['x-ratelimit-remaining'] === '0'
  );
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return shorten(oneLine(text.replace(/ - https:\/\/\S+$/, '')), 200) || 'no reason given';
}
