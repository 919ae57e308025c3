import { expect, test } from 'vitest';
import type { World } from '../../../src/sandbox/types.ts';
import { emptyWorld, worldDigest } from '../../../src/sandbox/world.ts';

const arn = (kind: string, id: string) =>
  `arn:aws:elasticloadbalancing:us-east-1:123456789012:${kind}/${id}`;

/** A world with two groups and a rule; the ids are `seed`'s, the rest is the same. */
function makeWorld(seed: string, { order = ['web', 'api'], now = 1 } = {}): World {
  const world = { ...emptyWorld(), now, nextId: now };
  const id = (name: string) =>
    (seed + Buffer.from(name).toString('hex')).padEnd(16, '0').slice(0, 16);
  for (const name of order) {
    const groupArn = arn('targetgroup', `${name}/${id(name)}`);
    const ruleArn = arn('listener-rule/app/lb', id(`r${name}`));
    world.elasticloadbalancing.targetGroups[groupArn] = {
      arn: groupArn,
      name,
      protocol: 'HTTP',
      port: 80,
      vpcId: 'vpc-1',
      targetType: 'ip',
      healthCheck: {
        path: '/',
        port: 'traffic-port',
        protocol: 'HTTP',
        intervalSeconds: 30,
        timeoutSeconds: 6,
        healthyThreshold: 5,
        unhealthyThreshold: 2,
        matcher: '200',
      },
      attributes: {},
      tags: { claim: seed, app: 'hello' },
      targets: { '10.0.0.1:80': { ip: '10.0.0.1', port: 80, zone: 'a', state: 'healthy' } },
      createdAt: now,
    };
    world.elasticloadbalancing.rules[ruleArn] = {
      arn: ruleArn,
      listenerArn: 'l',
      priority: 1,
      hosts: [`${name}.example.com`],
      otherConditions: [],
      targetGroupArn: groupArn,
      tags: {},
    };
  }
  return world;
}

const digest = (world: World) => worldDigest(world, { without: ['claim'] });

test('ids, times and the order of making do not matter', () => {
  const one = makeWorld('aaaa', { now: 1 });
  const two = makeWorld('bbbb', { now: 999, order: ['api', 'web'] });
  expect(digest(one)).toEqual(digest(two));
  expect(JSON.stringify(digest(one))).toBe(JSON.stringify(digest(two)));
});

test('the digest is of plain data and leaves the world alone', () => {
  const world = makeWorld('aaaa');
  const before = structuredClone(world);
  digest(world);
  expect(world).toEqual(before);
});

test.each<[string, (world: World) => void]>([
  ['a group more', (world) => void Object.assign(world, makeWorldWith(world, 'third'))],
  ['another tag', (world) => void Object.assign(firstGroup(world).tags, { app: 'other' })],
  ['an attribute', (world) => void Object.assign(firstGroup(world).attributes, { a: '1' })],
  [
    'a target that is not healthy',
    (world) =>
      void Object.assign(firstGroup(world).targets['10.0.0.1:80'] ?? {}, { state: 'draining' }),
  ],
  ['a rule to the other group', crossRules],
  [
    'a log group',
    (world) =>
      void Object.assign(world.logs.groups, {
        '/a': { name: '/a', arn: 'a', createdAt: 1, tags: {}, streams: {} },
      }),
  ],
  [
    'an image',
    (world) =>
      void Object.assign(world.ecr.repositories, {
        a: { name: 'a', arn: 'a', createdAt: 1, tags: {}, images: { 'sha256:1': {} } },
      }),
  ],
])('%s is seen', (_, change) => {
  const world = makeWorld('aaaa');
  change(world);
  expect(digest(world)).not.toEqual(digest(makeWorld('aaaa')));
});

test('a tag is left out only on request', () => {
  expect(worldDigest(makeWorld('aaaa'))).not.toEqual(worldDigest(makeWorld('bbbb')));
});

test('events of logs and history are not compared', () => {
  const [one, two] = [makeWorld('aaaa'), makeWorld('aaaa')];
  const group = (streams: World['logs']['groups'][string]['streams']) => ({
    '/a': { name: '/a', arn: 'a', createdAt: 1, tags: {}, streams },
  });
  one.logs.groups = group({});
  two.logs.groups = group({ s: [{ at: 1, message: 'x' }] });
  two.ecs.revisions = { web: 7 };
  two.route53.changes = { C1: { id: 'C1', submittedAt: 1 } };
  expect(digest(two)).toEqual(digest(one));
});

