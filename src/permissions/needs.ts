import { type CallKey, type ManifestEntry, manifest, type Need } from './manifest.ts';
import { resources, type Scope } from './scope.ts';
import { type CallingCommand, callingCommands } from './words.ts';

/**
 * What CI runs: every command but doctor and init, which look at far more than it would ever use, and
 * run, by which people do what they like in a preview.
 */
export const ciCommands: readonly CallingCommand[] = callingCommands.filter(
  (command) => command !== 'doctor' && command !== 'init' && command !== 'run',
);

export interface PolicyOptions {
  /** The commands that the policy is for; what CI runs by default. */
  commands?: readonly CallingCommand[];
  /** What the configuration uses. By default DNS when the scope has a hosted zone, and builds. */
  features?: Features;
}

/** What a configuration can do without, and then needs no permissions for. */
export interface Features {
  dns: boolean;
  build: boolean;
  hooks?: boolean;
  idle?: boolean;
}

/** A need of the manifest with the call that it comes from. */
export interface UsedNeed {
  call: CallKey;
  need: Need;
  write: boolean;
  /** Those of the wanted commands that make the call. */
  commands: readonly CallingCommand[];
  only: ManifestEntry['only'];
  why: string;
}

/**
 * What the wanted commands need with the wanted features, in the manifest's order. What there is
 * nothing of in this scope, such as a user where the caller is a role, is left out.
 */
export function needsOf(
  scope: Scope,
  { commands: wanted = ciCommands, features }: PolicyOptions,
): UsedNeed[] {
  const used = {
    ...(features ?? { dns: scope.hostedZoneId !== undefined, build: true }),
    // `run` starts tasks as hooks do.
    ...(wanted.includes('run') ? { hooks: true } : {}),
  };
  const entries = Object.entries(manifest) as [CallKey, ManifestEntry][];
  return entries.flatMap(([call, { commands, needs, only, withHooks, withIdle, write, why }]) => {
    const further = [...((used.hooks && withHooks) || []), ...((used.idle && withIdle) || [])];
    const all = [...commands, ...further];
    const makers = all.filter((command) => wanted.includes(command));
    if (makers.length === 0 || (only && !used[only])) return [];
    return needs.flatMap((need) => {
      const askers = makers.filter((command) => need.commands?.includes(command) ?? true);
      const there = need.on.some((key) => resources[key](scope).length > 0);
      return askers.length > 0 && there ? [{ call, need, write, commands: askers, only, why }] : [];
    });
  });
}
