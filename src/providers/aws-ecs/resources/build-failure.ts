import { PreviewopsError } from '../../../errors.ts';
import type { FailureReport } from '../../../preview/failure.ts';
import { hintFor } from '../hints.ts';
import type { Session } from '../session.ts';
import type { Build } from './image.ts';

const tailLines = 50;

/** Says which phase failed and why, with the end of its log. */
export async function buildFailure(session: Session, build: Build): Promise<PreviewopsError> {
  const phase = build.phases?.find((p) => p.phaseStatus && p.phaseStatus !== 'SUCCEEDED');
  const reason = phase?.contexts
    ?.map((context) => context.message)
    .filter(Boolean)
    .join('; ');
  const lines = await logTail(session, build);
  const status = (build.buildStatus ?? 'FAILED').toLowerCase().replaceAll('_', ' ');
  const where = phase?.phaseType ? ` in phase ${phase.phaseType}` : '';
  const sentence = `The image build ${status}${where}${reason ? `: ${reason}` : ''}`;
  const hint = hintFor([reason ?? '', ...lines, `failed phase: ${phase?.phaseType}`]);
  const link = build.logs?.deepLink;
  const next = [
    ...(link ? [`The whole log: ${link}`] : []),
    'Push a fix and deploy again; `--rebuild` repeats a build without a change.',
  ];
  const failure: FailureReport = {
    sentence,
    tasks: [],
    targets: [],
    events: [],
    log: lines.length > 0 ? { source: 'build', lines } : undefined,
    hint,
    next,
  };
  return new PreviewopsError('build-failed', sentence, {
    hint: [...(hint ? [hint] : []), ...next].join('\n'),
    details: { failure, build: build.id, phase: phase?.phaseType ?? null },
  });
}

async function logTail({ aws }: Session, build: Build): Promise<string[]> {
  const { groupName, streamName } = build.logs ?? {};
  if (!groupName || !streamName) return [];
  try {
    const answer = await aws.call('logs:GetLogEvents', {
      logGroupName: groupName,
      logStreamName: streamName,
      startFromHead: false,
      limit: tailLines,
    });
    return (answer.events ?? []).map((event) => (event.message ?? '').trimEnd());
  } catch {
    return []; // the log is a help; the failure itself is known without it
  }
}
