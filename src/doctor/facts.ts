import { readAccount } from './facts/account.ts';
import { readBalancer } from './facts/balancer.ts';
import { readCertificates } from './facts/certificates.ts';
import { readNetwork } from './facts/network.ts';
import type { Tools } from './facts/tools.ts';
import { readUsage, type Usage } from './facts/usage.ts';
import { createIam, type Iam } from './iam/iam.ts';

/** What checks look at: every read is made at most once, and when first asked for. */
export type Facts = Tools &
  ReturnType<typeof readAccount> &
  ReturnType<typeof readBalancer> &
  ReturnType<typeof readNetwork> & {
    usage: Usage;
    certificates: ReturnType<typeof readCertificates>;
    iam: Iam;
  };

export function gatherFacts(tools: Tools): Facts {
  const account = readAccount(tools);
  const balancer = readBalancer(tools);
  return {
    ...tools,
    ...account,
    ...balancer,
    ...readNetwork(tools, balancer),
    usage: readUsage(tools, balancer),
    certificates: readCertificates(tools, balancer),
    iam: createIam(tools, account),
  };
}
