import { allPages } from '../../../aws/paginate.ts';
import { appTags, type Tags, tagKeys } from '../../../preview/tags.ts';
import { tagRecord } from '../target.ts';
import { type AuditTools, orDenied } from './tools.ts';

export interface Tagged {
  arn: string;
  tags: Tags;
}

const lost = 'previews of other clusters are not told apart, and a listing takes more calls';

/**
 * What carries our tags in this account and region, by type, a page at a time. It lags behind by
 * seconds or minutes and tells of what is gone, so that existence is never taken from here. AWS's
 * documents leave open whether it knows listener rules: those are asked for their tags.
 * Resolves to false where the permission is missing.
 */
export async function findTagged(
  tools: AuditTools,
  types: readonly string[],
  onPage: (found: Tagged[]) => void,
): Promise<boolean> {
  const { session, app } = tools;
  const { account, region } = session.target;
  const wanted = Object.entries(appTags(app ?? '', {})).filter(
    ([key]) => key !== tagKeys.app || app !== undefined,
  );
  const isOurs = ({ arn }: Tagged) => {
    const [, , , itsRegion, itsAccount] = arn.split(':');
    return itsRegion === region && itsAccount === account;
  };
  const done = await orDenied(tools, lost, () =>
    allPages({
      page: (token) =>
        session.aws.call('tag:GetResources', {
          PaginationToken: token,
          ResourcesPerPage: 100,
          ResourceTypeFilters: [...types],
          TagFilters: wanted.map(([Key, value]) => ({ Key, Values: [value] })),
        }),
      items: (page) => {
        const found = (page.ResourceTagMappingList ?? []).map(
          ({ ResourceARN = '', Tags = [] }) => ({
            arn: ResourceARN,
            tags: tagRecord(Tags),
          }),
        );
        onPage(found.filter(isOurs));
        return [];
      },
      token: (page) => page.PaginationToken || undefined,
    }),
  );
  return done !== undefined;
}
