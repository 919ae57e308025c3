/** An HTTP answer; names of headers are in lower case. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The ALB names itself in what it answers by itself, and in nothing that a target answers. */
const server = 'awselb/2.0';

// "The load balancer generates an HTTP error" of the ALB guide has these by their names.
const titles: Record<number, string> = {
  400: 'Bad Request',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

/** An error that the load balancer itself answers with. */
export function byBalancer(status: number): HttpAnswer {
  const title = `${status} ${titles[status] ?? ''}`.trim();
  const body = `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
  return { status, headers: { server, 'content-type': 'text/html' }, body };
}

/** What a rule has the load balancer answer. */
export const byRule = (
  status: number,
  { headers = {}, body = '' }: Partial<Pick<HttpAnswer, 'headers' | 'body'>>,
): HttpAnswer => ({ status, headers: { server, ...headers }, body });

/** What the application in a task answers. */
export const byTarget = (status: number, body: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});
