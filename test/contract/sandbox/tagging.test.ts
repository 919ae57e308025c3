import { describe, expect, test } from 'vitest';
import { buckets } from '../../../src/sandbox/rates.ts';
import { createSandbox } from '../../../src/sandbox/sandbox.ts';
import { ecs } from '../../../src/sandbox/services/ecs.ts';
import {
  account,
  callerOf,
  failure,
  makeGroup,
  makeRule,
  openAccount,
  refusal,
  region,
} from './account.ts';
import { createAccount, taskDefinition } from './direct.ts';

const filter = (Key: string, ...Values: string[]) => ({ Key, Values });

describe('GetResources', () => {
  test('[tag-1] finds by type and by all the tags', async () => {
    const { call } = openAccount();
    const web = await makeGroup(call, 'web', { app: 'shop', tier: 'web' });
    await makeGroup(call, 'db', { app: 'shop' });
    await call('logs:CreateLogGroup', { logGroupName: '/web', tags: { app: 'shop', tier: 'web' } });
    const find = async (types: string[], ...TagFilters: ReturnType<typeof filter>[]) => {
      const input = { ResourceTypeFilters: types, TagFilters };
      const { ResourceTagMappingList } = await call('tag:GetResources', input);
      return ResourceTagMappingList?.map(({ ResourceARN }) => ResourceARN?.split(':')[2]);
    };
    expect(await find([], filter('tier', 'web'))).toEqual(['elasticloadbalancing', 'logs']);
    expect(await find(['logs'], filter('tier', 'web'))).toEqual(['logs']);
    expect(await find(['logs:log-group', 'ecs'], filter('tier'))).toEqual(['logs']);
    expect(await find([], filter('app', 'shop'), filter('tier', 'db', 'web'))).toHaveLength(2);
    expect(await find(['elasticloadbalancing:targetgroup'], filter('app'))).toHaveLength(2);
    expect(await find([], filter('app', 'other'))).toEqual([]);
    const { ResourceTagMappingList } = await call('tag:GetResources', {
      TagFilters: [filter('tier')],
      ResourceTypeFilters: ['elasticloadbalancing:targetgroup'],
    });
    expect(ResourceTagMappingList).toEqual([
      {
        ResourceARN: web,
        Tags: [
          { Key: 'app', Value: 'shop' },
          { Key: 'tier', Value: 'web' },
        ],
      },
    ]);
  });

  test('[tag-2] does not know listener rules', async () => {
    const { call } = openAccount();
    const group = await makeGroup(call, 'web');
    const rule = await makeRule(call, {
      host: 'web.example.com',
      priority: 1,
      targetGroupArn: group,
    });
    await call('elasticloadbalancing:AddTags', {
      ResourceArns: [rule],
      Tags: [{ Key: 'app', Value: 'shop' }],
    });
    const { ResourceTagMappingList } = await call('tag:GetResources', {
      TagFilters: [filter('app')],
    });
    expect(ResourceTagMappingList).toEqual([]);
  });

  test('[tag-3] tells of a service that is INACTIVE', async () => {
    const { call, sandbox } = openAccount();
    await call('ecs:RegisterTaskDefinition', {
      ...taskDefinition(),
      executionRoleArn: `arn:aws:iam::${account}:role/tasks`,
    });
    await call('ecs:CreateService', {
      cluster: 'previews',
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount: 0,
      launchType: 'FARGATE',
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-0a'], securityGroups: ['sg-0abc'] },
      },
      tags: [{ key: 'app', value: 'shop' }],
    });
    await call('ecs:DeleteService', { cluster: 'previews', service: 'web', force: true });
    await sandbox.clock.sleep(60_000);
    const answer = await call('tag:GetResources', { ResourceTypeFilters: ['ecs:service'] });
    expect(Object.values(sandbox.world().ecs.services)).toMatchObject([{ status: 'INACTIVE' }]);
    expect(answer.ResourceTagMappingList).toHaveLength(1);
  });

  test('[tag-4] gives pages that end', async () => {
    const { call } = openAccount();
    for (const name of ['a', 'b', 'c']) await makeGroup(call, name, { app: 'shop' });
    const page = (PaginationToken?: string) =>
      call('tag:GetResources', {
        ResourcesPerPage: 2,
        TagFilters: [filter('app')],
        PaginationToken,
      });
    const first = await page();
    const second = await page(first.PaginationToken);
    expect([first, second].map((one) => one.ResourceTagMappingList?.length)).toEqual([2, 1]);
    expect(second.PaginationToken).toBe('');
    expect(await refusal(page('nonsense'))).toContain('PaginationTokenExpiredException');
    for (const ResourcesPerPage of [0, 101]) {
      const work = call('tag:GetResources', { ResourcesPerPage });
      expect(await refusal(work)).toContain('InvalidParameterException');
    }
  });

  test('[tag-5] takes so many filters and values, and nothing else', async () => {
    const { call } = openAccount();
    const many = (count: number) => Array.from({ length: count }, (_, at) => String(at));
    const keys = (count: number) => many(count).map((key) => filter(key));
    await call('tag:GetResources', { TagFilters: keys(50) });
    await call('tag:GetResources', { TagFilters: [filter('app', ...many(20))] });
    for (const input of [
      { TagFilters: keys(51) },
      { TagFilters: [filter('app', ...many(21))] },
      { ResourceARNList: ['arn'] },
    ]) {
      expect(await refusal(call('tag:GetResources', input))).toContain('InvalidParameterException');
    }
  });

  test('[tag-6] is authorised on everything or nothing', async () => {
    const allow = (Resource: string) => ({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow' as const, Action: 'tag:GetResources', Resource },
    });
    const ask = (Resource: string) =>
      openAccount({ policies: [allow(Resource)] }).call('tag:GetResources', {});
    await ask('*');
    expect(await refusal(ask(`arn:aws:ecs:${region}:${account}:*`))).toContain('AccessDenied');
    const throttled = openAccount({
      faults: [{ call: 'tag:GetResources', nth: 1, fault: 'throttle' }],
    });
    const { name } = await failure(throttled.call('tag:GetResources', {}));
    expect(name).toBe('ThrottledException');
  });
});

