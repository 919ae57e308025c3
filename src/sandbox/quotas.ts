import type { Quota } from './types.ts';

// Service Quotas console and "AWS Fargate service quotas": a new account has few vCPU.
const defaults: Quota[] = [
  ['fargate', 'L-3032A538', 'Fargate On-Demand vCPU resource count', 6],
  ['fargate', 'L-36FBB829', 'Fargate Spot vCPU resource count', 6],
  ['codebuild', 'L-9D07B6EF', 'Concurrently running builds for Linux/Small environment', 10],
  ['ecs', 'L-9EF96962', 'Services per cluster', 5000],
].map(([service, code, name, value]) => ({
  service: String(service),
  code: String(code),
  name: String(name),
  value: Number(value),
  adjustable: true,
}));

/** The quotas of a new account, by code. */
export const defaultQuotas = (): Record<string, Quota> =>
  Object.fromEntries(defaults.map((quota) => [quota.code, { ...quota }]));
