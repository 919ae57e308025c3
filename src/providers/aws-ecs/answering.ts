import { PreviewopsError } from '../../errors.ts';
import type { FailureReport } from '../../preview/failure.ts';
import type { ProbeAnswer } from '../probe.ts';
import type { Session } from './session.ts';

const pollMs = 3_000;
/** DNS answers are cached for a minute or so; a URL that is silent for longer needs a hand. */
const patienceMs = 120_000;

/** Waits until the preview's URL answers. Rejects with `no-answer` when it does not. */
export async function waitForAnswer(session: Session, deadline: number): Promise<void> {
  const { probe, clock, signal, emit, target } = session;
  if (!probe) return;
  const { url } = target.identity;
  const begun = clock.now();
  for (;;) {
    const problem = problemOf(await probe(url, signal));
    if (!problem) return;
    const now = clock.now();
    if (now >= Math.min(deadline, begun + patienceMs)) throw noAnswer(url, problem);
    emit({
      type: 'waiting',
      what: `${url} to answer`,
      ms: now - begun,
      detail: problem.said,
    });
    await clock.sleep(pollMs, signal);
  }
}

interface Problem {
  said: string;
  hint: string;
}

const away =
  'Where this machine cannot reach the load balancer, set probe: false or use --no-probe.';

/** Nothing wrong when anything but the load balancer answers: what the app says is its own affair. */
function problemOf(answer: ProbeAnswer): Problem | undefined {
  if ('problem' in answer) return { said: answer.message, hint: unreachable[answer.problem] };
  const { status, server } = answer;
  const byBalancer = server?.toLowerCase().startsWith('awselb/') ?? false;
  if (!byBalancer || (status >= 300 && status < 400)) return undefined;
  return {
    said: `the load balancer itself answers ${status}`,
    hint:
      status >= 500
        ? 'It gets no answer from the container: the app must listen on 0.0.0.0 at $PORT.'
        : 'Another rule or the default action of the listener answers for this host: see `previewops doctor`.',
  };
}

const unreachable: Record<'dns' | 'connect' | 'tls', string> = {
  dns: `Point a wildcard record *.<baseDomain> at the load balancer, or set providerConfig.hostedZoneId. ${away}`,
  connect: `The load balancer must be internet-facing and its security group admit port 443. ${away}`,
  tls: 'The HTTPS listener needs an issued certificate for *.<baseDomain>: see `previewops doctor`.',
};

function noAnswer(url: string, { said, hint }: Problem): PreviewopsError {
  const sentence = `The new tasks are healthy, but ${url} does not answer: ${said}`;
  const failure: FailureReport = {
    sentence,
    tasks: [],
    targets: [],
    events: [],
    log: undefined,
    hint,
    next: ['previewops doctor'],
  };
  return new PreviewopsError('no-answer', sentence, {
    hint: [hint, ...failure.next.map((line) => `  ${line}`)].join('\n'),
    details: { failure },
  });
}
