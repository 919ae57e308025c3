/** What came back when a URL was asked for, as seen from where the command runs. */
export type ProbeAnswer =
  | {
      status: number;
      /** The `server` header: a load balancer signs what it answers itself with `awselb/2.0`. */
      server: string | undefined;
    }
  | { problem: 'dns' | 'connect' | 'tls'; message: string };

/** Asks for a URL once, follows no redirect, and never rejects but for an abort. */
export type Probe = (url: string, signal: AbortSignal) => Promise<ProbeAnswer>;
