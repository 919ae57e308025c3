import { PreviewopsError } from '../../../errors.ts';
import type { Conflict } from '../../../preview/plan.ts';
import { formatAge } from '../../../report/time.ts';
import { orUndefined } from '../best-effort.ts';
import { listRules, type Rule } from '../resources/listener-rule.ts';
import type { Session } from '../session.ts';
import type { Target } from '../target.ts';
import { type Fill, isOfTasks } from './limits.ts';
import { type Occupant, readOccupants } from './occupants.ts';

const namedOccupants = 5;

/** What is full, in one sentence. */
export const describeFills = (fills: readonly Fill[]): string =>
  fills.map(({ text }) => text).join(', and ');

/** The same as a plan shows it: nothing was asked about who is there. */
export function fullConflict(
  { identity, names }: Target,
  fills: readonly Fill[],
  evicting?: string,
): Conflict {
  return {
    ...(fills.every(isOfTasks)
      ? { resource: 'service', name: names.service }
      : { resource: 'listener-rule', name: identity.host }),
    reason: `finds no room: ${describeFills(fills)}`,
    hint: [...sayEvicting(evicting), adviceOf(fills, evicting)].join('\n'),
  };
}

/**
 * The error for a new preview that there is no room for: which limit, how full, who has been there
 * longest, and what to do. `occupants` where they are known already.
 */
export async function noRoom(
  session: Session,
  full: {
    fills: readonly Fill[];
    rules: readonly Rule[];
    occupants?: readonly Occupant[];
    /** What `--evict` comes to, where it was asked for. */
    evicting?: string;
  },
): Promise<PreviewopsError> {
  const { fills, rules, evicting } = full;
  const { app, id } = session.target.identity;
  const all =
    full.occupants ??
    (isHopeless(fills)
      ? []
      : await orUndefined(session, () => readOccupants(session, { rules, summaries: false }))) ??
    [];
  // What is full for one app is not emptied by another's.
  const concerned = fills.some(({ limit }) => limit === 'max-previews')
    ? all.filter((one) => one.app === app)
    : all;
  const oldest = concerned.slice(0, namedOccupants);
  return new PreviewopsError(
    'limit-reached',
    `There is no room for preview ${id}: ${describeFills(fills)}`,
    {
      hint: [
        ...sayOldest(session, oldest),
        ...sayEvicting(evicting),
        adviceOf(fills, evicting),
      ].join('\n'),
      details: {
        limits: fills.map(({ limit }) => limit),
        oldest: oldest.map((one) => ({
          app: one.app,
          id: one.id,
          deployedAt: one.deployedAt === undefined ? null : new Date(one.deployedAt).toISOString(),
        })),
      },
    },
  );
}

/** Whether an error says that AWS or the configuration has no room for a further preview. */
export const isNoRoom = (error: PreviewopsError): boolean => Array.isArray(error.details?.limits);

/** One line with who has been there longest, for errors of limits; none where nobody is known. */
export async function oldestLine(session: Session): Promise<string[]> {
  const all = await orUndefined(session, async () => {
    const rules = await listRules(session);
    return readOccupants(session, { rules, summaries: false });
  });
  const { app, id } = session.target.identity;
  const others = (all ?? []).filter((one) => one.app !== app || one.id !== id);
  return sayOldest(session, others.slice(0, namedOccupants));
}

function sayOldest(session: Session, oldest: readonly Occupant[]): string[] {
  const names = oldest.map((one) => nameOf(session, one)).join(', ');
  return names === '' ? [] : [`Longest without a deploy: ${names}.`];
}

const sayEvicting = (evicting: string | undefined) =>
  evicting === undefined ? [] : [`--evict oldest-idle ${evicting}.`];

function adviceOf(fills: readonly Fill[], evicting?: string): string {
  const evict =
    evicting === undefined ? ', or let the deploy remove one: `--evict oldest-idle`' : '';
  const removal = `Remove what nobody needs: \`previewops prune\`, or \`previewops destroy --pr <number>\`${evict}.`;
  return [
    ...(isHopeless(fills) ? [] : [removal]),
    ...new Set(fills.map(({ advice }) => advice)),
  ].join('\n');
}

/** Whether there would be no room if all others were gone. */
const isHopeless = (fills: readonly Fill[]): boolean =>
  fills.some(({ hopeless = false }) => hopeless);

/** Why the removal of one preview would not make room, as far as the limits tell; undefined where it may. */
export function evictionInVain(fills: readonly Fill[]): string | undefined {
  if (isHopeless(fills)) return 'would not help';
  return fills.some(({ over = 0 }) => over > 0) ? 'removes one, and more have to go' : undefined;
}

function nameOf({ clock, target }: Session, { app, id, deployedAt }: Occupant): string {
  const whose = app === target.identity.app ? id : `${id} of app ${app}`;
  return deployedAt === undefined ? whose : `${whose} (${formatAge(clock.now() - deployedAt)})`;
}
