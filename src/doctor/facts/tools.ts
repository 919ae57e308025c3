import type { Aws } from '../../aws/aws.ts';
import type { RepositoryAnswer } from '../../ci/anonymous.ts';
import type { Clock } from '../../clock.ts';
import type { Config } from '../../config/types.ts';
import type { CallingCommand } from '../../permissions/manifest.ts';
import type { Scope } from '../../permissions/scope.ts';
import type { PreviewSummary } from '../../providers/provider.ts';

/** What doctor looks with. */
export interface Tools {
  config: Config;
  app: string;
  scope: Scope;
  /** The commands whose permissions are looked at. */
  commands: readonly CallingCommand[];
  aws: Aws;
  clock: Clock;
  signal: AbortSignal;
  /** From 0 to below 1. */
  random: () => number;
  /** IPv4 addresses of a host as the public sees it; empty when there is none. Rejects when DNS does not answer. */
  resolve: (host: string) => Promise<string[]>;
  /** The app's previews. */
  listPreviews: () => Promise<PreviewSummary[]>;
  /** Asks a repository without credentials; absent where there is no network to ask in. */
  askRepository?: ((url: string) => Promise<RepositoryAnswer>) | undefined;
}
