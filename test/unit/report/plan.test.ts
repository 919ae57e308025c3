import { expect, test } from 'vitest';
import type { Plan, Step } from '../../../src/preview/plan.ts';
import { renderPlan } from '../../../src/report/plan.ts';

const step = (given: Partial<Step>): Step => ({
  id: 'x',
  action: 'create',
  resource: 'target-group',
  name: 'previewops-hello--pr-42',
  changes: [],
  after: [],
  ...given,
});

const plan = (given: Partial<Plan>): Plan => ({
  version: 1,
  type: 'deploy',
  preview: { app: 'hello', id: 'pr-42', url: 'https://pr-42.previews.example.com' },
  steps: [],
  conflicts: [],
  warnings: [],
  ...given,
});

test('each action has its sign', () => {
  const steps = [
    step({}),
    step({ action: 'update', resource: 'service', changes: ['task definition', 'count'] }),
    step({ action: 'replace', resource: 'listener-rule', changes: ['host'] }),
    step({ action: 'run', resource: 'hook', name: 'onCreate', changes: ['seed\n&& x\u001b[0m'] }),
    step({ action: 'delete', resource: 'log-group', name: '/ecs/x\u001b[31m' }),
  ];
  expect(renderPlan(plan({ steps }))).toEqual([
    '+ create target-group previewops-hello--pr-42',
    '~ update service previewops-hello--pr-42 (task definition, count)',
    '~ replace listener-rule previewops-hello--pr-42 (host)',
    '> run hook onCreate  seed && x',
    '- delete log-group /ecs/x',
  ]);
});

test('conflicts come with their hints, warnings last', () => {
  const conflicts = [
    {
      resource: 'listener-rule' as const,
      name: 'rule/7',
      reason: 'the host is taken',
      hint: 'free it\nor use another host',
    },
  ];
  expect(renderPlan(plan({ conflicts, warnings: ['spot may be interrupted'] }))).toEqual([
    '! conflict listener-rule rule/7: the host is taken',
    '    free it',
    '    or use another host',
    'warning: spot may be interrupted',
  ]);
});

test('an empty plan says so', () => {
  expect(renderPlan(plan({}))).toEqual(['nothing to do for pr-42']);
});
