import { describe, expect, test } from 'vitest';
import { probeSandbox } from '../../src/commands/probe.ts';
import { scopeOf } from '../../src/commands/scope.ts';
import type { Config } from '../../src/config/types.ts';
import { runDoctor } from '../../src/doctor/doctor.ts';
import { ciCommands } from '../../src/permissions/needs.ts';
import { policyFor } from '../../src/permissions/policy.ts';
import { callingCommands } from '../../src/permissions/words.ts';
import { identify } from '../../src/preview/identity.ts';
import { awsEcs } from '../../src/providers/aws-ecs/aws-ecs.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import type { World } from '../../src/sandbox/types.ts';
import { worldDigest } from '../../src/sandbox/world.ts';
import { account as accountId } from '../helpers/bootstrap.ts';
import {
  type BootstrapProcess,
  configOfStack,
  type EmptyAccount,
  openEmptyAccount,
} from '../helpers/empty-account.ts';
import { commitOf, outcome, writes } from '../helpers/stage.ts';

/** Doctor's complaints, by id. */
async function complaints({ process, sandbox }: EmptyAccount, config: Config) {
  const policies = [policyFor(scopeOf(config, 'shop'), { commands: callingCommands })];
  const { tools } = process({ policies });
  const results = await runDoctor({
    ...tools,
    config,
    app: 'shop',
    scope: scopeOf(config, 'shop'),
    commands: ciCommands,
    resolve: (host) => sandbox.resolve(host),
    listPreviews: async () => [],
  });
  const notOk = results.filter(({ status }) => status !== 'ok');
  return Object.fromEntries(notOk.map(({ id, status, seen }) => [id, `${status}: ${seen}`]));
}

/** A CI job that took on the stack's role, and has no rights but that role's. */
function jobOf({ process, sandbox, clock }: EmptyAccount, config: Config) {
  const callerArn = `arn:aws:sts::${accountId}:assumed-role/previewops-shop-deploy/job`;
  const { tools } = process({ callerArn, policies: undefined as never });
  const probe = probeSandbox(createSandbox({ clock, beside: sandbox }));
  const provider = awsEcs({ ...tools, config, emit: () => {}, probe });
  const { baseDomain } = config.providerConfig;
  const identity = identify({ pr: 1 }, { ...config, app: 'shop', baseDomain });
  const asked = { identity, commit: commitOf(1), wait: true, timeoutMs: 15 * 60_000 };
  return {
    deploy: async () => (await provider.deploy(asked)).apply(),
    destroy: async () => (await provider.destroy(identity)).apply(),
    idle: async () => provider.idle(await provider.list({ app: 'shop' }), 1),
  };
}

const stackIn = ({ cloudformation }: World) => {
  const [stack] = Object.values(cloudformation.stacks);
  if (!stack) throw new Error('there is no stack');
  return stack;
};
/** Without what only tells of how it came about. */
const madeIn = ({ sandbox }: EmptyAccount) => {
  const { network, iam, ecs, elasticloadbalancing } = sandbox.world();
  const sizes = [network.vpcs, network.subnets, network.securityGroups, iam.roles, iam.policies];
  const { loadBalancers, listeners } = elasticloadbalancing;
  return [...sizes, ecs.clusters, loadBalancers, listeners].map((all) => Object.keys(all).length);
};
const whole = [1, 2, 3, 4, 2, 1, 1, 2];
const nothing = [0, 0, 0, 0, 0, 0, 0, 0];

