import { defaultPort } from '../../config/port.ts';
import { type Check, fail, type Outcome, ok, skip, warn } from '../check.ts';
import type { Facts } from '../facts.ts';
import { admits, type Coverage, egress, ingress, type SecurityGroup } from '../network/security.ts';
import { inVpc } from '../network/subnets.ts';

const portOf = ({ config }: Facts) => config.container.port ?? defaultPort;
const idsOf = (groups: readonly SecurityGroup[]) => groups.flatMap(({ GroupId }) => GroupId ?? []);

/** Both sides of the connection from the load balancer to a task, or why they cannot be told. */
async function sides(facts: Facts) {
  const [tasks, balancer, subnets, nodes] = await Promise.all([
    facts.securityGroups(),
    facts.balancerGroups(),
    facts.subnets(),
    facts.balancerSubnets(),
  ]);
  if (!tasks.ok) return tasks.gap;
  if (!balancer.ok) return balancer.gap;
  if (!subnets.ok) return subnets.gap;
  if (!nodes.ok) return nodes.gap;
  const { vpc } = facts.config.providerConfig;
  const own = tasks.value.filter(({ VpcId }) => VpcId === vpc);
  if (own.length === 0) return skip('there are no such security groups');
  if (balancer.value.length === 0) return skip('the load balancer has no security groups');
  const ranges = (list: readonly { CidrBlock?: string | undefined }[]) =>
    list.flatMap(({ CidrBlock }) => CidrBlock ?? []);
  return {
    tasks: own,
    balancer: balancer.value,
    taskRanges: ranges(inVpc(facts.config, subnets.value)),
    balancerRanges: ranges(nodes.value),
  };
}

const inbound: Check = {
  id: 'network.inbound',
  group: 'network',
  eachListener: true,
  title: 'tasks admit the load balancer on the container port',
  async run(facts) {
    const found = await sides(facts);
    if ('status' in found) return found;
    const port = portOf(facts);
    const groups = idsOf(found.balancer);
    const coverage = admits(ingress(found.tasks), { port, groups, ranges: found.balancerRanges });
    const [task = ''] = idsOf(found.tasks);
    return judge(coverage, {
      good: `port ${port} from ${groups.join(', ')}`,
      bad: `no rule of ${idsOf(found.tasks).join(', ')} admits TCP port ${port} from the load balancer's ${groups.join(', ')}`,
      fix: `aws ec2 authorize-security-group-ingress --group-id ${task} --protocol tcp --port ${port} --source-group ${groups[0]}`,
    });
  },
};

const outbound: Check = {
  id: 'network.load-balancer-outbound',
  group: 'network',
  eachListener: true,
  title: 'the load balancer may connect to tasks',
  async run(facts) {
    const found = await sides(facts);
    if ('status' in found) return found;
    const port = portOf(facts);
    const groups = idsOf(found.tasks);
    const coverage = admits(egress(found.balancer), { port, groups, ranges: found.taskRanges });
    const [own = ''] = idsOf(found.balancer);
    return judge(coverage, {
      good: `port ${port} to ${groups.join(', ')}`,
      bad: `no outbound rule of the load balancer's ${idsOf(found.balancer).join(', ')} lets TCP port ${port} out to ${groups.join(', ')}`,
      fix: egressCommand(
        own,
        `FromPort=${port},ToPort=${port},UserIdGroupPairs=[{GroupId=${groups[0]}}]`,
      ),
    });
  },
};

/** ECR, Logs and Secrets Manager all speak HTTPS; the VPC's own DNS is not subject to security groups. */
const httpsPort = 443;

const tasksOut: Check = {
  id: 'network.outbound',
  group: 'network',
  title: 'tasks may connect to ECR and Logs',
  async run(facts) {
    const read = await facts.securityGroups();
    if (!read.ok) return read.gap;
    const own = read.value.filter(({ VpcId }) => VpcId === facts.config.providerConfig.vpc);
    if (own.length === 0) return skip('there are no such security groups');
    const coverage = admits(egress(own), { port: httpsPort, groups: [], ranges: ['0.0.0.0/0'] });
    // Rules may name just the endpoints' groups or prefix lists, which is enough where tasks use those.
    const named = egress(own).some(
      (rule) => (rule.UserIdGroupPairs ?? []).length > 0 || (rule.PrefixListIds ?? []).length > 0,
    );
    const [id = ''] = idsOf(own);
    return judge(coverage === 'none' && named ? 'unknown' : coverage, {
      good: `port ${httpsPort} to anywhere`,
      bad: `no outbound rule of ${idsOf(own).join(', ')} lets TCP port ${httpsPort} out`,
      fix: egressCommand(
        id,
        `FromPort=${httpsPort},ToPort=${httpsPort},IpRanges=[{CidrIp=0.0.0.0/0}]`,
      ),
    });
  },
};

const egressCommand = (group: string, rule: string) =>
  `aws ec2 authorize-security-group-egress --group-id ${group} --ip-permissions 'IpProtocol=tcp,${rule}'`;

function judge(coverage: Coverage, texts: { good: string; bad: string; fix: string }): Outcome {
  if (coverage === 'all') return ok(texts.good);
  if (coverage === 'none') return fail(texts.bad, texts.fix);
  const part =
    coverage === 'some' ? 'some addresses only' : 'ranges or lists that cannot be judged from here';
  return warn(`the rules name ${part}`, `Make sure that they cover it, or add:\n  ${texts.fix}`);
}

export const securityChecks: readonly Check[] = [inbound, outbound, tasksOut];
