import type { Uses } from '../bootstrap/options.ts';
import { readDraft } from '../config/check.ts';
import { featuresOf } from '../config/features.ts';
import { reachOf } from '../config/reach.ts';

export interface Written {
  uses: Omit<Uses, 'furtherListenerArns'>;
  /** Of a file with `albListenerArns`. */
  listenerArns: string[];
  ecrRepoPrefix?: string | undefined;
}

/**
 * What the configuration says of which `init` asks nothing, and which the roles of the stack must
 * allow all the same. It may have placeholders still.
 */
export function usesIn(config: { file: string; text: string }): Written {
  const draft = readDraft(config);
  const { hooks, idle } = featuresOf(draft);
  const { albListenerArns = [], ecrRepoPrefix } = draft.providerConfig ?? {};
  return {
    uses: { hooks, idle, taskRoleArn: draft.task?.roleArn, ...reachOf(draft) },
    listenerArns: albListenerArns.flatMap((arn) => arn ?? []),
    ecrRepoPrefix,
  };
}
