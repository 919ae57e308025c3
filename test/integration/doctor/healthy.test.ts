import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/doctor/doctor.ts';
import { callingCommands } from '../../../src/permissions/words.ts';
import { configOf, depth } from '../../helpers/stage.ts';
import { visit } from './clinic.ts';

describe('a healthy account', () => {
  it('fails in nothing and warns of nothing', async () => {
    const { complaints, results } = await visit();
    expect(complaints).toEqual({ 'build.source': 'skip', 'names.zone': 'skip' });
    expect(exitCodeOf(results, true)).toBe(0);
  });

  it('with DNS, secrets and a task role of its own, for every command', async () => {
    const extra = `task:\n  roleArn: arn:aws:iam::123456789012:role/app\ncontainer:\n  secrets:\n    A: arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf\n    B: /b\n`;
    const config = configOf(extra, (text) =>
      text.replace('  cluster:', '  hostedZoneId: Z0123456789ABC\n  cluster:'),
    );
    const role = config.providerConfig.executionRoleArn;
    const { complaints, calls } = await visit({
      config,
      doctor: { commands: callingCommands },
      edit: (world) => {
        const found = world.iam.roles[role];
        if (!found) throw new Error('no role');
        found.inline.secrets = {
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Action: ['secretsmanager:GetSecretValue', 'ssm:GetParameters'],
            Resource: '*',
          },
        };
      },
    });
    expect(complaints).toEqual({ 'build.source': 'skip' });
    expect(calls.filter((call) => call.write)).toEqual([]);
  });

  it('is read without a writing call, no deeper than 8 round trips, within the rate of IAM', async () => {
    const { calls, results } = await visit({ latencyMs: 50 });
    const permissions = results.filter(({ permission }) => permission);
    expect(permissions.length).toBeGreaterThan(50);
    expect(calls.filter((call) => call.write)).toEqual([]);
    // A repository that the first deploy makes, and the role that only the bootstrap's stack does.
    const absent = new Set(calls.flatMap(({ error }) => error ?? []));
    expect([...absent].sort()).toEqual(['NoSuchEntityException', 'RepositoryNotFoundException']);
    expect(depth(calls)).toBeLessThanOrEqual(8);
  });

  it('is judged the same by the older answers of the simulator, and over many pages', async () => {
    const { complaints } = await visit({ simulatorShape: 'old', simulatorPageSize: 1 });
    expect(complaints).toEqual({ 'build.source': 'skip', 'names.zone': 'skip' });
  });

  it('is looked at in part with only', async () => {
    const { results, calls } = await visit({ doctor: { only: ['quotas'] } });
    expect(new Set(results.map(({ group }) => group))).toEqual(new Set(['quotas']));
    expect(new Set(calls.map(({ call }) => call))).toEqual(
      new Set([
        'sts:GetCallerIdentity',
        'servicequotas:GetServiceQuota',
        'cloudwatch:GetMetricData',
        'ecs:DescribeClusters',
      ]),
    );
  });
});
