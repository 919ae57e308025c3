import type { Certificate, Listener, World } from './types.ts';

/** Why a browser refuses the connection, in the words of Node's TLS; undefined when it does not. */
export function tlsProblem(world: World, listener: Listener, host: string): string | undefined {
  if (listener.protocol !== 'HTTPS') return 'wrong version number';
  const { certificateArn, certificates = [] } = listener;
  const all = [certificateArn ?? '', ...certificates].flatMap(
    (arn) => world.acm.certificates[arn] ?? [],
  );
  const [fallback] = all;
  if (!fallback) return 'sslv3 alert handshake failure';
  const fitting = all.filter(({ names }) => names.some((name) => covers(name, host)));
  if (fitting.length === 0) {
    const names = fallback.names.map((name) => `DNS:${name}`).join(', ');
    return `Hostname/IP does not match certificate's altnames: Host: ${host}. is not in the cert's altnames: ${names}`;
  }
  const problems = fitting.map((certificate) => problemOf(certificate, world.now));
  // The load balancer picks the best of those that fit ("SNI" in the ALB guide).
  return problems.includes(undefined) ? undefined : problems[0];
}

/** A wildcard stands for exactly one label (RFC 6125, 6.4.3). */
function covers(name: string, host: string): boolean {
  const [wanted, own] = [name.toLowerCase(), host.toLowerCase()];
  if (!wanted.startsWith('*.')) return wanted === own;
  const [, rest = ''] = /^[^.]+\.(.+)$/.exec(own) ?? [];
  return rest === wanted.slice(2);
}

function problemOf(
  { status, notBefore = 0, notAfter = Infinity }: Certificate,
  now: number,
): string | undefined {
  if (status === 'EXPIRED' || now >= notAfter) return 'certificate has expired';
  if (status === 'REVOKED') return 'certificate revoked';
  if (status !== 'ISSUED') return 'sslv3 alert handshake failure';
  return now < notBefore ? 'certificate is not yet valid' : undefined;
}
