import { appFromRepository } from '../ci/app.ts';
import { defaultPort } from '../config/port.ts';
import { normalizeRepository } from '../config/repository.ts';
import { isTaken, label } from './propose.ts';
import type { Choice } from './question.ts';
import { askOne, type Survey, type Tools } from './survey.ts';

type About = { survey: Survey; tools: Tools };

/** The app itself: where its code is, what it is called, where it listens. */
export async function askApp(about: About): Promise<void> {
  await askRepository(about);
  await askName(about);
  await askPort(about);
}

async function askRepository({ survey, tools }: About): Promise<void> {
  const { origin } = tools.checkout;
  const choices =
    origin === undefined ? [] : [choice(origin, 'the remote origin of this checkout')];
  const answer = await askOne(
    'repository',
    {
      flag: '--repository URL',
      title: 'Repository that CodeBuild clones',
      choices,
      settled: origin !== undefined,
      optional: true,
    },
    { survey, tools },
  );
  if (answer.kind !== 'value') return;
  // It is said in the file only where the checkout does not say it.
  const url = normalizeRepository(String(answer.value));
  survey.values.repository = url === origin ? undefined : url;
}

async function askName({ survey, tools }: About): Promise<void> {
  const url = survey.values.repository ?? tools.checkout.origin;
  const name = url === undefined ? undefined : appFromRepository(url);
  const known = name !== undefined && isTaken('app', name);
  await askOne(
    'app',
    {
      flag: '--app NAME',
      title: 'Name of the app',
      choices: known ? [choice(name, 'after the repository')] : [],
      settled: known,
      lacking: 'this checkout has no remote to take it from',
    },
    { survey, tools },
  );
}

async function askPort({ survey, tools }: About): Promise<void> {
  const { port } = tools.checkout;
  const value = port ?? defaultPort;
  const why = port === undefined ? 'the usual one' : 'from the Dockerfile';
  await askOne(
    'port',
    {
      flag: '--port NUMBER',
      title: 'Port that the container listens on',
      choices: [{ value, label: String(value), why }],
      settled: port !== undefined,
      usual: true,
    },
    { survey, tools },
  );
}

const choice = (value: string, why: string): Choice<string> => ({
  value,
  label: label(value),
  why,
});