test('from an empty account to a preview, and once more without a change', async () => {
  const account = openEmptyAccount();
  const first = account.process();
  const made = await first.apply();
  expect(made.outcome).toBe('created');
  expect(madeIn(account)).toEqual(whole);
  expect(first.notes[0]).toBe('Changes of the stack previewops-shop:');
  expect(first.notes).toContain('  + add Cluster AWS::ECS::Cluster');
  expect(first.notes.at(-1)).toBe('+ previewops-shop AWS::CloudFormation::Stack create complete');
  const ends = first.notes.filter((line) => line.endsWith(' create complete'));
  expect(new Set(ends).size).toBe(ends.length);
  expect(ends).toHaveLength(Object.keys(stackIn(account.sandbox.world()).resources).length + 1);

  const config = configOfStack(made);
  expect(await complaints(account, config)).toEqual({
    'build.source': expect.stringContaining('skip'),
    'names.zone': expect.stringContaining('skip'),
  });
  const job = jobOf(account, config);
  await job.deploy();
  const answer = await account.sandbox.answer('https://pr-1.previews.example.com');
  expect(answer).toMatchObject({ status: 200 });
  expect(await job.destroy()).toMatchObject({ remaining: [] });

  const before = worldDigest(account.sandbox.world(), { without: ['changeSets'] });
  const second = account.process();
  const same = await second.apply();
  expect(same).toEqual({ outcome: 'unchanged', outputs: made.outputs });
  expect(second.notes).toEqual([]);
  expect(writes(second.calls).map(({ call }) => call)).toEqual([
    'cloudformation:CreateChangeSet',
    'cloudformation:DeleteChangeSet',
  ]);
  expect(worldDigest(account.sandbox.world(), { without: ['changeSets'] })).toEqual(before);
}, 20_000);

test('a role from before hooks and idle lacks their permissions until the stack knows of them', async () => {
  const account = openEmptyAccount();
  const made = await account.process().apply();
  const hooked = { ...configOfStack(made), idle: 1 };
  hooked.hooks.onDeploy = ['true'];
  const deploy = () => jobOf(account, hooked).deploy();
  await expect(deploy()).rejects.toThrow('is not authorized to perform: ecs:RunTask');
  expect((await complaints(account, hooked))['roles.deploy']).toMatch(
    /^fail: .*role\/previewops-shop-deploy lacks ecs:RunTask, ecs:TagResource, ecs:StopTask$/,
  );

  const { notes, apply } = account.process();
  const uses = { hooks: true, idle: true };
  expect(await apply({ ...account.options, uses })).toMatchObject({ outcome: 'updated' });
  expect(notes.filter((line) => /^ {2}[~+!-] /.test(line))).toEqual([
    expect.stringMatching(/^ {2}~ change DeployPolicy\d .*because of PolicyDocument\)$/),
    expect.stringMatching(/^ {2}~ change DeployPolicy\d .*because of PolicyDocument\)$/),
  ]);
  expect(await complaints(account, hooked)).not.toHaveProperty('roles.deploy');
  await deploy();
  expect((await jobOf(account, hooked).idle()).notes).toEqual([]);
}, 20_000);

describe('a change that replaces what is there', () => {
  const renamed = ({ options }: EmptyAccount) => ({ ...options, name: 'second' });

  test('is shown and refused unless somebody agrees', async () => {
    const account = openEmptyAccount();
    await account.process().apply();
    const before = worldDigest(account.sandbox.world());
    const refused = account.process();
    await expect(refused.apply(renamed(account))).rejects.toMatchObject({
      code: 'conflict',
      exitCode: 4,
      message: expect.stringContaining('would replace or remove Cluster, LoadBalancer'),
      details: { changes: expect.arrayContaining([expect.objectContaining({ id: 'Cluster' })]) },
    });
    expect(refused.notes[1]).toBe(
      '  ! REPLACE Cluster AWS::ECS::Cluster (previewops; because of ClusterName)',
    );
    expect(refused.notes.some((line) => line.startsWith('  ! MAY REPLACE HttpsListener'))).toBe(
      true,
    );
    expect(worldDigest(account.sandbox.world())).toEqual(before);

    const agreed = account.process({ agrees: true });
    const made = await agreed.apply(renamed(account));
    expect(made.outcome).toBe('updated');
    expect(madeIn(account)).toEqual(whole);
    expect(configOfStack(made).providerConfig).toMatchObject({
      cluster: 'second',
      albListenerArn: expect.stringContaining('/app/second/'),
    });
    expect(await complaints(account, configOfStack(made))).not.toHaveProperty('cluster.active');
    expect(agreed.notes.at(-1)).toContain('update complete');
  });

  test('that is not one happens without a question', async () => {
    const account = openEmptyAccount();
    const first = await account.process().apply();
    const { notes, apply } = account.process();
    const made = await apply({ ...account.options, containerPort: 4000 });
    expect(made).toEqual({ outcome: 'updated', outputs: first.outputs });
    expect(notes.filter((line) => line.startsWith('  '))[0]).toBe(
      `  ~ change TaskSecurityGroup AWS::EC2::SecurityGroup (${configOfStack(made).providerConfig.securityGroups[0]}; because of SecurityGroupIngress)`,
    );
  });
});

