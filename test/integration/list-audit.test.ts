import { beforeAll, describe, expect, it } from 'vitest';
import type { PreviewStatus } from '../../src/providers/provider.ts';
import type { World } from '../../src/sandbox/types.ts';
import { type Leftover, leaveOnly, leftovers } from '../helpers/leftovers.ts';
import { configOf, createStage } from '../helpers/stage.ts';

const config = configOf('', (text) =>
  text.replace('baseDomain:', 'hostedZoneId: Z0123456789ABC\n  baseDomain:'),
);
const hourMs = 3_600_000;
const left = (pr: number) => ({
  app: 'hello',
  id: `pr-${pr}`,
  host: `pr-${pr}.previews.example.com`,
});

let deployed: World;
beforeAll(async () => {
  const stage = await createStage({ config });
  for (const pr of [1, 2]) await stage.process().deploy({ pr });
  deployed = stage.world();
});

/** The account after `edit`, listed. */
async function listed(edit: (world: World) => void, options: { app?: string } = { app: 'hello' }) {
  const world = structuredClone(deployed);
  edit(world);
  const stage = await createStage({ config, world });
  const process = stage.process();
  const audit = await process.provider.audit(options);
  const warnings = process.events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
  return {
    audit,
    warnings,
    calls: process.calls,
    of: (id: string) => audit.previews.find((p) => p.id === id),
  };
}

const serviceOf = ({ ecs }: World, id: string) => {
  const service = Object.values(ecs.services).find(({ name }) => name.endsWith(`--${id}`));
  if (!service) throw new Error('no such service');
  return service;
};
const groupOf = ({ elasticloadbalancing: elb }: World, id: string) => {
  const group = Object.values(elb.targetGroups).find(({ name }) => name.endsWith(`-${id}`));
  if (!group) throw new Error('no such target group');
  return group;
};
const claimAt = (kind: string, at: number) => `${kind}/${new Date(at).toISOString()}/0123abcd`;

