import { type Check, type Outcome, ok, skip } from '../check.ts';
import type { Facts } from '../facts.ts';
import { endpointsNeeded, missingEndpoints, tableOf, wayOut } from '../network/routes.ts';
import { inVpc } from '../network/subnets.ts';

/** What is to be said of one subnet; nothing when all is well. */
interface Remark {
  bad: boolean;
  seen: string;
  fix: string;
}

const waysOut: Check = {
  id: 'network.way-out',
  group: 'network',
  title: 'tasks reach ECR and Logs',
  async run(facts) {
    const [subnets, tables, endpoints] = await Promise.all([
      facts.subnets(),
      facts.routeTables(),
      facts.endpoints(),
    ]);
    if (!subnets.ok) return subnets.gap;
    if (!tables.ok) return tables.gap;
    if (!endpoints.ok) return endpoints.gap;
    const looked = inVpc(facts.config, subnets.value);
    if (looked.length === 0) return skip('there are no such subnets');
    const remarks = looked.flatMap(({ SubnetId = '', VpcId: vpcId = '' }) => {
      const table = tableOf(SubnetId, vpcId, tables.value);
      const missing = missingEndpoints(needed(facts), { endpoints: endpoints.value, table, vpcId });
      const names = missing.map(({ service }) => service);
      return remarkOn(SubnetId, { facts, way: wayOut(table), missing: names }) ?? [];
    });
    return summary(remarks, looked.length);
  },
};

const needed = ({ config }: Facts) => {
  const secrets = [config.container.secrets, ...config.sidecars.map((each) => each.secrets)];
  return endpointsNeeded(secrets.flatMap((each) => Object.values(each)));
};

interface Look {
  facts: Facts;
  way: ReturnType<typeof wayOut>;
  /** Services without an endpoint. */
  missing: string[];
}

function remarkOn(id: string, { facts, way, missing }: Look): Remark | undefined {
  const { assignPublicIp } = facts.config.task;
  const { vpc, region } = facts.config.providerConfig;
  const lacking = `endpoints for ${missing.join(', ')}`;
  if (way.kind === 'internet') {
    if (assignPublicIp || missing.length === 0) return undefined;
    return {
      bad: true,
      seen: `${id} goes out through ${way.target}, which needs a public address, and task.assignPublicIp is false`,
      fix: 'task.assignPublicIp: true (or take subnets that go out through a NAT gateway)',
    };
  }
  if (way.kind === 'relayed') {
    if (!assignPublicIp) return undefined;
    return {
      bad: false,
      seen: `${id} goes out through ${way.target}, where a public address does nothing but cost`,
      fix: 'task.assignPublicIp: false',
    };
  }
  if (missing.length === 0) return undefined;
  const where =
    way.kind === 'blackhole'
      ? `its route to ${way.target} leads nowhere`
      : 'it has no route to the internet';
  return {
    bad: true,
    seen: `tasks in ${id} cannot pull images or write logs: ${where}, and the VPC has no ${lacking}`,
    fix: `Take other subnets, give its route table a route, or add ${lacking}:\n  aws ec2 create-route --route-table-id ID --destination-cidr-block 0.0.0.0/0 --nat-gateway-id ID\n  aws ec2 create-vpc-endpoint --vpc-id ${vpc} --vpc-endpoint-type Interface --service-name com.amazonaws.${region}.${missing[0]} --subnet-ids ${id}`,
  };
}

function summary(remarks: Remark[], count: number): Outcome {
  if (remarks.length === 0) return ok(`${count} subnets with a way out`);
  const telling = remarks.some(({ bad }) => bad) ? remarks.filter(({ bad }) => bad) : remarks;
  return {
    status: telling.some(({ bad }) => bad) ? 'fail' : 'warn',
    seen: telling.map(({ seen }) => seen).join('; '),
    fix: [...new Set(telling.map(({ fix }) => fix))].join('\n'),
  };
}

export const egressChecks: readonly Check[] = [waysOut];
