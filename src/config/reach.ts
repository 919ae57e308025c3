import type { Draft } from './salvage.ts';
import type { Config } from './types.ts';

/** What the configuration says that its roles must reach, beyond what is previewops's own. */
export interface Reach {
  /** ARNs of secrets and parameters, and names of parameters. */
  secrets: string[];
  /** Images of the containers other than the app's own. */
  images: string[];
  /** By which builds read the repository. */
  credentials?: string | undefined;
}

/** Takes a configuration that may have mistakes: then what is well-formed of it counts. */
export function reachOf({
  container,
  sidecars = [],
  build,
}: Draft<Pick<Config, 'container' | 'sidecars' | 'build'>>): Reach {
  const all = [container?.secrets, ...sidecars.map((each) => each?.secrets)];
  const known = (texts: readonly (string | undefined)[]) => [
    ...new Set(texts.flatMap((text) => text ?? [])),
  ];
  return {
    secrets: known(all.flatMap((each) => Object.values(each ?? {}))),
    images: known(sidecars.map((each) => each?.image)),
    credentials: build?.credentials,
  };
}
