import { owns, tagKeys } from '../../../preview/tags.ts';
import type { SharedResource } from '../../provider.ts';
import { findTagged } from './tagged.ts';
import type { AuditTools } from './tools.ts';

/** What an app's previews share, and what stays when the last of them is gone. */
export async function findShared(tools: AuditTools): Promise<SharedResource[]> {
  const found: SharedResource[] = [];
  await findTagged(tools, ['ecr:repository', 'codebuild:project'], (page) => {
    for (const { arn, tags } of page) {
      const app = tags[tagKeys.app] ?? '';
      if (app === '' || !owns(tags, app)) continue;
      const resource = arn.includes(':codebuild:') ? 'build-project' : 'repository';
      // `...:project/NAME`, `...:repository/PREFIX/APP`
      found.push({ app, resource, name: arn.slice(arn.indexOf('/') + 1) });
    }
  });
  return found.sort((a, b) => (a.app + a.resource < b.app + b.resource ? -1 : 1));
}
