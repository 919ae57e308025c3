import { awsError } from './errors.ts';
import type { Tags } from './types.ts';

export interface TagLimits {
  /** Most characters of a key: 128, but 127 in CodeBuild. */
  key?: number;
  /** Most characters of a value: 256, but 255 in CodeBuild. */
  value?: number;
  /** Most tags of one resource. */
  count?: number;
  /** Error name for a bad key or value. */
  error?: string;
  /** Error name for too many tags. */
  countError?: string;
}

// "Tag naming limits and requirements" of the Tagging AWS Resources guide; CodeBuild's are one shorter.
const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Throws as AWS does for tags that it would not take; `tags` is the whole set the resource will have. */
export function checkTags(tags: Tags, limits: TagLimits = {}): void {
  const { key: maxKey = 128, value: maxValue = 256, count = 50 } = limits;
  const { error = 'InvalidParameterException', countError = error } = limits;
  for (const [key, value] of Object.entries(tags)) {
    const problem =
      problemOfKey(key, maxKey) ??
      (typeof value !== 'string' || [...value].length > maxValue
        ? `longer than ${maxValue} characters`
        : !allowed.test(value)
          ? 'with a character that is not allowed'
          : undefined);
    if (problem)
      throw awsError(error, `The tag '${key}' is not valid: its key or value is ${problem}.`);
  }
  if (Object.keys(tags).length > count) {
    throw awsError(
      countError,
      `The maximum number of tags (${count}) on the resource is exceeded.`,
    );
  }
}

function problemOfKey(key: string, max: number): string | undefined {
  if (key === '') return 'empty';
  if ([...key].length > max) return `longer than ${max} characters`;
  if (/^aws:/i.test(key)) return 'reserved for AWS';
  return allowed.test(key) ? undefined : 'with a character that is not allowed';
}

/** Tags given as a list of `{Key, Value}` (ELB) or `{key, value}` (ECS, CodeBuild). */
export function tagsOf(
  list:
    | readonly { Key?: string | undefined; Value?: string | undefined }[]
    | readonly { key?: string | undefined; value?: string | undefined }[]
    | undefined,
): Tags {
  const tags: Tags = {};
  for (const tag of list ?? []) {
    const pair = tag as { Key?: string; Value?: string; key?: string; value?: string };
    tags[pair.Key ?? pair.key ?? ''] = pair.Value ?? pair.value ?? '';
  }
  return tags;
}

/** The condition keys that AWS fills from the tags of a request. */
export function requestTagContext(tags: Tags): Record<string, string | string[]> {
  const keys = Object.keys(tags);
  if (keys.length === 0) return {};
  const context: Record<string, string | string[]> = { 'aws:TagKeys': keys };
  for (const key of keys) context[`aws:RequestTag/${key}`] = tags[key] ?? '';
  return context;
}

/** The condition keys that AWS fills from the tags that a resource has now. */
export function resourceTagContext(tags: Tags | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
  );
}
