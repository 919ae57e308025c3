import { type AwsErrorShape, awsError } from './errors.ts';
import type { Fault } from './types.ts';

export type FaultKind = Fault['fault'];

/** Counts the calls of this process and says which of them are hit. */
export function createFaults(
  faults: readonly Fault[] = [],
): (key: string) => FaultKind | undefined {
  const counts = faults.map(() => 0);
  return (key) => {
    let hit: FaultKind | undefined;
    faults.forEach(({ call, nth, times = 1, fault }, index) => {
      if (call !== '*' && call !== key) return;
      const count = (counts[index] ?? 0) + 1;
      counts[index] = count;
      const last = times === 'always' ? Number.POSITIVE_INFINITY : nth + times - 1;
      if (count >= nth && count <= last) hit ??= fault;
    });
    return hit;
  };
}

/** Services with an XML protocol; their unmodelled errors have other names than the JSON ones'. */
const xml = new Set(['elasticloadbalancing', 'route53', 'iam', 'sts']);

const serviceOf = (key: string) => key.slice(0, key.indexOf(':'));
const code = (key: string, name: string) => (xml.has(serviceOf(key)) ? { code: name } : {});

/** The answer to a call that came too soon after others. */
export function throttled(key: string): AwsErrorShape {
  const name = xml.has(serviceOf(key)) ? 'Throttling' : 'ThrottlingException';
  return awsError(name, 'Rate exceeded', code(key, name));
}

/** The answer of a service in trouble. */
export function serverFault(key: string): AwsErrorShape {
  const service = serviceOf(key);
  const name =
    service === 'ecs' || service === 'ecr'
      ? 'ServerException'
      : service === 'logs'
        ? 'ServiceUnavailableException'
        : 'InternalFailure';
  const message = 'The request processing has failed because of an unknown error.';
  return awsError(name, message, { fault: 'server', status: 500, ...code(key, name) });
}

export interface Denial {
  callerArn: string;
  action: string;
  resource: string;
  explicit?: boolean;
}

/** A denial in AWS's words: the action, the resource, and which kind of policy is to blame. */
export function accessDenied(key: string, denial: Denial): AwsErrorShape {
  const { callerArn, action, resource, explicit = false } = denial;
  const isXml = xml.has(serviceOf(key));
  const name = isXml ? 'AccessDenied' : 'AccessDeniedException';
  const why = explicit
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the ${action} action`;
  return awsError(
    name,
    `User: ${callerArn} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
    { status: isXml ? 403 : 400, ...code(key, name) },
  );
}

/** What a client sees when the connection ends before the answer has come. */
export function connectionLost(): Error {
  const error = new Error('read ECONNRESET');
  error.name = 'TimeoutError';
  return Object.assign(error, {
    code: 'ECONNRESET',
    errno: -104,
    syscall: 'read',
    $metadata: { attempts: 1, totalRetryDelay: 0 },
  });
}