describe('a stack that fails', () => {
  const role = 'previewops-shop-build';
  const arn = `arn:aws:iam::${accountId}:role/${role}`;
  const occupy = ({ iam }: World) => {
    const trust = { Version: '2012-10-17', Statement: [] };
    iam.roles[arn] = { arn, name: role, path: '/', createdAt: 0, trust, inline: {}, attached: [] };
  };

  test('at its creation says why, leaves nothing, and has to be deleted', async () => {
    const account = openEmptyAccount();
    await account.sandbox.change(occupy);
    const { apply } = account.process();
    const failure = {
      code: 'conflict',
      message: expect.stringMatching(/failed at BuildRole \(AWS::IAM::Role\): .*already exists/),
      hint: expect.stringContaining(
        'aws cloudformation delete-stack --region us-east-1 --stack-name previewops-shop',
      ),
    };
    await expect(apply()).rejects.toMatchObject(failure);
    // The role of somebody else.
    expect(madeIn(account)).toEqual(nothing.map((none, index) => (index === 3 ? 1 : none)));
    const again = account.process();
    await expect(again.apply()).rejects.toMatchObject({
      code: 'aws-failed',
      message: 'The stack previewops-shop is ROLLBACK_COMPLETE, and cannot be updated',
      hint: expect.stringContaining('delete-stack'),
    });
    expect(writes(again.calls)).toEqual([]);
  });

  test('at an update is as it was before, and can be tried again', async () => {
    const account = openEmptyAccount();
    const given = {
      ...account.options,
      existing: { ...account.options.existing, buildRoleArn: arn },
    };
    await account.sandbox.change(occupy);
    await account.process().apply(given);
    const made = madeIn(account);
    const next = { ...account.options, containerPort: 4000 };
    await expect(account.process().apply(next)).rejects.toMatchObject({
      code: 'conflict',
      hint: expect.stringContaining('The stack is as it was before. Run the same command again.'),
    });
    expect(madeIn(account)).toEqual(made);
    const ports = Object.values(account.sandbox.world().network.securityGroups).flatMap(
      ({ ingress = [] }) => ingress.map(({ from }) => from),
    );
    expect(ports).not.toContain(4000);
    await account.sandbox.change(({ iam }) => delete iam.roles[arn]);
    expect((await account.process().apply(next)).outcome).toBe('updated');
  });
});

describe('an interruption', () => {
  test('before anything began leaves no change set; the next run creates the stack', async () => {
    const account = openEmptyAccount();
    const first = account.process({
      onNote: () => first.abort(),
    });
    await expect(first.apply()).rejects.toMatchObject({ code: 'interrupted' });
    expect(madeIn(account)).toEqual(nothing);
    expect(stackIn(account.sandbox.world())).toMatchObject({
      status: 'REVIEW_IN_PROGRESS',
      changeSets: {},
    });
    expect((await account.process().apply()).outcome).toBe('created');
  });

  test('in the middle leaves AWS at work; the next run follows it, then goes on', async () => {
    const account = openEmptyAccount();
    const first: BootstrapProcess = account.process({
      onNote: (line) =>
        line.includes('LoadBalancer') && line.includes('in progress') ? first.abort() : undefined,
    });
    await expect(first.apply()).rejects.toMatchObject({
      code: 'interrupted',
      hint: expect.stringContaining('Run the same command again'),
    });
    const second = account.process();
    const made = await second.apply();
    expect(made.outcome).toBe('unchanged');
    expect(second.notes[0]).toContain('follows it first');
    expect(second.notes[1]).toContain('create in progress: User Initiated');
    expect(second.notes.at(-1)).toContain('AWS::CloudFormation::Stack create complete');
    expect(madeIn(account)).toEqual(whole);
    expect(configOfStack(made).providerConfig.cluster).toBe('previewops');
  });
});

