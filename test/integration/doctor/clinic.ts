import { setMaxListeners } from 'node:events';
import { services } from '../../../src/aws/api.ts';
import { createAws } from '../../../src/aws/aws.ts';
import { scopeOf } from '../../../src/commands/scope.ts';
import type { Config } from '../../../src/config/types.ts';
import type { CheckResult } from '../../../src/doctor/check.ts';
import { type DoctorOptions, runDoctor } from '../../../src/doctor/doctor.ts';
import type { PolicyDocument } from '../../../src/permissions/evaluate.ts';
import { ciCommands } from '../../../src/permissions/needs.ts';
import { policyFor } from '../../../src/permissions/policy.ts';
import { callingCommands } from '../../../src/permissions/words.ts';
import { awsEcs } from '../../../src/providers/aws-ecs/aws-ecs.ts';
import { createSandbox } from '../../../src/sandbox/sandbox.ts';
import type { CallLine, SandboxOptions, World } from '../../../src/sandbox/types.ts';
import { configOf, createStage } from '../../helpers/stage.ts';
import { createVirtualClock } from '../../helpers/virtual-clock.ts';

export interface Visit {
  results: CheckResult[];
  calls: CallLine[];
  /** Status by id, without those that are ok. */
  complaints: Record<string, string>;
  result(id: string): CheckResult;
}

export interface Patient extends Partial<Omit<SandboxOptions, 'clock'>> {
  /** What the sandbox was made for. */
  config?: Config;
  /** What doctor is told, where that differs. */
  told?: Config;
  edit?: (world: World) => void;
  doctor?: Partial<DoctorOptions>;
}

/** The least-privilege policy of every command, doctor too. */
export const fullPolicy = (config: Config): PolicyDocument =>
  policyFor(scopeOf(config, config.app ?? ''), { commands: callingCommands });

/** A healthy account with what `edit` does to it, and doctor's results for it. */
export async function visit(patient: Patient = {}): Promise<Visit> {
  const { config = configOf(), told = config, edit, doctor = {}, ...sandboxOptions } = patient;
  const clock = createVirtualClock();
  await Promise.all(Object.values(services).map((load) => load())); // in real time, so before virtual time runs
  const world = (await createStage({ config, clock })).world();
  edit?.(world);
  const calls: CallLine[] = [];
  const sandbox = createSandbox({
    clock,
    world,
    policies: [fullPolicy(config)],
    onCall: (line) => calls.push(line),
    ...sandboxOptions,
  });
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const random = () => 0.5;
  const aws = createAws({
    region: told.providerConfig.region,
    clock: sandbox.clock,
    signal,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
    instrument: (client) => sandbox.instrument(client),
    random,
  });
  const app = told.app ?? '';
  const emit = () => {};
  const provider = awsEcs({ config: told, aws, clock: sandbox.clock, emit, signal, random });
  const results = await runDoctor({
    config: told,
    app,
    scope: scopeOf(told, app),
    commands: ciCommands,
    aws,
    clock: sandbox.clock,
    signal,
    random,
    resolve: (host) => sandbox.resolve(host),
    listPreviews: () => provider.list({ app }),
    ...doctor,
  });
  const mute = results.find(({ status, fix }) => /warn|fail/.test(status) && !fix);
  if (mute) throw new Error(`${mute.id} does not say what to do`);
  const notOk = results.filter(({ status }) => status !== 'ok');
  return {
    results,
    calls,
    complaints: Object.fromEntries(notOk.map(({ id, status }) => [id, status])),
    result: (id) => {
      const found = results.find((each) => each.id === id);
      if (!found) throw new Error(`no result ${id} among ${results.map((each) => each.id)}`);
      return found;
    },
  };
}

/** The only value of a record. */
export function one<T>(records: Record<string, T>): T {
  const [value, ...more] = Object.values(records);
  if (value === undefined || more.length > 0) throw new Error('not exactly one');
  return value;
}
