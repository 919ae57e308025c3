import { parseArn } from './arn.ts';
import { type Finding, find } from './finding.ts';
import { isRecord } from './record.ts';
import type { Draft } from './salvage.ts';
import type { CheckedConfig } from './schema.ts';

/** The listeners as written, each with the place of it. Which of the two keys, decides the rule below. */
export function writtenListeners({ providerConfig }: Draft<CheckedConfig>) {
  const { albListenerArn, albListenerArns } = providerConfig ?? {};
  const list = albListenerArn === undefined ? (albListenerArns ?? []) : [albListenerArn];
  return list.map((listener, index) => ({
    key: albListenerArn === undefined ? `albListenerArns[${index}]` : 'albListenerArn',
    path:
      albListenerArn === undefined
        ? ['providerConfig', 'albListenerArns', index]
        : ['providerConfig', 'albListenerArn'],
    arn: parseArn(listener ?? ''),
  }));
}

/**
 * One of two keys names the listeners. What is written, well-formed or not, decides: a draft without
 * a listener may be one whose listener has a mistake, which is told already.
 */
export function checkListenerKeys(data: unknown): Finding[] {
  const written = isRecord(data) ? data.providerConfig : undefined;
  if (!isRecord(written)) return [];
  const { albListenerArn: one, albListenerArns: several, hostedZoneId } = written;
  if (one === undefined && several === undefined) {
    return [find(['providerConfig', 'albListenerArn'], 'is required')];
  }
  if (one !== undefined && several !== undefined) {
    const message = 'stands beside albListenerArn: keep one of the two';
    return [find(['providerConfig', 'albListenerArns'], message)];
  }
  if (!Array.isArray(several) || several.length < 2 || hostedZoneId !== undefined) return [];
  const message =
    'is required beside several listeners: the DNS record of each preview leads to its load balancer';
  return [find(['providerConfig', 'hostedZoneId'], message)];
}

/** Previews of one configuration are in one account and one region. */
export function checkListenersAgree(draft: Draft<CheckedConfig>): Finding[] {
  const [first, ...others] = writtenListeners(draft);
  return others.flatMap(({ path, arn }) => {
    if (!first?.arn || !arn) return [];
    const where = ({ partition, region, account }: typeof arn) =>
      `account ${account} in ${region}${partition === 'aws' ? '' : ` of partition ${partition}`}`;
    if (where(arn) === where(first.arn)) return [];
    const message = `is of ${where(arn)}, but ${first.key} is of ${where(first.arn)}: both must be the same`;
    return [find(path, message)];
  });
}
