import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { evaluate, type PolicyDocument } from '../../../src/permissions/evaluate.ts';
import { neededRequests } from '../../../src/permissions/requests.ts';
import { writes } from '../../helpers/stage.ts';
import { callsNeeding, type FlowName, flowNames, play, scope } from './flows.ts';

const published = JSON.parse(
  readFileSync(new URL('../../../fixtures/policies/published.json', import.meta.url), 'utf8'),
) as PolicyDocument;
const isPublished = (action: string) =>
  evaluate({ action, resource: '*' }, { identity: [published] }).decision === 'allowed';

/** It names enough to check the cluster, and no more. */
const content: readonly FlowName[] = ['validate'];

test.each(flowNames.filter((name) => !content.includes(name)))(
  'under the published policy: %s is refused at a call that it lacks, before it changed anything',
  async (name) => {
    const { end, error, calls } = await play(name, [published]);
    expect(end).toBe('access-denied');
    expect(error?.exitCode).toBe(3);
    const { action, call } = (error?.details ?? {}) as { action: string; call: string };
    expect(isPublished(action)).toBe(false);
    expect(callsNeeding(action)).toContain(call);
    expect(calls).toContainEqual(
      expect.objectContaining({ call, error: expect.stringContaining('AccessDenied') }),
    );
    expect(writes(calls)).toEqual([]);
  },
);

test.each(content)('under the published policy: %s needs no more', async (name) => {
  expect((await play(name, [published])).end).toBe('done');
});

test('what it lacks is what users met one by one', () => {
  const lacking = neededRequests(scope)
    .filter((request) => evaluate(request, { identity: [published] }).decision !== 'allowed')
    .map(({ action }) => action);
  expect(lacking).toEqual(
    expect.arrayContaining([
      'elasticloadbalancing:AddTags',
      'elasticloadbalancing:ModifyRule',
      'ecs:TagResource',
      'ecr:TagResource',
      'logs:CreateLogGroup',
      'logs:PutRetentionPolicy',
      'logs:DeleteLogGroup',
    ]),
  );
  expect(lacking).not.toContain('ecs:CreateService');
});
