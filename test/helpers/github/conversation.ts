import {
  type Answer,
  type Call,
  created,
  forbidden,
  gone,
  invalid,
  notFound,
  ok,
  paged,
} from './answers.ts';
import type { GithubState } from './state.ts';

export function listComments({ comments }: GithubState, call: Call): Answer {
  const issue = Number(call.params[0]);
  return paged(
    comments.filter((one) => one.issue === issue),
    call,
  );
}

export function createComment(state: GithubState, { params: [issue], body }: Call): Answer {
  if (!state.may.comments) return forbidden();
  const refusal = refuse(body.body);
  if (refusal) return refusal;
  const comment = {
    id: state.nextId++,
    issue: Number(issue),
    body: String(body.body),
    user: state.me,
    edits: 0,
  };
  state.comments.push(comment);
  return created(comment);
}

/** A token that may write may also edit what others wrote: GitHub does not protect a stranger's comment. */
export function editComment(state: GithubState, { params: [id], body }: Call): Answer {
  const found = state.comments.find((one) => one.id === Number(id));
  if (found === undefined) return notFound();
  if (!state.may.comments) return forbidden();
  const refusal = refuse(body.body);
  if (refusal) return refusal;
  found.body = String(body.body);
  found.edits++;
  return ok(found);
}

export function deleteComment(state: GithubState, { params: [id] }: Call): Answer {
  const found = state.comments.find((one) => one.id === Number(id));
  if (found === undefined) return notFound();
  if (!state.may.comments) return forbidden();
  state.comments = state.comments.filter((one) => one !== found);
  return gone();
}

export function listPulls({ pulls }: GithubState, call: Call): Answer {
  const [head, state] = [call.query.get('head'), call.query.get('state') ?? 'open'];
  return paged(
    pulls.filter((one) => one.state === state && (head === null || one.head.label === head)),
    call,
  );
}

export function getPull({ pulls }: GithubState, { params: [number] }: Call): Answer {
  const found = pulls.find((one) => one.number === Number(number));
  return found === undefined ? notFound() : ok(found);
}

export function getBranch({ branches }: GithubState, { params: [name = ''] }: Call): Answer {
  return branches[name] === undefined ? notFound() : ok({ name });
}

/** `base...head`: how head stands to base. */
export function compare(state: GithubState, { params: [basehead = ''] }: Call): Answer {
  const [base = '', head = ''] = basehead.split('...');
  const commits = state.branches[base];
  const known = [...Object.values(state.branches).flat(), ...state.strayCommits];
  if (commits === undefined || !known.includes(head)) return notFound();
  const status =
    commits.at(-1) === head ? 'identical' : commits.includes(head) ? 'behind' : 'diverged';
  return ok({ status });
}

export function getUser({ me }: GithubState): Answer {
  return me.type === 'Bot' ? forbidden() : ok(me);
}

export function graphql({ me, viewer }: GithubState): Answer {
  return viewer ? ok({ data: { viewer: { login: me.login } } }) : forbidden();
}

function refuse(body: unknown): Answer | undefined {
  if (typeof body !== 'string' || body === '') return invalid('body cannot be blank');
  return body.length > 65_536
    ? invalid('Body is too long (maximum is 65536 characters)')
    : undefined;
}
