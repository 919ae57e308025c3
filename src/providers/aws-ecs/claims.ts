import { isDenied, isNamed } from '../../aws/errors.ts';
import { PreviewopsError } from '../../errors.ts';
import { type Claim, formatClaim, isNewer, isSameClaim, parseClaim } from '../../preview/claim.ts';
import { tagKeys } from '../../preview/tags.ts';
import type { Session } from './session.ts';
import { idempotent } from './settle.ts';
import { tagRecord } from './target.ts';

/**
 * This run's claim on the preview. `guard` is called before each step that others could see; it
 * rejects with `superseded` or `destroyed` once a newer run has claimed the preview.
 */
export interface Claims {
  readonly own: Claim;
  /** The target group that carries the claim; `written` when it was created with ours on it. */
  carriedBy(targetGroupArn: string, options: { written: boolean }): void;
  guard(): Promise<void>;
  /** Notes on the target group that this run failed, so that `list` can tell. Best effort. */
  failed(code: string): Promise<void>;
  /** Like `guard`, but never content with what was read a moment ago. */
  check(): Promise<void>;
}

/** How old an answer may be to serve a guard: parallel steps then share one read. */
const freshForMs = 2_000;

export function createClaims(session: Session, own: Claim): Claims {
  const { aws, clock } = session;
  let arn: string | undefined;
  let writing: Promise<void> | undefined;
  let latest: { at: number; answer: Promise<void> } | undefined;

  const write = (targetGroupArn: string) =>
    idempotent(session, async () => {
      await aws.call('elasticloadbalancing:AddTags', {
        ResourceArns: [targetGroupArn],
        Tags: [{ Key: tagKeys.claim, Value: formatClaim(own) }],
      });
    }).catch(async (error) => {
      // Denied, too, may mean gone: the permission is tied to the tags of the target group.
      const lost =
        isNamed(error, 'TargetGroupNotFoundException') ||
        (isDenied(error) && (await readClaim(session, targetGroupArn)) === 'gone');
      throw lost ? gone(own) : error;
    });

  const read = async (targetGroupArn: string) => {
    const current = await readClaim(session, targetGroupArn);
    if (current === 'gone') throw gone(own);
    if (isSameClaim(current, own)) return;
    // Another destroy does what we do; both may go on.
    if (current && own.kind === 'destroy' && current.kind === 'destroy') return;
    if (current && isNewer(current, own)) throw beaten(current);
    await write(targetGroupArn);
  };

  const guard = async (maxAgeMs: number) => {
    if (!arn) return;
    writing ??= write(arn);
    await writing;
    if (!latest || clock.now() - latest.at > maxAgeMs) {
      latest = { at: clock.now(), answer: read(arn) };
    }
    await latest.answer;
  };

  return {
    own,
    carriedBy(targetGroupArn, { written }) {
      if (arn === targetGroupArn) return;
      arn = targetGroupArn;
      writing = written ? Promise.resolve() : undefined;
      latest = undefined;
    },
    async failed(code) {
      if (!arn || !writing) return;
      const note = { Key: tagKeys.failed, Value: `${formatClaim(own)} ${code}` };
      await aws
        .call(
          'elasticloadbalancing:AddTags',
          { ResourceArns: [arn], Tags: [note] },
          { evenIfInterrupted: true },
        )
        .catch(() => {}); // what failed is worth more to the user than that it could not be noted
    },
    guard: () => guard(freshForMs),
    check: () => guard(-1),
  };
}

async function readClaim(
  { aws }: Session,
  targetGroupArn: string,
): Promise<Claim | 'gone' | undefined> {
  try {
    const answer = await aws.call('elasticloadbalancing:DescribeTags', {
      ResourceArns: [targetGroupArn],
    });
    return parseClaim(tagRecord(answer.TagDescriptions?.[0]?.Tags)[tagKeys.claim]);
  } catch (error) {
    if (isNamed(error, 'TargetGroupNotFoundException')) return 'gone';
    throw error;
  }
}

function gone(own: Claim): PreviewopsError {
  return own.kind === 'destroy'
    ? new PreviewopsError('superseded', 'Another run removed the preview at the same time', {
        hint: 'Run the destroy again to see that nothing is left.',
      })
    : new PreviewopsError(
        'destroyed',
        `The preview was destroyed while this ${own.kind} was running`,
        { hint: 'Deploy again if it should exist.' },
      );
}

const newerHints = {
  deploy: 'Nothing is lost: the newer one goes on.',
  start: 'It brings back what ran before: deploy again where that is not what should run.',
  stop: 'Start the preview, or deploy it, if it should run.',
};

/** What a run ends with that finds a newer claim than its own. */
export function beaten(by: Claim): PreviewopsError {
  const since = new Date(by.at).toISOString();
  return by.kind === 'destroy'
    ? new PreviewopsError('destroyed', `The preview is being destroyed by a run of ${since}`, {
        hint: 'Deploy again if it should exist.',
      })
    : new PreviewopsError(
        'superseded',
        `A newer ${by.kind}, begun ${since}, took over this preview`,
        { hint: newerHints[by.kind] },
      );
}
