import type { Identity } from './identity.ts';

/** Tags are the database: who owns a resource, and what a preview is, is read from these alone. */
export const tagKeys = {
  managedBy: 'previewops:managed-by',
  app: 'previewops:app',
  preview: 'previewops:preview',
  pr: 'previewops:pr',
  branch: 'previewops:branch',
  commit: 'previewops:commit',
  url: 'previewops:url',
  created: 'previewops:created',
  deployed: 'previewops:deployed',
  expires: 'previewops:expires',
  /** What `previewops keep` said last; see `expiry.ts`. */
  kept: 'previewops:kept',
  /** Since when the preview is stopped; see `stopped.ts`. */
  stopped: 'previewops:stopped',
  /** What the tasks cost by; see `size.ts`. */
  size: 'previewops:size',
  /** What the tasks run on, where Spot was asked for. */
  capacity: 'previewops:capacity',
  claim: 'previewops:claim',
  /** On the target group: the claim whose run failed, and the code of its error. */
  failed: 'previewops:failed',
  /** On the target group: how far `hooks.onCreate` has come; see `one-off/mark.ts`. */
  onCreate: 'previewops:on-create',
} as const;

export type Tags = Record<string, string>;

const managedBy = 'previewops';

/** On every resource of a preview. */
export function previewTags(app: string, id: string, extra: Tags): Tags {
  return { ...appTags(app, extra), [tagKeys.preview]: id };
}

/** On every resource that an app's previews share. */
export function appTags(app: string, extra: Tags): Tags {
  return { ...extra, [tagKeys.managedBy]: managedBy, [tagKeys.app]: app };
}

/** What the service's tags say of the preview beyond whose it is. */
export interface Facts {
  identity: Identity;
  commit: string | undefined;
}

/** The tags by which `list` knows a preview; compared on each deploy, unlike the moments below. */
export function factTags({ identity, commit }: Facts): Tags {
  return {
    [tagKeys.url]: identity.url,
    ...(identity.pr === undefined ? {} : { [tagKeys.pr]: String(identity.pr) }),
    ...(identity.branch === undefined ? {} : { [tagKeys.branch]: tagValue(identity.branch) }),
    ...(commit === undefined ? {} : { [tagKeys.commit]: commit }),
  };
}

/** `expires` when the configuration gives no time to live. */
export const never = 'never';

export function momentTags(moments: { created: number; deployed: number; ttlMs?: number }): Tags {
  const { created, deployed, ttlMs } = moments;
  return {
    [tagKeys.created]: new Date(created).toISOString(),
    [tagKeys.deployed]: new Date(deployed).toISOString(),
    [tagKeys.expires]: ttlMs === undefined ? never : new Date(deployed + ttlMs).toISOString(),
  };
}

/** Whether a resource is this preview's; `id` is left out for what the app shares. */
export function owns(tags: Tags | undefined, app: string, id?: string): boolean {
  return (
    tags?.[tagKeys.managedBy] === managedBy &&
    tags[tagKeys.app] === app &&
    (id === undefined || tags[tagKeys.preview] === id)
  );
}

/** Text within what ELB, ECS and Logs take as a tag value: their character set, at most 256. */
export function tagValue(text: string): string {
  return text
    .slice(0, 256)
    .replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_')
    .trim();
}

/** Keys whose wanted value the actual tags do not have. */
export function differingTags(wanted: Tags, actual: Tags | undefined): string[] {
  return Object.keys(wanted).filter((key) => actual?.[key] !== wanted[key]);
}
