import { expect } from 'vitest';
import type { Aws } from '../../../src/aws/aws.ts';
import { present, refusal } from '../../helpers/wire/expect.ts';
import { inputs, names, tags } from '../../helpers/wire/inputs.ts';
import type { WireWorld } from '../../helpers/wire/world.ts';

const family = names.preview;
const absent = refusal('ClientException', 'Unable to describe task definition');

/** Registers two revisions and returns their ARNs. */
export async function callTaskDefinitions(aws: Aws, world: WireWorld): Promise<[string, string]> {
  const none = aws.call('ecs:DescribeTaskDefinition', { taskDefinition: family });
  await expect(none).rejects.toMatchObject(absent);
  const register = async (image: string) => {
    const input = inputs.taskDefinition(world, image);
    const answer = await aws.call('ecs:RegisterTaskDefinition', input);
    expect(answer.tags).toBeUndefined(); // moto: AWS repeats them here
    return present(answer.taskDefinition?.taskDefinitionArn);
  };
  const one = await register('image@sha256:1');
  const two = await register('image@sha256:2');
  const newest = await aws.call('ecs:DescribeTaskDefinition', {
    taskDefinition: family,
    include: ['TAGS'],
  });
  const { tags: _, ...asked } = inputs.taskDefinition(world, 'image@sha256:2');
  expect(newest).toMatchObject({
    taskDefinition: { ...asked, taskDefinitionArn: two, revision: 2, status: 'ACTIVE' },
    tags: tags.lower,
  });
  return [one, two];
}

/** Removes revision `one` in AWS's two steps; `two` stays. */
export async function removeRevision(aws: Aws, one: string, two: string) {
  // moto: one page, oldest first, whatever `maxResults` and `sort` say.
  const list = async (status: 'ACTIVE' | 'INACTIVE') =>
    (await aws.call('ecs:ListTaskDefinitions', { familyPrefix: family, status }))
      .taskDefinitionArns;
  const purge = () => aws.call('ecs:DeleteTaskDefinitions', { taskDefinitions: [one] });
  const deregister = () => aws.call('ecs:DeregisterTaskDefinition', { taskDefinition: one });

  expect(await list('ACTIVE')).toEqual([one, two]);
  expect(await purge()).toMatchObject({
    taskDefinitions: [],
    failures: [{ arn: one, reason: expect.stringMatching('ACTIVE') }],
  });
  for (let twice = 0; twice < 2; twice++) {
    expect((await deregister()).taskDefinition?.status).toBe('INACTIVE');
  }
  expect([await list('ACTIVE'), await list('INACTIVE')]).toEqual([[two], [one]]);
  expect(await purge()).toMatchObject({
    taskDefinitions: [{ taskDefinitionArn: one, status: 'DELETE_IN_PROGRESS' }],
    failures: [],
  });
  // moto: gone at once, and a failure when asked again; AWS shows DELETE_IN_PROGRESS for a while.
  expect(await purge()).toMatchObject({
    taskDefinitions: [],
    failures: [{ reason: expect.stringMatching('does not exist') }],
  });
  expect(await list('INACTIVE')).toEqual([]);
  await expect(deregister()).rejects.toMatchObject(absent);
}
