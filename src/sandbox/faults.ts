import type { PolicyKind } from '../permissions/evaluate.ts';
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
const xml = new Set(['ec2', 'elasticloadbalancing', 'route53', 'iam', 'sts']);

const serviceOf = (key: string) => key.slice(0, key.indexOf(':'));
const code = (key: string, name: string) => (xml.has(serviceOf(key)) ? { code: name } : {});

/** EC2 and Service Quotas have words of their own for a call that came too soon after others. */
const throttles: Record<string, { name: string; message: string; status: number }> = {
  ec2: { name: 'RequestLimitExceeded', message: 'Request limit exceeded.', status: 503 },
  servicequotas: { name: 'TooManyRequestsException', message: 'Rate exceeded', status: 400 },
  tag: { name: 'ThrottledException', message: 'Rate exceeded', status: 400 },
};

/** The answer to a call that came too soon after others. */
export function throttled(key: string): AwsErrorShape {
  const usual = xml.has(serviceOf(key)) ? 'Throttling' : 'ThrottlingException';
  const words = throttles[serviceOf(key)];
  const { name, message, status } = words ?? { name: usual, message: 'Rate exceeded', status: 400 };
  return awsError(name, message, { status, ...code(key, name) });
}

/** Server errors that the services model, where they do. */
const troubles: Record<string, string> = {
  ec2: 'InternalError',
  ecr: 'ServerException',
  ecs: 'ServerException',
  iam: 'ServiceFailureException',
  logs: 'ServiceUnavailableException',
  servicequotas: 'ServiceException',
};

/** The answer of a service in trouble. */
export function serverFault(key: string): AwsErrorShape {
  const name = troubles[serviceOf(key)] ?? 'InternalFailure';
  const message = 'The request processing has failed because of an unknown error.';
  const onTheWire = code(key, name.replace(/^ServiceFailureException$/, 'ServiceFailure'));
  return awsError(name, message, { fault: 'server', status: 500, ...onTheWire });
}

export interface Denial {
  callerArn: string;
  action: string;
  resource: string;
  explicit?: boolean;
  /** The kind of policy that denies or fails to allow. */
  by?: PolicyKind;
}

/** As IAM's "Troubleshoot access denied error messages" names them, with their article. */
const kinds: Record<PolicyKind, [article: string, name: string]> = {
  identity: ['an', 'identity-based policy'],
  boundary: ['a', 'permissions boundary'],
  scp: ['a', 'service control policy'],
};

/** A denial in AWS's words: the action, the resource, and which kind of policy is to blame. */
export function accessDenied(key: string, denial: Denial): AwsErrorShape {
  const { callerArn, action, resource, explicit = false, by = 'identity' } = denial;
  const service = serviceOf(key);
  const [article, kind] = kinds[by];
  const why = explicit
    ? `with an explicit deny in ${article} ${kind}`
    : `because no ${kind} allows the ${action} action`;
  const who = `User: ${callerArn} is not authorized to perform: ${action}`;
  if (service === 'ec2') {
    const name = 'UnauthorizedOperation';
    const message = `You are not authorized to perform this operation. ${who} ${why}`;
    return awsError(name, message, { status: 403, ...code(key, name) });
  }
  const isXml = xml.has(service);
  const name = isXml ? 'AccessDenied' : 'AccessDeniedException';
  const message = `${who} on resource: ${resource} ${why}`;
  return awsError(name, message, { status: isXml ? 403 : 400, ...code(key, name) });
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