describe('request rates', () => {
  const describeGroups = 'elasticloadbalancing:DescribeTargetGroups';

  test('[rate-1] what comes faster than AWS takes it is throttled', async () => {
    const { call, clock } = openAccount({ rates: true });
    const burst = async () => {
      const answers = await Promise.allSettled(
        Array.from({ length: 60 }, () => call(describeGroups, {})),
      );
      return answers.filter(({ status }) => status === 'fulfilled').length;
    };
    expect(await burst()).toBe(40);
    expect(await refusal(call('elasticloadbalancing:DescribeTags', { ResourceArns: [] }))).toBe(
      'Throttling: Rate exceeded',
    );
    await clock.advance(1000);
    expect(await burst()).toBe(10);
    // Its changes have a bucket of their own.
    expect(await makeGroup(call, 'web')).toContain(':targetgroup/web/');
    expect(buckets['ecs definitions']).toMatchObject({ burst: 20, perSecond: 1 });
  });

  test('[rate-2] the tagging API has one too', async () => {
    const { call } = openAccount({ rates: true });
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, () => call('tag:GetResources', {})),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(15);
  });

  test('[rate-3] processes share it', async () => {
    const { sandbox, call, clock } = openAccount({ rates: true });
    const beside = callerOf(createSandbox({ clock, beside: sandbox, rates: true }));
    await Promise.all(Array.from({ length: 40 }, () => call(describeGroups, {})));
    expect(await refusal(beside(describeGroups, {}))).toBe('Throttling: Rate exceeded');
    expect(sandbox.world().rates).toMatchObject({ 'elb reads': { left: 0 } });
  });

  test('[rate-4] nothing is counted unless asked', async () => {
    const { sandbox, call } = openAccount();
    await Promise.all(Array.from({ length: 100 }, () => call(describeGroups, {})));
    expect(sandbox.world().rates).toBeUndefined();
  });
});

describe('ListTaskDefinitionFamilies', () => {
  const families = (prefix: string, status?: 'ACTIVE' | 'INACTIVE') => ({
    familyPrefix: prefix,
    ...(status ? { status } : {}),
  });

  test('[family-1] lists by prefix and by what is left of them', () => {
    const made = createAccount();
    for (const family of ['web-1', 'web-2', 'db']) {
      made.run(ecs.RegisterTaskDefinition, taskDefinition(family));
    }
    made.run(ecs.DeregisterTaskDefinition, { taskDefinition: 'web-2:1' });
    const list = (status?: 'ACTIVE' | 'INACTIVE') =>
      made.run(ecs.ListTaskDefinitionFamilies, families('web', status)).families;
    expect(list()).toEqual(['web-1', 'web-2']);
    expect(list('ACTIVE')).toEqual(['web-1']);
    expect(list('INACTIVE')).toEqual(['web-2']);
    const page = made.run(ecs.ListTaskDefinitionFamilies, { maxResults: 2 });
    expect(page.families).toEqual(['db', 'web-1']);
    const rest = made.run(ecs.ListTaskDefinitionFamilies, {
      maxResults: 2,
      nextToken: page.nextToken,
    });
    expect(rest).toEqual({ families: ['web-2'] });
  });

  test('[family-2] forgets what is being deleted', () => {
    const made = createAccount();
    made.run(ecs.RegisterTaskDefinition, taskDefinition('web'));
    made.run(ecs.DeregisterTaskDefinition, { taskDefinition: 'web:1' });
    made.run(ecs.DeleteTaskDefinitions, { taskDefinitions: ['web:1'] });
    expect(made.run(ecs.ListTaskDefinitionFamilies, families('web')).families).toEqual([]);
  });
});
