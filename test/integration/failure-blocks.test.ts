// Longer than most: one table of everything that goes wrong in a deploy.
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/aws/errors.ts';
import type { Config } from '../../src/config/types.ts';
import type { PreviewopsError } from '../../src/errors.ts';
import { parseClaim } from '../../src/preview/claim.ts';
import { tagKeys } from '../../src/preview/tags.ts';
import type { DeployRequest } from '../../src/providers/provider.ts';
import type { Behaviour, Fault, World } from '../../src/sandbox/types.ts';
import { failureText } from '../helpers/failure-text.ts';
import { commitOf, configOf, createStage, type Process, type Stage } from '../helpers/stage.ts';

const pr = 42;
const withinMs = 5_000;

interface Case {
  code: PreviewopsError['code'];
  exitCode: number;
  behaviour?: Partial<Behaviour>;
  faults?: Fault[];
  config?: Config;
  request?: Partial<DeployRequest>;
  /** The account is another one than usual. */
  account?: (world: World) => void;
  before?: (stage: Stage) => Promise<unknown>;
  /** What others do while the deploy goes on. */
  meanwhile?: (stage: Stage, process: Process) => Promise<unknown>;
  /** Whether AWS shows that it went wrong. */
  known: (world: World) => boolean;
  sentence: RegExp;
  hint: RegExp;
}

const services = (world: World) => Object.values(world.ecs.services);
const rolloutFailed = (world: World) =>
  services(world).some(({ deployments }) => deployments.some((d) => d.rolloutState === 'FAILED'));
const buildFailed = (world: World) =>
  Object.values(world.codebuild.builds).some(({ phases }) =>
    phases.some(({ status, endAt }) => status === 'FAILED' && endAt <= world.now),
  );
const completedAt = ({ deployments: [newest] }: World['ecs']['services'][string]) =>
  newest?.rolloutState === 'COMPLETED' ? newest.updatedAt : Number.POSITIVE_INFINITY;
const says = (text: string) => (world: World) =>
  services(world).some(({ events }) => events.some(({ message }) => message.includes(text)));

const repository = '123456789012.dkr.ecr.us-east-1.amazonaws.com/previews/hello';
const crash = { code: 'rollout-failed', exitCode: 1, known: rolloutFailed } as const;

const cases: Record<string, Case> = {
  'container exits 1': {
    ...crash,
    behaviour: { app: 'crash' },
    sentence: /app exited 1/,
    hint: /ended by itself/,
  },
  'image of the other architecture': {
    ...crash,
    behaviour: { app: 'wrong-architecture' },
    sentence: /descriptor matching platform/,
    hint: /task\.architecture/,
  },
  'image missing': {
    ...crash,
    config: configOf(`sidecars: [{ name: db, image: '${repository}:none' }]\n`),
    sentence: /failed to resolve ref .*: not found/,
    hint: /There is no such image/,
  },
  'log group removed': {
    ...crash,
    meanwhile: removeLogGroup,
    sentence: /The specified log group does not exist/,
    hint: /The log group is gone/,
  },
  'secret not readable': {
    ...crash,
    config: configOf(
      'container: { secrets: { TOKEN: "arn:aws:secretsmanager:us-east-1:123456789012:secret:other-AbCdEf" } }\n',
    ),
    account: (world) => {
      for (const role of Object.values(world.iam.roles)) delete role.inline['previewops-secrets'];
    },
    sentence: /secretsmanager:GetSecretValue/,
    hint: /may not read a secret/,
  },
  'health check path 404': {
    ...crash,
    behaviour: { app: 'not-found' },
    sentence: /failed ELB health checks/,
    hint: /container\.healthCheck\.path/,
  },
  'app on another port': {
    ...crash,
    behaviour: { app: 'wrong-port' },
    sentence: /failed ELB health checks/,
    hint: /\$PORT/,
  },
  'docker build fails': {
    code: 'build-failed',
    exitCode: 1,
    behaviour: { build: 'fail' },
    known: buildFailed,
    sentence: /failed in phase BUILD: .*docker buildx build/,
    hint: /The whole log/,
  },
  'build queue limit 0': {
    code: 'limit-reached',
    exitCode: 4,
    behaviour: { build: 'no-queue' },
    known: () => true, // at once: no build is taken
    sentence: /limit of this account is 0 builds/,
    hint: /Ask for more/,
  },
  'vCPU quota 0': {
    code: 'limit-reached',
    exitCode: 4,
    account: noFargate,
    known: () => true, // at once: nothing is made
    sentence: /may run 0 vCPU of Fargate in us-east-1, and a preview takes 0\.5/,
    hint: /L-3032A538/,
  },
  'vCPU quota 0 that the deploy may not read': {
    code: 'limit-reached',
    exitCode: 4,
    account: noFargate,
    faults: [{ call: 'servicequotas:GetServiceQuota', nth: 1, fault: 'denied' }],
    known: says('unable to place a task'),
    sentence: /limit on the number of vCPUs/,
    hint: /L-3032A538/,
  },
  'no addresses left': {
    code: 'limit-reached',
    exitCode: 4,
    account: noAddresses,
    known: () => true,
    sentence: /the 2 subnets have 0 free addresses, and a preview takes 1/,
    hint: /providerConfig\.subnets/,
  },
  'no addresses left in subnets that the deploy may not read': {
    code: 'rollout-failed',
    exitCode: 1,
    account: noAddresses,
    faults: [{ call: 'ec2:DescribeSubnets', nth: 1, fault: 'denied' }],
    known: rolloutFailed,
    sentence: /InsufficientFreeAddressesInSubnet/,
    hint: /no free address.*providerConfig\.subnets/s,
  },
  'rollback of an update': {
    ...crash,
    before: (stage) => stage.process().deploy({ pr }),
    behaviour: { app: 'crash' },
    request: { commit: commitOf(2) },
    sentence: /app exited 1/,
    hint: /ECS went back to previewops-hello--pr-42:1; the URL still serves that one/,
  },
  'superseded by a newer deploy': {
    code: 'superseded',
    exitCode: 5,
    behaviour: { app: 'slow' },
    meanwhile: async (stage) => {
      await stage.clock.sleep(90_000);
      await stage.process({ seed: 2 }).deploy({ pr }, { commit: commitOf(2) });
    },
    known: ({ elasticloadbalancing: { targetGroups } }) =>
      Object.values(targetGroups).some(
        ({ tags }) => (parseClaim(tags[tagKeys.claim])?.at ?? 0) > firstCall,
      ),
    sentence: /A newer deploy, begun .*, took over/,
    hint: /Nothing is lost/,
  },
  'out of memory': {
    ...crash,
    behaviour: { app: 'out-of-memory' },
    sentence: /OutOfMemoryError/,
    hint: /task\.memory/,
  },
  'nothing answers': {
    ...crash,
    behaviour: { app: 'hang' },
    sentence: /failed ELB health checks/,
    hint: /0\.0\.0\.0/,
  },
  timeout: {
    code: 'timed-out',
    exitCode: 6,
    behaviour: { app: 'slow' },
    request: { timeoutMs: 300_000 },
    known: (world) => world.now - firstCall >= 300_000,
    sentence: /time allowed was over/,
    hint: /--timeout 30m/,
  },
  'URL without a name in DNS': {
    code: 'no-answer',
    exitCode: 1,
    account: (world) => {
      world.dns.records = {};
    },
    known: (world) => services(world).some((one) => world.now >= completedAt(one) + 120_000),
    sentence: /does not answer: .*pr-42\.previews\.example\.com/,
    hint: /wildcard record/,
  },
};

