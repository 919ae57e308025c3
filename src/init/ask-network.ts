import { clusterChoices } from './propose.ts';
import { listenerChoices } from './propose-listener.ts';
import { groupChoices, reachOf, subnetChoices, togetherOf } from './propose-network.ts';
import { askOne, askSome, balancerOf, readOr, type Survey, type Tools } from './survey.ts';

type About = { survey: Survey; tools: Tools };

export async function askCluster({ survey, tools }: About): Promise<void> {
  const clusters = readOr(await tools.access?.account.clusters(), 'clusters', tools);
  await askOne(
    'cluster',
    {
      flag: '--cluster NAME',
      title: 'ECS cluster',
      choices: clusterChoices(clusters),
      makes: 'the stack makes a cluster',
      lacking: 'the account has none in this region',
    },
    { survey, tools },
  );
}

/** The listener, and what hangs on its load balancer. */
export async function askListener({ survey, tools }: About): Promise<void> {
  const { access } = tools;
  const found = readOr(await access?.account.listeners(), 'load balancers', tools);
  const answer = await askOne(
    'albListenerArn',
    {
      flag: '--listener ARN',
      title: 'HTTPS listener',
      choices: access ? listenerChoices(found, access.now()) : [],
      makes: 'the stack makes a load balancer with one',
      lacking:
        found.length === 0
          ? 'no load balancer has an HTTPS listener'
          : 'doctor would fail each of them',
    },
    { survey, tools },
  );
  if (answer.kind !== 'value') return;
  survey.listener = found.find(({ listener }) => listener.ListenerArn === answer.value);
}

/** The VPC is the load balancer's, which is no choice. */
export async function askVpc({ survey, tools }: About): Promise<void> {
  const vpc = balancerOf(survey)?.VpcId;
  if (
    survey.makes.has('albListenerArn') &&
    tools.given.vpc === undefined &&
    tools.before.vpc === undefined
  ) {
    for (const key of ['vpc', 'subnets', 'securityGroups'] as const) survey.makes.add(key);
    return;
  }
  const answer = await askOne(
    'vpc',
    {
      flag: '--vpc ID',
      title: 'VPC',
      choices: vpc === undefined ? [] : [{ value: vpc, label: vpc, why: "the load balancer's" }],
      settled: vpc !== undefined,
      lacking: 'it is that of the load balancer',
    },
    { survey, tools },
  );
  if (answer.kind !== 'value' || !tools.access) return;
  const read = await tools.access.network(answer.value);
  if (read.ok) survey.network = read.value;
  else readOr(read, `what is in ${answer.value}`, tools);
}

export async function askSubnets({ survey, tools }: About): Promise<void> {
  if (survey.makes.has('subnets')) return;
  const { network } = survey;
  const items = network ? subnetChoices(network, balancerOf(survey)) : [];
  const together = network && togetherOf(items, network);
  const answer = await askSome(
    'subnets',
    {
      flag: '--subnets ID,ID',
      title: 'Subnets for tasks',
      items,
      choices: [],
      ...(together ? { together } : {}),
      lacking: network
        ? 'none of the VPC is in a zone of the load balancer and has a way out'
        : 'they are in the VPC of the load balancer',
    },
    { survey, tools },
  );
  if (answer.kind !== 'value' || !network || tools.before.subnets !== undefined) return;
  const chosen = network.subnets.filter(({ SubnetId = '' }) => answer.value.includes(SubnetId));
  const reached = chosen.map((each) => reachOf(each, network));
  // A public address is of use only where the way out is an internet gateway.
  if (reached.length > 0 && reached.every((reach) => reach === 'private')) {
    survey.values.assignPublicIp = false;
  }
}

export async function askGroups({ survey, tools }: About): Promise<void> {
  if (survey.makes.has('securityGroups')) return;
  const { network, values } = survey;
  const balancer = balancerOf(survey);
  const items = network ? groupChoices(network, { balancer, port: values.port ?? 0 }) : [];
  const best = items.find(({ problem }) => problem === undefined);
  await askSome(
    'securityGroups',
    {
      flag: '--security-groups ID,ID',
      title: 'Security groups of tasks',
      items,
      choices: [],
      ...(best ? { together: { values: [best.value], why: best.why } } : {}),
      makes: 'the stack makes one that lets the load balancer in',
      lacking: network
        ? `none lets the load balancer in on port ${values.port}`
        : 'they are in the VPC of the load balancer',
    },
    { survey, tools },
  );
}
