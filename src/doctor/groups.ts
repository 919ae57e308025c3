/** What `--only` takes, in the order in which results are shown. */
export const groups = [
  'caller',
  'roles',
  'cluster',
  'load-balancer',
  'network',
  'names',
  'quotas',
  'build',
  'hygiene',
] as const;
export type Group = (typeof groups)[number];

/** A failure in one of these is a matter of permissions, and ends the program with 3. */
export const permissionGroups: readonly Group[] = ['caller', 'roles'];
