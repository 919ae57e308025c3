import { hash } from './hash.ts';

/**
 * Every AWS name of a preview. `--` parts app from id: neither contains it, so no two pairs share a
 * name, and a policy can be scoped to `previewops-<app>--*`. Target groups may have no `--`: there
 * the app's part has no hyphen at all, and so ends at the first one.
 */
export interface Names {
  /** ECS service and task definition family: <= 255 of letters, digits, `-`, `_`. */
  service: string;
  family: string;
  /** <= 32 of letters, digits, single `-`; unique in the region. */
  targetGroup: string;
  logGroup: string;
  /** CodeBuild project of the app: 2-150. */
  project: string;
  /** ECR repository of the app: lower case. */
  repository: string;
}

export const namePrefix = 'previewops-';

// 32 = `previewops-` (11) + app (10) + `-` + id (10): the longest that AWS takes for a target group.
const shortApp = 10;
const shortId = 10;

interface Shortening {
  max: number;
  /** How many hash digits close what was cut. */
  digits: number;
  /** What the hash is of. */
  of: string[];
}

/** `text` if it fits, else its beginning closed by hash digits; what looks like the latter is hashed too. */
function short(text: string, { max, digits, of }: Shortening): string {
  const looksHashed = new RegExp(`[0-9a-f]{${digits}}$`).test(text);
  if (text.length <= max && !looksHashed) return text;
  return text.slice(0, max - digits) + hash(digits, ...of);
}

function shortAppOf(app: string): string {
  const plain = app.replaceAll('-', '');
  const of = [app];
  return plain === app
    ? short(app, { max: shortApp, digits: 6, of })
    : plain.slice(0, shortApp - 6) + hash(6, ...of);
}

export function previewNames(app: string, id: string, ecrRepoPrefix: string): Names {
  const service = `${namePrefix}${app}--${id}`;
  const idKey = short(id, { max: shortId, digits: 7, of: [app, id] });
  return {
    service,
    family: service,
    targetGroup: `${namePrefix}${shortAppOf(app)}-${idKey}`,
    logGroup: `/ecs/${service}`,
    project: `${namePrefix}${app}`,
    repository: `${ecrRepoPrefix}/${app}`,
  };
}

/** The names of every preview of an app, with `*` for the id; what a policy is scoped to. */
export function appNamePatterns(app: string, ecrRepoPrefix: string): Omit<Names, 'family'> {
  const any = previewNames(app, '*', ecrRepoPrefix);
  return {
    service: any.service,
    targetGroup: any.targetGroup,
    logGroup: any.logGroup,
    project: any.project,
    repository: any.repository,
  };
}

/**
 * Roles that the stack of `init --bootstrap` makes. At most 61 of the 64 characters that IAM takes,
 * as an app's name has at most 40.
 */
export const stackRoleName = (app: string, kind: 'execution' | 'build' | 'deploy'): string =>
  `${namePrefix}${app}-${kind}`;

/** Tags of previews' images begin with this, so that one lifecycle rule covers them and not the cache. */
export const imageTagPrefix = 'preview-';
export const cacheTag = 'buildcache';

/** `preview-pr-42.<commit>.<settings>`: ids have no dot, so the id can be read back. At most 70 characters. */
export function imageTag(id: string, commit: string, settingsHash: string): string {
  return `${imageTagPrefix}${id}.${commit.slice(0, 12)}.${settingsHash}`;
}

export function isImageTagOf(id: string, tag: string): boolean {
  return tag.startsWith(`${imageTagPrefix}${id}.`);
}