describe('what is left of a preview is an orphan', () => {
  it.each(Object.keys(leftovers) as Leftover[])('%s', async (kind) => {
    const { of, audit, warnings } = await listed((world) => {
      leaveOnly(world, left(2), leftovers[kind]);
      // Long after whatever run might still be at it.
      const group = Object.values(world.elasticloadbalancing.targetGroups).find(({ name }) =>
        name.endsWith('-pr-2'),
      );
      if (group) group.tags['previewops:claim'] = claimAt('deploy', world.now - 2 * hourMs);
    });
    expect(of('pr-2')).toMatchObject({ status: 'orphan', pr: 2, elsewhere: null });
    expect(of('pr-2')?.resources.toSorted()).toEqual([...leftovers[kind]].sort());
    expect(of('pr-1')?.status).toBe('ready');
    expect(audit.previews).toHaveLength(2);
    expect(audit.foreign).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('and so is a family of which an interrupted destroy left only the deregistered rest', async () => {
    const { of } = await listed((world) => {
      leaveOnly(world, left(2), ['task-definition']);
      for (const definition of Object.values(world.ecs.taskDefinitions)) {
        if (definition.family.endsWith('pr-2')) definition.status = 'INACTIVE';
      }
    });
    expect(of('pr-2')).toMatchObject({ status: 'orphan', resources: ['task-definition'] });
  });
});

describe('statuses', () => {
  const cases: [PreviewStatus, string, (world: World) => void][] = [
    [
      'expired',
      'ready',
      (world) => {
        serviceOf(world, 'pr-2').tags['previewops:expires'] = new Date(world.now - 1).toISOString();
      },
    ],
    [
      'ready',
      '',
      (world) => {
        const { tags } = serviceOf(world, 'pr-2');
        tags['previewops:expires'] = new Date(world.now - 1).toISOString();
        tags['previewops:kept'] = 'forever';
      },
    ],
    [
      'stopped',
      'scaled to zero',
      (world) => {
        const service = serviceOf(world, 'pr-2');
        service.desiredCount = 0;
        for (const [arn, task] of Object.entries(world.ecs.tasks)) {
          if (task.serviceArn === service.arn) delete world.ecs.tasks[arn];
        }
      },
    ],
    [
      'deploying',
      'its first deploy',
      (world) => {
        leaveOnly(world, left(2), ['target-group']);
        groupOf(world, 'pr-2').tags['previewops:claim'] = claimAt('deploy', world.now - 60_000);
      },
    ],
    [
      'failed',
      'its first deploy: rollout failed',
      (world) => {
        leaveOnly(world, left(2), ['target-group']);
        const { tags } = groupOf(world, 'pr-2');
        tags['previewops:claim'] = claimAt('deploy', world.now - 60_000);
        tags['previewops:failed'] = `${tags['previewops:claim']} rollout-failed`;
      },
    ],
    [
      'orphan',
      'half deleted: only target-group; destroy it again',
      (world) => {
        leaveOnly(world, left(2), ['target-group']);
        groupOf(world, 'pr-2').tags['previewops:claim'] = claimAt('destroy', world.now - 1000);
      },
    ],
    [
      'orphan',
      'half deleted: no listener-rule; destroy it again',
      (world) => {
        leaveOnly(world, left(2), leftovers['service without rule']);
        groupOf(world, 'pr-2').tags['previewops:claim'] = claimAt('destroy', world.now - 1000);
      },
    ],
    [
      'ready',
      '',
      (world) => {
        groupOf(world, 'pr-2').tags['previewops:claim'] = claimAt('destroy', world.now - 1000);
      },
    ],
    [
      'deploying',
      'no listener-rule yet',
      (world) => {
        leaveOnly(world, left(2), leftovers['service without rule']);
        groupOf(world, 'pr-2').tags['previewops:claim'] = claimAt('deploy', world.now - 60_000);
      },
    ],
    [
      'deleting',
      'its tasks are stopping',
      (world) => {
        const service = serviceOf(world, 'pr-2');
        service.status = 'DRAINING';
      },
    ],
  ];

  it.each(cases)('%s: %s', async (status, detail, edit) => {
    const { of } = await listed(edit);
    expect(of('pr-2')).toMatchObject({ status, detail: detail === '' ? null : detail });
  });

  it.each([
    ['what has no service', ['target-group']],
    ['what has no rule', leftovers['service without rule']],
  ])('%s is told by its claim now, not by the one that was indexed', async (_, kinds) => {
    const world = structuredClone(deployed);
    leaveOnly(world, left(2), kinds);
    const stage = await createStage({ config, world });
    const claimed = (now: World) => {
      groupOf(now, 'pr-2').tags['previewops:claim'] = claimAt('destroy', now.now);
    };
    const process = stage.process({
      onCall: () => {
        if (process.calls.at(-1)?.call === 'tag:GetResources') void stage.change(claimed);
      },
    });
    const { previews } = await process.provider.audit({ app: 'hello' });
    expect(previews.find(({ id }) => id === 'pr-2')).toMatchObject({
      status: 'orphan',
      halfDestroyed: true,
    });
  });

  it('a first deploy that failed expires by its claim, for want of a service', async () => {
    const world = structuredClone(deployed);
    leaveOnly(world, left(2), ['target-group']);
    const { tags } = groupOf(world, 'pr-2');
    tags['previewops:claim'] = claimAt('deploy', world.now - 3 * hourMs);
    tags['previewops:failed'] = `${tags['previewops:claim']} rollout-failed`;
    const withTtl = { ...config, ttl: 7200 };
    const stage = await createStage({ config: withTtl, world });
    const previews = await stage.process().provider.list({ app: 'hello' });
    expect(previews.find(({ id }) => id === 'pr-2')).toMatchObject({
      status: 'expired',
      expiresAt: new Date(world.now - hourMs).toISOString(),
    });
  });
});

describe('what is not an orphan', () => {
  it('a rule on a listener that the configuration does not name', async () => {
    const { of } = await listed((world) => {
      const { rules, listeners, loadBalancers } = world.elasticloadbalancing;
      const rule = Object.values(rules).find(({ hosts }) => hosts.includes(left(2).host));
      const listener = rule && listeners[rule.listenerArn];
      if (!rule || !listener) throw new Error('no rule');
      const other = listener.arn.replace(/\w+$/, 'other');
      listeners[other] = { ...listener, arn: other, port: 8443 };
      delete rules[rule.arn];
      const arn = `${other.replace(':listener/', ':listener-rule/')}/00000000000000ff`;
      rules[arn] = { ...rule, arn, listenerArn: other };
      expect(Object.keys(loadBalancers)).toHaveLength(1);
    });
    expect(of('pr-2')).toMatchObject({
      status: 'ready',
      elsewhere: expect.stringContaining('listener'),
    });
  });

  it('a service in another cluster', async () => {
    const { of, audit } = await listed((world) => {
      const service = serviceOf(world, 'pr-2');
      delete world.ecs.services[service.arn];
      const arn = service.arn.replace('/previewops-cluster/', '/second/');
      world.ecs.services[arn] = {
        ...service,
        arn,
        clusterArn: service.clusterArn.replace('previewops-cluster', 'second'),
      };
    });
    expect(of('pr-2')).toBeUndefined();
    expect(audit.elsewhere).toEqual([{ app: 'hello', id: 'pr-2', cluster: 'second' }]);
  });

  it('whatever carries our names without our tags: it is foreign', async () => {
    const { audit, of } = await listed((world) => {
      serviceOf(world, 'pr-2').tags = { owner: 'somebody' };
      groupOf(world, 'pr-2').tags = {};
      for (const rule of Object.values(world.elasticloadbalancing.rules)) {
        if (rule.hosts.includes(left(2).host)) rule.tags = {};
      }
      for (const definition of Object.values(world.ecs.taskDefinitions)) {
        if (definition.family.endsWith('pr-2')) definition.tags = {};
      }
      for (const group of Object.values(world.logs.groups)) {
        if (group.name.endsWith('pr-2')) group.tags = {};
      }
      leaveOnly(world, left(2), [
        'service',
        'target-group',
        'listener-rule',
        'log-group',
        'task-definition',
      ]);
    });
    expect(of('pr-2')).toBeUndefined();
    expect(audit.foreign.map(({ status, resources }) => [status, ...resources]).sort()).toEqual([
      ['foreign', 'log-group'],
      ['foreign', 'service'],
      ['foreign', 'target-group'],
      ['foreign', 'task-definition'],
    ]);
  });

  it('a record of a name that no pull request has, or that a rule serves', async () => {
    const { audit } = await listed((world) => {
      leaveOnly(world, left(2), []);
      const [zone] = Object.values(world.route53.zones);
      const model = zone?.records.find(({ Name }) => Name === `${left(1).host}.`);
      for (const name of ['www', 'pr-x', 'a.pr-9']) {
        zone?.records.push({ ...model, Name: `${name}.previews.example.com.` });
      }
      zone?.records.push({
        Name: 'pr-8.previews.example.com.',
        Type: 'A',
        TTL: 60,
        ResourceRecords: [{ Value: '192.0.2.1' }],
      });
    });
    expect(audit.previews.map(({ id }) => id)).toEqual(['pr-1']);
  });
});

it('what previews share is told apart from them', async () => {
  const { audit } = await listed(() => {});
  expect(audit.shared).toEqual([
    { app: 'hello', resource: 'build-project', name: 'previewops-hello' },
    { app: 'hello', resource: 'repository', name: 'previewops/hello' },
  ]);
});

it('costs are what tasks, addresses, images and logs cost, by the size that the service tells', async () => {
  const { of } = await listed((world) => {
    serviceOf(world, 'pr-2').tags['previewops:size'] = '1024/4096/arm64/20';
    serviceOf(world, 'pr-2').tags['previewops:created'] = new Date(
      world.now - 240 * hourMs,
    ).toISOString();
  });
  // 0.5 vCPU and 1 GB: 0.02024 + 0.004445 an hour, 0.005 for the address.
  expect(of('pr-1')?.cost).toMatchObject({ perDay: 0.7241, untilExpiry: null, assumed: false });
  expect(of('pr-2')?.cost?.perDay).toBeCloseTo(24 * (0.03238 + 4 * 0.00356 + 0.005) + 0.0117, 3);
  expect(of('pr-2')?.cost?.soFar).toBeCloseTo(10 * (of('pr-2')?.cost?.perDay ?? 0), 2);
});
