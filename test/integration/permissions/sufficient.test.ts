import { describe, expect, test } from 'vitest';
import { type CallKey, type ManifestEntry, manifest } from '../../../src/permissions/manifest.ts';
import { needsOf } from '../../../src/permissions/needs.ts';
import { policyFor } from '../../../src/permissions/policy.ts';
import { splitPolicy } from '../../../src/permissions/split.ts';
import {
  everything,
  type Flow,
  type FlowName,
  featuresUsed,
  flowNames,
  flows,
  type Played,
  play,
  playFrom,
  scope,
} from './flows.ts';

describe.each(flowNames)('%s', (name) => {
  test('goes its way with the policy of all commands', async () => {
    const { end, calls } = await play(name, [policyFor(scope, everything)]);
    expect(end).toBe(flows[name].ends);
    expect(calls.filter(({ error }) => error?.includes('AccessDenied'))).toEqual([]);
  });

  test('goes its way with the policy of its command alone', async () => {
    const { end, calls } = await play(name, [
      policyFor(scope, { commands: [flows[name].command], features: featuresUsed(name) }),
    ]);
    expect(end).toBe(flows[name].ends);
    expect(calls.filter(({ error }) => error?.includes('AccessDenied'))).toEqual([]);
  });
});

test('a log group that is left over is listed', async () => {
  const { value } = await play('list of what is left over', [policyFor(scope, everything)]);
  expect(value).toMatchObject([{ app: 'hello', id: 'pr-42', status: 'orphan' }]);
});

describe('a deploy whose preview is destroyed meanwhile', () => {
  const flow: Flow = {
    command: 'deploy',
    run: (process) => process.deploy({ pr: 42 }),
    meanwhile: (process) => process.destroy({ pr: 42 }),
    ends: 'destroyed',
  };
  const warnings = ({ events }: Played) =>
    events.flatMap((e) => (e.type === 'note' && e.level === 'warning' ? [e.text] : []));

  test('sees to it that nothing is left, with the policy of all commands', async () => {
    const played = await playFrom(undefined, flow, [policyFor(scope, everything)]);
    expect(played.end).toBe('destroyed');
    expect(warnings(played)).toEqual([]);
    expect(played.world.elasticloadbalancing.targetGroups).toEqual({});
    expect(played.world.logs.groups).not.toHaveProperty(['/ecs/previewops-hello--pr-42']);
  });

  test('may not look with the policy of deploy alone, and says so', async () => {
    const policy = policyFor(scope, { commands: ['deploy'] });
    const played = await playFrom(undefined, flow, [policy]);
    expect(played.end).toBe('destroyed');
    expect(warnings(played)).toEqual([expect.stringContaining('run previewops destroy')]);
  });
});

test('a policy that is cut in many says the same', async () => {
  const documents = splitPolicy(policyFor(scope, everything), 2_000);
  expect(documents.length).toBeGreaterThan(2);
  for (const name of ['first deploy', 'destroy'] satisfies FlowName[]) {
    expect((await play(name, documents)).end).toBe('done');
  }
});

test('the flows together make every call that the commands are said to make', async () => {
  const made = new Map<string, Set<string>>();
  for (const name of flowNames) {
    const { calls } = await play(name);
    const { command } = flows[name];
    made.set(command, new Set([...(made.get(command) ?? []), ...calls.map(({ call }) => call)]));
  }
  for (const command of everything.commands) {
    const said = needsOf(scope, { ...everything, commands: [command] }).map(({ call }) => call);
    const asked = [...(made.get(command) ?? [])].filter((call) => call !== 'sts:GetCallerIdentity');
    expect(asked.sort(), command).toEqual([...new Set(said)].sort());
  }
});

test('no call of a command is left to doctor alone', () => {
  const entries = Object.entries(manifest) as [CallKey, ManifestEntry][];
  const ofDoctor = entries.filter(([, { commands }]) => commands.join() === 'doctor');
  expect(ofDoctor.filter(([, { write }]) => write)).toEqual([]);
});
