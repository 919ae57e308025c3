import { type Tags, tagKeys } from '../../../preview/tags.ts';
import type { Finding } from '../summary.ts';
import { keyOf, type Owner } from './tools.ts';

/** What was found, gathered by preview. */
export interface Findings {
  all(): Finding[];
  find(owner: Owner): Finding | undefined;
  /** The one of this preview, made where there is none. */
  of(owner: Owner): Finding;
}

export function createFindings(): Findings {
  const found = new Map<string, Finding>();
  return {
    all: () => [...found.values()],
    find: (owner) => found.get(keyOf(owner)),
    of: ({ app, id }) => {
      const key = keyOf({ app, id });
      const known = found.get(key);
      if (known) return known;
      const fresh: Finding = {
        app,
        id,
        resources: new Set(),
        service: undefined,
        claim: undefined,
        failed: undefined,
      };
      found.set(key, fresh);
      return fresh;
    },
  };
}

/** What a target group's tags tell of the runs on its preview. */
export function noteRuns(finding: Finding, tags: Tags): void {
  finding.claim = tags[tagKeys.claim];
  finding.failed = tags[tagKeys.failed];
}