let firstCall = 0;

async function removeLogGroup(stage: Stage, process: Process): Promise<void> {
  const done = () =>
    process.events.some((e) => e.type === 'step-started' && e.step.resource === 'service');
  while (!done()) await stage.clock.sleep(100);
  await process.aws.call('logs:DeleteLogGroup', { logGroupName: '/ecs/previewops-hello--pr-42' });
}

function noFargate({ quotas }: World): void {
  const quota = quotas['L-3032A538'];
  if (quota) quota.value = 0;
}

function noAddresses({ network }: World): void {
  for (const subnet of Object.values(network.subnets)) subnet.availableAddresses = 0;
}

interface Ended {
  error: PreviewopsError;
  lateMs: number;
}

async function play(of: Case): Promise<Ended> {
  const { config = configOf() } = of;
  const plain = await createStage({ config });
  const world = plain.world();
  of.account?.(world);
  const stage = await createStage({ config, world });
  await of.before?.(stage);
  const process = stage.process({
    config,
    behaviour: of.behaviour ?? {},
    faults: of.faults ?? [],
  });
  firstCall = stage.clock.now();
  let known: number | undefined;
  let over = false;
  const watch = async () => {
    while (!over && known === undefined) {
      if (of.known(stage.world())) known = stage.clock.now();
      await stage.clock.sleep(250);
    }
  };
  const deploy = process.deploy({ pr }, of.request).then(
    () => undefined,
    (error: unknown) => ({ error: explain(error), at: stage.clock.now() }),
  );
  const others = Promise.all([watch(), of.meanwhile?.(stage, process)]);
  const end = await deploy;
  over = true;
  // The deploy may have looked in the moment before the watch would have.
  if (of.known(stage.world())) known ??= stage.clock.now();
  await others;
  if (!end) throw new Error('it did not fail');
  if (known === undefined) throw new Error('AWS never showed it');
  return { error: end.error, lateMs: end.at - known };
}

describe('what a deploy says when it fails', () => {
  it.each(Object.entries(cases))('%s', async (name, of) => {
    const { error, lateMs } = await play(of);
    const text = failureText(error);
    await expect(text).toMatchFileSnapshot(`failure-blocks/${name.replaceAll(' ', '-')}.txt`);
    expect(error).toMatchObject({ code: of.code, exitCode: of.exitCode });
    expect(error.message).toMatch(of.sentence);
    expect(error.hint).toMatch(of.hint);
    expect(lateMs).toBeLessThanOrEqual(withinMs);
  });
});
