import { type Identity, pullRequestOf } from '../preview/identity.ts';
import type { Receipt } from '../providers/provider.ts';
import { counted } from '../report/counted.ts';
import { aboutOf, destroyedOf, openReporter, type Reporting } from './github-reports.ts';
import type { CommonOptions } from './options.ts';

/** Tells GitHub of previews that go though no event of their pull request is why. */
export interface RemovalReports {
  /** Does the work, which removes a preview, and has it told why. Rejects as the work does. */
  around(identity: Identity, why: string, work: () => Promise<Receipt>): Promise<Receipt>;
  /** Resolves once all that went has been told of; never rejects. */
  told(): Promise<void>;
}

/** For who looks at a pull request that is still open. */
export const bringsBack = 'A push, or a further deploy, brings it back.';

/** How long a command goes on with telling when its work is done; hundreds of previews may have gone. */
const longestMs = 10 * 60_000;

/**
 * Of the previews of `app`, whose pull requests are in this repository. A removal that leaves
 * something is not told of: the next run finishes it.
 */
export function removalReports(
  options: CommonOptions,
  tools: Reporting & { app: string | undefined },
  open = openReporter,
): RemovalReports {
  let last: Promise<void> = Promise.resolve();
  let enough = false;
  let untold = 0;
  const { io, signal } = tools.session;
  const { clock } = io;
  return {
    async around(identity, why, work) {
      // Of what is left of a preview, its id may be all that tells.
      const pr = identity.pr ?? pullRequestOf(identity.id);
      const concerned = identity.app === tools.app && pr !== undefined;
      const reporter = concerned && (await open(options, tools, { told: 'github' }));
      if (!reporter) return work();
      // Before it goes: what comes to GitHub later is of a deploy that came later.
      void reporter.begin(
        await aboutOf({ ...tools, kind: 'destroy', identity: { ...identity, pr } }),
      );
      const receipt = await work();
      // After a hook that failed, too, the preview is gone.
      if (receipt.remaining.length === 0) {
        // One after the other: GitHub refuses many writes at once.
        last = last.then(async () => {
          if (enough || signal.aborted) untold++;
          else await reporter.destroyed({ ...destroyedOf(receipt), why });
        });
      }
      return receipt;
    },
    async told() {
      const done = new AbortController();
      clock.sleep(longestMs, done.signal).then(
        () => {
          enough = true;
        },
        () => {}, // all was told before
      );
      await last;
      done.abort();
      if (untold === 0) return;
      tools.ui.note(
        `GitHub was not told of ${counted(untold, 'preview')} that went: there was no time`,
      );
    },
  };
}
