import { expect, it } from 'vitest';
import type { Aws } from '../../../src/aws/aws.ts';
import { ensureService } from '../../../src/providers/aws-ecs/resources/service.ts';
import type { Session } from '../../../src/providers/aws-ecs/session.ts';
import { targetOf } from '../../../src/providers/aws-ecs/target.ts';
import { configOf } from '../../helpers/stage.ts';
import { createVirtualClock } from '../../helpers/virtual-clock.ts';

/** A session whose AWS answers each call in turn by these functions. */
function sessionWith(answers: Record<string, (input: never) => object>): Session {
  const identity = { app: 'hello', id: 'pr-1', pr: 1, host: 'h.example.com', url: 'https://h' };
  const call = async (key: string, input: object) => {
    const answer = answers[key];
    if (!answer) throw new Error(`not expected: ${key}`);
    return answer(input as never);
  };
  return {
    aws: { region: 'us-east-1', call } as unknown as Aws,
    clock: createVirtualClock(),
    signal: new AbortController().signal,
    emit: () => {},
    random: () => 0.5,
    target: targetOf(configOf(), identity),
    startedAt: 0,
  };
}

it('a region that does not know the newest deployment settings gets none of them', async () => {
  const tried: object[] = [];
  const session = sessionWith({
    'ecs:DescribeServices': () => ({ services: [] }),
    'ecs:CreateService': ({ deploymentConfiguration }: { deploymentConfiguration: object }) => {
      tried.push(deploymentConfiguration);
      if ('earlySuccessCriteria' in deploymentConfiguration) {
        const error = new Error(
          'Unknown parameter earlySuccessCriteria in deploymentConfiguration',
        );
        throw Object.assign(error, { name: 'InvalidParameterException' });
      }
      return { service: { deployments: [{ id: 'ecs-svc/1', status: 'PRIMARY' }] } };
    },
  });
  const rollout = await ensureService(session, {
    observed: undefined,
    order: {
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/t:1',
      targetGroupArn: 'arn:tg',
      commit: undefined,
      claim: { kind: 'deploy', at: 0, id: '00000000' },
    },
    guard: async () => {},
  });
  expect(rollout).toEqual({ id: 'ecs-svc/1', begun: true });
  expect(tried).toHaveLength(2);
  expect(tried[1]).toEqual({
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    deploymentCircuitBreaker: { enable: true, rollback: true },
  });
});
