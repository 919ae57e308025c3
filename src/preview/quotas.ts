/**
 * Service Quotas' codes for the vCPU that an account may run on Fargate at the same time: AWS General
 * Reference, "AWS Fargate endpoints and quotas".
 */
export const vcpuQuotas = { onDemand: 'L-3032A538', spot: 'L-36FBB829' } as const;