const answers = ['lost', '500', 'throttle'] as const;
const calls = ['CreateChangeSet', 'DescribeChangeSet', 'ExecuteChangeSet', 'DescribeStackEvents'];

describe('trouble on the way', () => {
  test.each(calls.flatMap((call) => answers.map((fault) => [call, fault] as const)))(
    '%s once %s: the stack is made all the same, once',
    async (call, fault) => {
      const account = openEmptyAccount();
      const faults = [{ call: `cloudformation:${call}`, nth: 1, times: 2, fault }];
      expect((await account.process({ faults }).apply()).outcome).toBe('created');
      expect(madeIn(account)).toEqual(whole);
    },
  );

  test.each([
    ['CreateChangeSet', 1, 'created'],
    ['DescribeChangeSet', 2, 'created'],
    ['ExecuteChangeSet', 1, 'unchanged'],
    ['DescribeStackEvents', 20, 'unchanged'],
  ] as const)('killed after %s number %i: the next run ends well', async (call, nth, ending) => {
    const account = openEmptyAccount();
    const faults = [{ call: `cloudformation:${call}`, nth, fault: 'kill' as const }];
    const first = account.process({ faults });
    expect(await Promise.race([first.killed, first.apply()])).toBe('killed');
    const { outcome: ended, outputs } = await account.process().apply();
    expect(ended).toBe(ending);
    expect(outputs.length).toBeGreaterThan(8);
    expect(madeIn(account)).toEqual(whole);
  });

  test('two at once: one makes the stack, the other is told', async () => {
    const account = openEmptyAccount();
    const [one, other] = [account.process(), account.process({ latencyMs: 10 })];
    const late = expect(other.apply()).rejects.toMatchObject({
      code: 'aws-failed',
      message: 'Somebody else changed the stack at the same time',
    });
    expect((await one.apply()).outcome).toBe('created');
    await late;
    expect(madeIn(account)).toEqual(whole);
  });
});

test('without a zone the events tell the record to write, and it goes on once that is there', async () => {
  const account = openEmptyAccount({ withZone: false });
  const { notes, apply, tools } = account.process({
    onNote: (line) => {
      const [, name = '', value = ''] =
        /\{Name: (\S+)\.,Type: CNAME,Value: (\S+)\.\}/.exec(line) ?? [];
      if (name === '') return;
      void tools.clock.sleep(30 * 60_000).then(() =>
        account.sandbox.change(({ dns, route53 }) => {
          route53.zones = {};
          dns.records[name] = [value];
        }),
      );
    },
  });
  const begun = account.clock.now();
  expect((await apply()).outcome).toBe('created');
  expect(account.clock.now() - begun).toBeGreaterThan(30 * 60_000);
  expect(notes).toContain('  still waiting for Certificate (20 min)');
});

test.each([
  'DescribeStacks',
  'CreateChangeSet',
  'DescribeChangeSet',
  'ExecuteChangeSet',
  'DescribeStackEvents',
])('cannot do without cloudformation:%s', async (action) => {
  const account = openEmptyAccount();
  const denied = [
    {
      call: `cloudformation:${action}`,
      nth: 1,
      times: 'always' as const,
      fault: 'denied' as const,
    },
  ];
  expect(await outcome(account.process({ faults: denied }).apply())).toBe('access-denied');
});
