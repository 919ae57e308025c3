import { PreviewopsError } from '../../../errors.ts';
import type { Session } from '../session.ts';
import type { Build } from './image.ts';

const tailLines = 30;

/** Says which phase failed and why, with the end of its log. */
export async function buildFailure(session: Session, build: Build): Promise<PreviewopsError> {
  const phase = build.phases?.find((p) => p.phaseStatus && !['SUCCEEDED'].includes(p.phaseStatus));
  const reason = phase?.contexts
    ?.map((context) => context.message)
    .filter(Boolean)
    .join('; ');
  const lines = await logTail(session, build);
  const status = (build.buildStatus ?? 'FAILED').toLowerCase().replaceAll('_', ' ');
  const where = phase?.phaseType ? ` in phase ${phase.phaseType}` : '';
  const message = `The image build ${status}${where}${reason ? `: ${reason}` : ''}`;
  const link = build.logs?.deepLink;
  return new PreviewopsError('build-failed', message, {
    hint: [
      ...(lines.length > 0
        ? ['Last lines of the build:', ...lines.map((line) => `  ${line}`)]
        : []),
      ...(link ? [`Full log: ${link}`] : []),
      'Push a fix and deploy again; `--rebuild` repeats a build without a change.',
    ].join('\n'),
    details: {
      build: build.id,
      phase: phase?.phaseType ?? null,
      reason: reason || null,
      log: lines,
    },
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
