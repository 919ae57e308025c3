import type { Probe, ProbeAnswer } from '../providers/probe.ts';

/** An application may be slow to answer its first request; a load balancer gives up after 60 s by itself. */
const timeoutMs = 10_000;

/** Asks over HTTPS as a browser would, without a proxy's help; the body is not read. */
export const probeUrl: Probe = async (url, signal) => {
  const { request } = await import('node:https');
  return new Promise<ProbeAnswer>((resolve, reject) => {
    const asking = request(
      url,
      { method: 'GET', agent: false, timeout: timeoutMs, headers: { 'user-agent': 'previewops' } },
      (response) => {
        response.destroy();
        const { server } = response.headers;
        resolve({ status: response.statusCode ?? 0, server: server?.toString() });
      },
    );
    const abort = () => asking.destroy(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    asking.on('timeout', () => asking.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    asking.on('close', () => signal.removeEventListener('abort', abort));
    asking.on('error', (error: NodeJS.ErrnoException) =>
      signal.aborted ? reject(signal.reason) : resolve(describe(error, new URL(url).hostname)),
    );
    if (signal.aborted) abort();
    asking.end();
  });
};

function describe(error: NodeJS.ErrnoException, host: string): ProbeAnswer {
  const { code = '', message } = error;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return { problem: 'dns', message: `there is no address for ${host}` };
  }
  // Node's names for certificates that do not fit (tls, "X509 certificate error codes") and OpenSSL's own.
  const tls = /CERT|SSL|TLS|ALTNAME|SELF_SIGNED|UNABLE_TO/.test(code);
  return { problem: tls ? 'tls' : 'connect', message: message || code };
}

/** What the simulated account answers, asked without any network. */
export function probeSandbox(sandbox: {
  answer(
    url: string,
  ): Promise<
    | { status: number; headers: Record<string, string> }
    | { error: 'dns' | 'connect' | 'tls'; message: string }
  >;
}): Probe {
  return async (url) => {
    const answer = await sandbox.answer(url);
    if ('error' in answer) return { problem: answer.error, message: answer.message };
    return { status: answer.status, server: answer.headers.server };
  };
}
