// Longer than most: one table of the sandbox's variables, with a reader for each.
import { PreviewopsError } from '../errors.ts';
import { manifest } from '../permissions/manifest.ts';
import type { AccountKind } from './seed.ts';
import type { Behaviour, Fault } from './types.ts';

/** What `PREVIEWOPS_SANDBOX_*` says; goes into `openSandbox` as it is. */
export interface SandboxEnvironment {
  /** Where the state is; the caller has a default. */
  file?: string;
  callsFile?: string;
  timeScale: number;
  latencyMs: number;
  faults?: Fault[];
  rates?: boolean;
  behaviour: Partial<Behaviour>;
  callerArn?: string;
  account?: AccountKind;
}

const prefix = 'PREVIEWOPS_SANDBOX_';
const apps = [
  'healthy',
  'crash',
  'unhealthy',
  'wrong-architecture',
  'not-found',
  'wrong-port',
  'out-of-memory',
  'hang',
  'slow',
] as const satisfies Behaviour['app'][];
/** A build of 40 s takes 2 s. */
const defaultTimeScale = 0.05;
/** Latency of a process that is not told otherwise, milliseconds. */
export const processLatencyMs = 10;

/** Every variable of the sandbox, and what it is for. */
export const sandboxVariables = {
  [`${prefix}STATE`]: 'The file that holds the simulated account.',
  [`${prefix}CALLS`]: 'A file to which every call adds one line of JSON.',
  [`${prefix}TIME_SCALE`]: `Real seconds for one second of AWS; ${defaultTimeScale} unless set.`,
  [`${prefix}LATENCY_MS`]: `Real milliseconds that every call takes; ${processLatencyMs} unless set.`,
  [`${prefix}FAULTS`]: 'A JSON file with faults to inject: [{call, nth, times, fault}].',
  [`${prefix}RATES`]: 'Whether calls that come faster than AWS takes them are refused: on, off.',
  [`${prefix}APP`]: `How the application behaves: ${apps.join(', ')}.`,
  [`${prefix}BUILD`]: 'How builds end: ok, fail, no-queue.',
  [`${prefix}SPOT`]: 'Whether Fargate Spot has capacity: ok, none.',
  [`${prefix}CALLER`]: 'The ARN of the caller.',
  [`${prefix}ACCOUNT`]:
    'What the account has: ready, all that the configuration names; empty, one hosted zone; busy, two clusters, three load balancers, five roles.',
  [`${prefix}REPORTS`]:
    'on: GitHub is told of a run although its AWS is simulated; off unless set.',
} as const satisfies Record<string, string>;

type Environment = Readonly<Record<string, string | undefined>>;
type ReadFile = (path: string) => Promise<string>;

/** Reads the sandbox's variables; an empty one counts as absent. Throws `bad-usage` naming the variable. */
export async function sandboxOptionsFromEnv(
  env: Environment,
  readFile: ReadFile,
): Promise<SandboxEnvironment> {
  refuseUnknown(env);
  const value = (name: string) => env[`${prefix}${name}`] || undefined;
  const json = async (name: string): Promise<unknown> => {
    const path = value(name);
    return path === undefined ? undefined : readJson(`${prefix}${name}`, { path, readFile });
  };
  const faults = await json('FAULTS');
  const [file, callsFile, callerArn] = [value('STATE'), value('CALLS'), value('CALLER')];
  const app = oneOf('APP', value('APP'), apps);
  oneOf('REPORTS', value('REPORTS'), ['on', 'off']);
  const account = oneOf('ACCOUNT', value('ACCOUNT'), ['ready', 'empty', 'busy']);
  const build = oneOf('BUILD', value('BUILD'), ['ok', 'fail', 'no-queue']);
  const spot = oneOf('SPOT', value('SPOT'), ['ok', 'none']);
  const rates = oneOf('RATES', value('RATES'), ['on', 'off']);
  if (callerArn !== undefined && !/^arn:[^:]+:(iam|sts)::\d{12}:.+$/.test(callerArn)) {
    throw bad('CALLER', `must be the ARN of an IAM or STS identity, not '${callerArn}'`);
  }
  return {
    ...(file === undefined ? {} : { file }),
    ...(callsFile === undefined ? {} : { callsFile }),
    timeScale: number('TIME_SCALE', value('TIME_SCALE') ?? String(defaultTimeScale), 0.0001, 100),
    latencyMs: number('LATENCY_MS', value('LATENCY_MS') ?? String(processLatencyMs), 0, 600_000),
    ...(faults === undefined ? {} : { faults: faultsOf(faults) }),
    ...(rates === 'on' ? { rates: true } : {}),
    behaviour: {
      ...(app ? { app } : {}),
      ...(build ? { build } : {}),
      ...(spot ? { spot } : {}),
    },
    ...(callerArn === undefined ? {} : { callerArn }),
    ...(account === undefined ? {} : { account }),
  };
}

function bad(name: string, problem: string): PreviewopsError {
  return new PreviewopsError('bad-usage', `${prefix}${name} ${problem}`);
}

function refuseUnknown(env: Environment): void {
  const known = Object.keys(sandboxVariables);
  const unknown = Object.keys(env).find((name) => name.startsWith(prefix) && !known.includes(name));
  if (unknown === undefined) return;
  throw new PreviewopsError('bad-usage', `${unknown} is not a variable of the sandbox`, {
    hint: `These are: ${known.join(', ')}`,
  });
}

function number(name: string, text: string, ...[least, most]: [number, number]): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw bad(name, `must be a number from ${least} to ${most}, not '${text}'`);
}

function oneOf<T extends string>(name: string, text: string | undefined, values: readonly T[]) {
  if (text === undefined) return undefined;
  const found = values.find((value) => value === text);
  if (found === undefined) throw bad(name, `must be one of ${values.join(', ')}, not '${text}'`);
  return found;
}

async function readJson(
  variable: string,
  { path, readFile }: { path: string; readFile: ReadFile },
): Promise<unknown> {
  const name = variable.slice(prefix.length);
  const text = await readFile(path).catch((error: Error) => {
    throw bad(name, `names a file that cannot be read: ${error.message}`);
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw bad(name, `names a file that is not JSON (${path}): ${(error as Error).message}`);
  }
}

const kinds = ['throttle', '500', 'denied', 'lost', 'kill'];

function faultsOf(value: unknown): Fault[] {
  const isCount = (n: unknown) => Number.isInteger(n) && (n as number) >= 1;
  if (!Array.isArray(value)) throw bad('FAULTS', 'must name a file with a list of faults');
  value.forEach((fault: Partial<Fault> | null, index) => {
    const { call, nth, times, fault: kind } = fault ?? {};
    const problem =
      typeof call !== 'string' || (call !== '*' && !Object.hasOwn(manifest, call))
        ? "'call' must be '*' or a call such as 'ecs:CreateService'"
        : !isCount(nth)
          ? "'nth' must be a whole number from 1"
          : times !== undefined && times !== 'always' && !isCount(times)
            ? "'times' must be a whole number from 1, or 'always'"
            : !kinds.includes(kind ?? '')
              ? `'fault' must be one of ${kinds.join(', ')}`
              : undefined;
    if (problem) throw bad('FAULTS', `has a mistake in fault ${index + 1}: ${problem}`);
  });
  return value as Fault[];
}
