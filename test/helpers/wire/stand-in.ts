import type { WireRequest } from './operation.ts';
import { type MotoProxy, startProxy } from './proxy.ts';
import type { WireAnswer } from './rewrites.ts';

/**
 * Another proxy, in front of the world's, that answers the operations which moto lacks. It stands
 * apart, so that only the tests about these see an AWS that is of our own making.
 */
export const startStandIn = (
  world: { proxy: MotoProxy },
  answers: Record<string, (request: WireRequest) => WireAnswer>,
): Promise<MotoProxy> =>
  startProxy(
    world.proxy.url,
    async ({ operation, request, answer }) => answers[operation]?.(request) ?? answer,
  );
