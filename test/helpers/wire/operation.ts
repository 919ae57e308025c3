import type { IncomingHttpHeaders } from 'node:http';

/** One request of an SDK client, as the proxy sees it. */
export interface WireRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Whether the service speaks JSON; the others of the manifest speak XML. */
export const isJson = (request: WireRequest) => request.headers['x-amz-target'] !== undefined;

/**
 * Names a request as the manifest does, `<service>:<Operation>`. The service is the one in the
 * credential scope of the signature, which is the IAM prefix for most services of the manifest.
 */
export function operationOf(request: WireRequest): string {
  const scope = /Credential=[^/]+\/\d{8}\/[^/]*\/([^/]+)\//.exec(
    request.headers.authorization ?? '',
  );
  const service = scope?.[1] ?? 'unsigned';
  return `${prefixes[service] ?? service}:${nameOf(request)}`;
}

/** IAM prefixes of services that are signed for under another name. */
const prefixes: Record<string, string> = { tagging: 'tag', monitoring: 'cloudwatch' };

function nameOf(request: WireRequest): string {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') return target.slice(target.lastIndexOf('.') + 1);
  const action = new URLSearchParams(request.body.toString()).get('Action');
  if (action) return action;
  return route53(request.method, request.path) ?? `${request.method} ${request.path}`;
}

function route53(method: string, path: string): string | undefined {
  if (/^\/2013-04-01\/change\//.test(path)) return 'GetChange';
  if (/^\/2013-04-01\/hostedzone(?:\?|$)/.test(path)) return 'ListHostedZones';
  if (/^\/2013-04-01\/hostedzone\/[^/]+$/.test(path)) return 'GetHostedZone';
  if (!/^\/2013-04-01\/hostedzone\/[^/]+\/rrset/.test(path)) return undefined;
  return method === 'GET' ? 'ListResourceRecordSets' : 'ChangeResourceRecordSets';
}