/** ECS records with the fields that the digest looks at. */
function addEcs(world: World, ids: { task: string; revision: number }, state = 'ACTIVE') {
  const prefix = 'arn:aws:ecs:us-east-1:123456789012';
  const definition = `${prefix}:task-definition/web:${ids.revision}`;
  const service = `${prefix}:service/previews/web-${state}`;
  const task = `${prefix}:task/previews/${ids.task.repeat(32)}`;
  const running = state === 'ACTIVE';
  const taskDefinition = { arn: definition, status: running ? 'ACTIVE' : 'DELETE_IN_PROGRESS' };
  Object.assign(world.ecs.services, {
    [service]: { arn: service, status: state, desiredCount: 1 },
  });
  Object.assign(world.ecs.taskDefinitions, {
    [definition]: { ...taskDefinition, revision: ids.revision },
  });
  Object.assign(world.ecs.tasks, {
    [task]: {
      serviceArn: service,
      taskDefinition: definition,
      lastStatus: running ? 'RUNNING' : 'STOPPED',
      tags: {},
    },
  });
  return world;
}

test('services, tasks and revisions are compared without their numbers', () => {
  const one = addEcs(makeWorld('aaaa'), { task: 'a', revision: 1 });
  const two = addEcs(makeWorld('bbbb'), { task: 'b', revision: 4 });
  expect(digest(one)).toEqual(digest(two));
  expect(digest(one)).not.toEqual(digest(makeWorld('aaaa')));
});

test('service deployments and the numbers of revisions are history', () => {
  const one = addEcs(makeWorld('aaaa'), { task: 'a', revision: 1 });
  const two = structuredClone(one);
  const [service] = Object.values(two.ecs.services);
  const revisionArn = 'arn:aws:ecs:us-east-1:123456789012:service-revision/previews/web/7';
  const deployment = { id: 'ecs-svc/1', status: 'PRIMARY', rolloutState: 'COMPLETED' };
  for (const world of [one, two]) {
    const [each] = Object.values(world.ecs.services);
    Object.assign(each ?? {}, { deployments: [{ ...deployment }] });
  }
  Object.assign(service?.deployments[0] ?? {}, { revisionArn, unplaced: 3 });
  Object.assign(service ?? {}, {
    serviceDeployments: [{ arn: 'd', status: 'STOPPED', createdAt: 1, updatedAt: 1 }],
    currentServiceDeployment: 'd',
    lastCompleted: { revisionArn },
  });
  expect(digest(two)).toEqual(digest(one));
  Object.assign(service?.deployments[0] ?? {}, { rolloutState: 'FAILED' });
  expect(digest(two)).not.toEqual(digest(one));
});

test('a revision more and a task more are seen', () => {
  const one = () => addEcs(makeWorld('aaaa'), { task: 'a', revision: 1 });
  expect(digest(addEcs(one(), { task: 'a', revision: 2 }))).not.toEqual(digest(one()));
  expect(digest(addEcs(one(), { task: 'b', revision: 1 }))).not.toEqual(digest(one()));
});

test('what AWS forgets by itself is not compared', () => {
  const gone = addEcs(makeWorld('aaaa'), { task: 'a', revision: 1 }, 'INACTIVE');
  expect(digest(gone)).toEqual(digest(makeWorld('aaaa')));
  const draining = addEcs(makeWorld('aaaa'), { task: 'a', revision: 1 }, 'DRAINING');
  expect(digest(draining)).not.toEqual(digest(makeWorld('aaaa')));
});

function firstGroup(world: World) {
  const [group] = Object.values(world.elasticloadbalancing.targetGroups);
  if (!group) throw new Error('the world has no group');
  return group;
}

function makeWorldWith(world: World, name: string): World {
  const more = makeWorld('aaaa', { order: [name] }).elasticloadbalancing.targetGroups;
  Object.assign(world.elasticloadbalancing.targetGroups, more);
  return world;
}

function crossRules(world: World) {
  const [one, two] = Object.values(world.elasticloadbalancing.rules);
  if (!one?.targetGroupArn || !two?.targetGroupArn) throw new Error('the world has no rules');
  [one.targetGroupArn, two.targetGroupArn] = [two.targetGroupArn, one.targetGroupArn];
}
