import { listChoices } from './fargate.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

/** Names the nearest numbers of days that CloudWatch takes; undefined for one that it does. */
export function describeRetentionMistake(days: number): string | undefined {
  if (retentionDays.includes(days)) return undefined;
  const below = retentionDays.findLast((allowed) => allowed < days);
  const above = retentionDays.find((allowed) => allowed > days);
  const nearest = [below, above].filter((allowed) => allowed !== undefined);
  return `must be a number of days that CloudWatch takes: ${listChoices(nearest)} is nearest`;
}
