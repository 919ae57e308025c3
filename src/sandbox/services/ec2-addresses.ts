import type { World } from '../types.ts';

/** Of a /16, less the four first addresses and the last, which are AWS's own (VPC guide, subnet sizing). */
const freshSubnet = 65_531;

/** Addresses of a subnet that no task has; below zero where more tasks wait for one than there are. */
export function freeAddresses(world: World, id: string): number {
  const { availableAddresses = freshSubnet } = world.network.subnets[id] ?? {};
  const taken = Object.values(world.ecs.tasks).filter(
    ({ subnetId, lastStatus }) => subnetId === id && lastStatus !== 'STOPPED',
  );
  return availableAddresses - taken.length;
}
