import {
  type Answer,
  type Call,
  created,
  forbidden,
  gone,
  invalid,
  notFound,
  paged,
} from './answers.ts';
import type { FakeDeployment, GithubState } from './state.ts';

const states = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success'];

export function listDeployments(state: GithubState, call: Call): Answer {
  const fits = (one: FakeDeployment) =>
    (['environment', 'task', 'ref'] as const).every((key) => {
      const wanted = call.query.get(key);
      return wanted === null || one[key] === wanted;
    });
  return paged([...state.deployments].reverse().filter(fits).map(shown), call);
}

/** With GitHub's defaults, which are what a careless client gets. */
export function createDeployment(state: GithubState, { body }: Call): Answer {
  if (!state.may.deployments) return forbidden();
  if (typeof body.ref !== 'string') return invalid('ref is missing');
  if (body.auto_merge !== false) return { status: 202, data: { message: 'Auto-merged' } };
  if (!Array.isArray(body.required_contexts) || body.required_contexts.length > 0) {
    return { status: 409, data: { message: 'Conflict: Commit status checks failed' } };
  }
  const deployment: FakeDeployment = {
    id: state.nextId++,
    ref: body.ref,
    task: text(body.task, 'deploy'),
    environment: text(body.environment, 'production'),
    payload: body.payload ?? {},
    description: text(body.description, ''),
    transient_environment: body.transient_environment === true,
    production_environment: body.production_environment === true,
    statuses: [],
  };
  state.deployments.push(deployment);
  return created(shown(deployment));
}

/** GitHub deletes inactive ones only, unless it is the only one. */
export function deleteDeployment(state: GithubState, { params: [id] }: Call): Answer {
  const found = find(state, id);
  if (found === undefined) return notFound();
  if (!state.may.deployments || !state.may.deletion) return forbidden();
  const active = ['success', 'in_progress', 'queued', 'pending'].includes(
    found.statuses.at(-1)?.state ?? 'pending',
  );
  if (active && state.deployments.length > 1) {
    return invalid('We cannot delete an active deployment unless it is the only deployment');
  }
  state.deployments = state.deployments.filter((one) => one !== found);
  return gone();
}

export function listStatuses(state: GithubState, call: Call): Answer {
  const found = find(state, call.params[0]);
  return found === undefined ? notFound() : paged([...found.statuses].reverse(), call);
}

export function createStatus(state: GithubState, { params: [id], body }: Call): Answer {
  const found = find(state, id);
  if (found === undefined) return notFound();
  if (!state.may.deployments) return forbidden();
  const wanted = text(body.state, '');
  if (!states.includes(wanted)) return invalid('state is not included in the list');
  const description = text(body.description, '');
  if ([...description].length > 140) return invalid('description is too long (maximum is 140)');
  // One value under two names; `log_url` replaces the other.
  const target = text(body.log_url, text(body.target_url, ''));
  const environment_url = text(body.environment_url, '');
  const add = (to: FakeDeployment, what: string) =>
    to.statuses.push({
      id: state.nextId++,
      state: what,
      description: to === found ? description : '',
      environment_url: to === found ? environment_url : '',
      target_url: to === found ? target : '',
      log_url: to === found ? target : '',
    });
  add(found, wanted);
  if (wanted === 'success' && body.auto_inactive !== false) {
    for (const other of state.deployments) {
      const ends =
        other !== found &&
        other.environment === found.environment &&
        !other.transient_environment &&
        !other.production_environment;
      if (ends) add(other, 'inactive');
    }
  }
  return created(found.statuses.at(-1));
}

function find({ deployments }: GithubState, id: string | undefined): FakeDeployment | undefined {
  return deployments.find((one) => one.id === Number(id));
}

function shown({ statuses: _, ...deployment }: FakeDeployment): unknown {
  return deployment;
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
