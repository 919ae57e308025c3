import { describeListenerMistake } from '../../config/arn.ts';
import { type Check, fail, ok, skip, warn } from '../check.ts';
import { balancerArnOf, type Listener } from '../facts/balancer.ts';
import type { Facts } from '../facts.ts';
import { roomChecks } from './load-balancer-room.ts';

const arn: Check = {
  id: 'load-balancer.listener',
  group: 'load-balancer',
  eachListener: true,
  title: 'albListenerArn is the ARN of a listener',
  async run(facts) {
    const given = facts.config.providerConfig.albListenerArn;
    const read = await facts.listeners();
    if (!read.ok) return read.gap;
    const mistake = describeListenerMistake(given);
    const found = await facts.listener();
    const meant = found.ok ? found.value : undefined;
    if (mistake !== undefined) return fail(`albListenerArn ${mistake}`, fixOf(facts, meant));
    if (read.value?.some(({ ListenerArn }) => ListenerArn === given)) return ok(given);
    const seen = read.value
      ? `the load balancer has no listener ${given}`
      : `there is no load balancer for the listener ${given}`;
    return fail(seen, fixOf(facts, meant));
  },
};

const keyOf = ({ config }: Facts) =>
  config.providerConfig.albListenerArns.length > 1 ? 'albListenerArns' : 'albListenerArn';

function fixOf(facts: Facts, meant: Listener | undefined): string {
  const given = facts.config.providerConfig.albListenerArn;
  if (meant?.ListenerArn) return `providerConfig.${keyOf(facts)}: ${meant.ListenerArn}`;
  const balancer = balancerArnOf(given);
  return balancer === undefined
    ? 'Find it with:\n  aws elbv2 describe-load-balancers\n  aws elbv2 describe-listeners --load-balancer-arn ARN'
    : `Find it with:\n  aws elbv2 describe-listeners --load-balancer-arn ${balancer}`;
}

const https: Check = {
  id: 'load-balancer.https',
  group: 'load-balancer',
  eachListener: true,
  title: 'it speaks HTTPS on port 443',
  async run({ listener }) {
    const read = await listener();
    if (!read.ok) return read.gap;
    if (!read.value) return skip('there is no such listener');
    const { Protocol, Port, LoadBalancerArn } = read.value;
    const seen = `${Protocol} on port ${Port}`;
    if (Protocol === 'HTTPS' && Port === 443) return ok(seen);
    return fail(
      `the listener speaks ${seen}`,
      `Previews answer at https:// without a port. Make a listener for that and put its ARN into providerConfig:\n  aws elbv2 create-listener --load-balancer-arn ${LoadBalancerArn} --protocol HTTPS --port 443 --certificates CertificateArn=ARN --default-actions Type=fixed-response,FixedResponseConfig={StatusCode=404}`,
    );
  },
};

const active: Check = {
  id: 'load-balancer.active',
  group: 'load-balancer',
  eachListener: true,
  title: 'the load balancer is an active Application Load Balancer',
  async run({ balancer, config }) {
    const read = await balancer();
    if (!read.ok) return read.gap;
    const given = config.providerConfig.albListenerArn;
    const of = balancerArnOf(given);
    if (of === undefined) return skip('the ARN names no load balancer');
    if (!read.value) {
      return fail(
        `there is no load balancer ${of}`,
        'Correct providerConfig.albListenerArn; these exist:\n  aws elbv2 describe-load-balancers',
      );
    }
    const { Type, State, LoadBalancerName: name } = read.value;
    if (Type !== 'application') {
      return fail(
        `${name} is a ${Type} load balancer`,
        'Use an Application Load Balancer: only those route by host.',
      );
    }
    const state = State?.Code ?? 'in an unknown state';
    if (state === 'active') return ok(name ?? of);
    const why = State?.Reason === undefined ? '' : ` (${State.Reason})`;
    const wait = `See what AWS says of it:\n  aws elbv2 describe-load-balancers --load-balancer-arns ${of}`;
    if (state === 'active_impaired') return warn(`${name} is impaired${why}`, wait);
    return fail(`${name} is ${state}${why}`, wait);
  },
};

const scheme: Check = {
  id: 'load-balancer.scheme',
  group: 'load-balancer',
  eachListener: true,
  title: 'it can be reached from the internet',
  async run({ balancer }) {
    const read = await balancer();
    if (!read.ok) return read.gap;
    if (!read.value) return skip('there is no such load balancer');
    if (read.value.Scheme === 'internet-facing') return ok('internet-facing');
    return warn(
      `it is ${read.value.Scheme ?? 'of an unknown scheme'}: previews answer inside its network only`,
      'Fine behind a VPN; otherwise use a load balancer with the scheme internet-facing.',
    );
  },
};

export const loadBalancerChecks: readonly Check[] = [arn, https, active, scheme, ...roomChecks];
