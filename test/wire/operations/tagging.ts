import { expect } from 'vitest';
import type { Aws } from '../../../src/aws/aws.ts';
import { refusal } from '../../helpers/wire/expect.ts';
import { inputs, names } from '../../helpers/wire/inputs.ts';
import type { WireWorld } from '../../helpers/wire/world.ts';

/** What finds previews by their tags and by the beginning of their names. */
export async function callTagging(aws: Aws, world: WireWorld) {
  const input = inputs.taskDefinition(world, 'image@sha256:1');
  const family = `${names.preview}-tagged`;
  const { taskDefinition } = await aws.call('ecs:RegisterTaskDefinition', { ...input, family });
  const arn = taskDefinition?.taskDefinitionArn;

  const [first] = input.tags ?? [];
  const find = (value: string) =>
    aws.call('tag:GetResources', {
      ResourceTypeFilters: ['ecs:task-definition'],
      TagFilters: [{ Key: first?.key ?? '', Values: [value] }],
      ResourcesPerPage: 100,
    });
  const found = await find(first?.value ?? '');
  expect(found.ResourceTagMappingList?.map(({ ResourceARN }) => ResourceARN)).toContain(arn);
  // moto: absent on the last page, where AWS has an empty text.
  expect(found.PaginationToken ?? '').toBe('');
  expect((await find('nobody')).ResourceTagMappingList).toEqual([]);
  await expect(aws.call('tag:GetResources', { PaginationToken: 'nonsense' })).rejects.toMatchObject(
    refusal('PaginationTokenExpiredException'),
  );

  const list = async (familyPrefix: string) =>
    (await aws.call('ecs:ListTaskDefinitionFamilies', { familyPrefix, status: 'ACTIVE' })).families;
  expect(await list(family)).toEqual([family]);
  expect(await list('absent')).toEqual([]);
  // moto: the same families whatever the status; AWS would have this one among the INACTIVE alone.
  await aws.call('ecs:DeregisterTaskDefinition', { taskDefinition: `${family}:1` });
}
