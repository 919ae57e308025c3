import { setMaxListeners } from 'node:events';
import { stringify } from 'yaml';
import { services } from '../../src/aws/api.ts';
import { type Aws, createAws } from '../../src/aws/aws.ts';
import { type Applied, applyBootstrap } from '../../src/bootstrap/apply.ts';
import type { BootstrapOptions } from '../../src/bootstrap/options.ts';
import { stackNameOf } from '../../src/bootstrap/options.ts';
import { bootstrapOutputs } from '../../src/bootstrap/outputs.ts';
import { withoutOwn } from '../../src/bootstrap/own.ts';
import { readStack } from '../../src/bootstrap/stack.ts';
import { bootstrapTemplate } from '../../src/bootstrap/template.ts';
import type { BootstrapTools } from '../../src/bootstrap/tools.ts';
import { checkConfig } from '../../src/config/check.ts';
import type { Config } from '../../src/config/types.ts';
import { PreviewopsError } from '../../src/errors.ts';
import { policyFor } from '../../src/permissions/policy.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { CallLine, Fault, SandboxOptions } from '../../src/sandbox/types.ts';
import { sampleScope } from '../unit/permissions/sample-scope.ts';
import { fresh, region } from './bootstrap.ts';
import { randomFrom } from './stage.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

// Imports are real input and output, during which virtual time would run on by itself.
await Promise.all(Object.values(services).map((load) => load()));

const seed = {
  account: fresh.account ?? '',
  region,
  cluster: '',
  vpc: '',
  subnets: [],
  securityGroups: [],
  listenerArn: '',
  roleArns: [],
  baseDomain: 'previews.example.com',
};

export interface EmptyAccount {
  clock: VirtualClock;
  sandbox: Sandbox;
  /** What the template is asked for: an account that has the zone of the domain and nothing else. */
  options: BootstrapOptions;
  process(of?: ProcessOptions): BootstrapProcess;
}

export interface ProcessOptions extends Omit<Partial<SandboxOptions>, 'clock'> {
  faults?: Fault[];
  onNote?: (line: string) => void;
  agrees?: boolean;
}

/** One run of the command, with its own clients, faults and call log. */
export interface BootstrapProcess {
  tools: BootstrapTools;
  aws: Aws;
  notes: string[];
  calls: CallLine[];
  killed: Promise<'killed'>;
  abort(): void;
  /** As `init` does: looks at the stack, makes the template of what is left, applies it. */
  apply(options?: BootstrapOptions): Promise<Applied>;
}

/** An account in memory with one hosted zone, on a virtual clock. */
export function openEmptyAccount({ withZone = true } = {}): EmptyAccount {
  const clock = createVirtualClock();
  const sandbox = createSandbox({ clock, seed, account: 'empty' });
  const [zone = ''] = Object.keys(sandbox.world().route53.zones);
  const existing = { ecsServiceRole: false };
  const options = { ...fresh, hostedZoneId: withZone ? zone : undefined, existing };
  return {
    clock,
    sandbox,
    options,
    process: (of = {}) => openProcess(sandbox, { clock, options }, of),
  };
}

function openProcess(
  first: Sandbox,
  { clock, options }: { clock: VirtualClock; options: BootstrapOptions },
  { faults = [], onNote, agrees = false, ...more }: ProcessOptions,
): BootstrapProcess {
  const calls: CallLine[] = [];
  const notes: string[] = [];
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  let tellKilled: (word: 'killed') => void = () => {};
  const killed = new Promise<'killed'>((resolve) => {
    tellKilled = resolve;
  });
  const sandbox = createSandbox({
    clock,
    beside: first,
    faults,
    policies: [
      policyFor(
        { ...sampleScope, region, account: seed.account, app: 'shop' },
        { commands: ['init'] },
      ),
    ],
    onCall: (line) => calls.push(line),
    kill: () => {
      tellKilled('killed');
      throw new Error('killed');
    },
    ...more,
  });
  const random = randomFrom(clock.now());
  const { signal } = controller;
  const aws = createAws({
    region,
    clock: sandbox.clock,
    signal,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
    instrument: (client) => sandbox.instrument(client),
    random,
  });
  const note = (line: string) => {
    notes.push(line);
    onNote?.(line);
  };
  const tools = { aws, clock: sandbox.clock, signal, random, note };
  return {
    tools,
    aws,
    notes,
    calls,
    killed,
    abort: () => controller.abort(new PreviewopsError('interrupted', 'stopped before the end')),
    async apply(asked = options) {
      const stackName = stackNameOf(asked);
      const found = await readStack(tools, stackName);
      const existing = withoutOwn(asked.existing, found?.owned ?? []);
      const template = bootstrapTemplate({ ...asked, existing });
      return applyBootstrap(tools, { template, stackName, confirmDestructive: async () => agrees });
    },
  };
}

/** The configuration that the outputs of a stack make. */
export function configOfStack({ outputs }: Applied): Config {
  const { providerConfig, build } = bootstrapOutputs(outputs);
  const repository = 'https://github.com/acme/shop.git';
  const text = stringify({
    app: 'shop',
    provider: 'aws-ecs',
    providerConfig,
    container: { port: 3000 },
    build: { ...build, repository },
  });
  const checked = checkConfig({ file: 'previewops.yml', text });
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  return checked.config;
}
