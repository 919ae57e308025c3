import type { PreviewSummary } from '../../providers/provider.ts';
import { type Check, ok, warn } from '../check.ts';

/** So many are named; the rest are counted. */
const shown = 3;
const listed = (names: readonly string[]) =>
  names.length <= shown
    ? names.join(', ')
    : `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`;

const retention: Check = {
  id: 'hygiene.log-retention',
  group: 'hygiene',
  title: 'logs expire',
  async run({ logGroups, scope, config }) {
    // The pattern of an app's log groups ends with a star.
    const prefix = scope.names.logGroup.replace(/\*.*$/, '');
    const buildLog = `/aws/codebuild/${scope.names.project}`;
    const reads = await Promise.all([logGroups(prefix), logGroups(buildLog)]);
    const all: string[] = [];
    for (const read of reads) {
      if (!read.ok) return read.gap;
      const own = read.value.filter(
        ({ logGroupName: name = '' }) => name.startsWith(prefix) || name === buildLog,
      );
      const lasting = own.filter(({ retentionInDays }) => retentionInDays === undefined);
      all.push(...lasting.flatMap(({ logGroupName }) => logGroupName ?? []));
    }
    if (all.length === 0) return ok(`after ${config.logs.retentionDays} days`);
    const commands = all.map(
      (name) =>
        `  aws logs put-retention-policy --log-group-name ${name} --retention-in-days ${config.logs.retentionDays}`,
    );
    return warn(`${listed(all)} never expire`, commands.slice(0, 10).join('\n').trimStart());
  },
};

/** The least that any repository can have: images that no tag names any more. */
const untaggedExpire = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: {
        tagStatus: 'untagged',
        countType: 'sinceImagePushed',
        countUnit: 'days',
        countNumber: 14,
      },
      action: { type: 'expire' },
    },
  ],
});

const lifecycle: Check = {
  id: 'hygiene.images',
  group: 'hygiene',
  title: 'images expire',
  async run({ lifecyclePolicy, scope }) {
    const { repository } = scope.names;
    const read = await lifecyclePolicy();
    if (!read.ok) return read.gap;
    if (read.value === 'there') return ok(repository);
    if (read.value === 'no-repository') return ok(`${repository} is made on the first deploy`);
    return warn(
      `the repository ${repository} has no lifecycle policy, so that every image stays and costs`,
      `A repository that previewops made gets its policy back with the next deploy. To another, give one:\n  aws ecr put-lifecycle-policy --repository-name ${repository} --lifecycle-policy-text '${untaggedExpire}'`,
    );
  },
};

const expired: Check = {
  id: 'hygiene.expired',
  group: 'hygiene',
  title: 'no preview is past its expiry',
  async run({ previews, clock }) {
    const read = await previews();
    if (!read.ok) return read.gap;
    const now = clock.now();
    const overdue = read.value.filter(
      ({ expiresAt }) => expiresAt !== null && Date.parse(expiresAt) <= now,
    );
    if (overdue.length === 0) return ok(`${read.value.length} previews`);
    const commands = overdue.map((preview) => `previewops destroy ${flagOf(preview)}`);
    return warn(`${listed(overdue.map(({ id }) => id))} expired`, commands.join('\n'));
  },
};

const flagOf = ({ pr, branch, id }: PreviewSummary) =>
  pr === null ? `--branch '${(branch ?? id).replaceAll("'", "'\\''")}'` : `--pr ${pr}`;

export const hygieneChecks: readonly Check[] = [retention, lifecycle, expired];
