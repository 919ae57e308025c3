import { isJson, type WireRequest } from './operation.ts';
import { jsonAnswer, type WireAnswer } from './rewrites.ts';

/**
 * What can go wrong with one call: refused for coming too often, failed with HTTP 500 before any
 * work, connection cut before any work, or cut after the work was done (`lost`).
 */
export type Fault = 'throttle' | 'error' | 'reset' | 'lost';

export interface Faults {
  /** Makes the next `times` calls of the operation (`ecs:CreateService`) go wrong. */
  plan(operation: string, fault: Fault, times?: number): void;
  take(operation: string): Fault | undefined;
  clear(): void;
}

export function createFaults(): Faults {
  let planned: { operation: string; fault: Fault; left: number }[] = [];
  return {
    plan: (operation, fault, times = 1) => planned.push({ operation, fault, left: times }),
    take(operation) {
      const found = planned.find((p) => p.operation === operation && p.left > 0);
      if (found) found.left--;
      return found?.fault;
    },
    clear() {
      planned = [];
    },
  };
}

/** The answer AWS gives for these two faults, in the protocol of the request. */
export function faultAnswer(request: WireRequest, fault: 'throttle' | 'error'): WireAnswer {
  const status = fault === 'throttle' ? 400 : 500;
  const message = fault === 'throttle' ? 'Rate exceeded' : 'Injected by the test';
  if (isJson(request)) {
    const type = fault === 'throttle' ? 'ThrottlingException' : 'ServerException';
    return jsonAnswer(status, { __type: type, message });
  }
  const code = fault === 'throttle' ? 'Throttling' : 'InternalFailure';
  const xml = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>0</RequestId></ErrorResponse>`;
  return { status, headers: { 'content-type': 'text/xml' }, body: Buffer.from(xml) };
}
