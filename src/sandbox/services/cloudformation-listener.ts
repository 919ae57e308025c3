import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ruleArnPrefix } from '../arn.ts';
import type { Properties } from '../stack-types.ts';
import type { Listener, World } from '../types.ts';
import { type Kind, objects, optional, text } from './cloudformation-kind.ts';
import { actionsOf } from './elasticloadbalancing-actions.ts';
import { elbError, listenerOf, validationError } from './elasticloadbalancing-common.ts';
import { defaultPriority } from './elasticloadbalancing-rules.ts';

export const listener: Kind = {
  properties: {
    LoadBalancerArn: 'replace',
    Port: 'update',
    Protocol: 'update',
    SslPolicy: 'update',
    Certificates: 'update',
    DefaultActions: 'update',
  },
  required: ['LoadBalancerArn', 'Port', 'Protocol', 'DefaultActions'],
  attributes: ['ListenerArn'],
  seconds: 4,
  make({ ctx, properties }) {
    const { world } = ctx;
    const { loadBalancers, listeners, rules } = world.elasticloadbalancing;
    const balancer = text(properties, 'LoadBalancerArn');
    if (!Object.hasOwn(loadBalancers, balancer)) {
      throw elbError('LoadBalancerNotFound', `Load balancer '${balancer}' not found`);
    }
    const arn = `${balancer.replace(':loadbalancer/', ':listener/')}/${ctx.id(16)}`;
    const made = { arn, loadBalancerArn: balancer, ...settings(world, properties) };
    checkPort(world, made);
    listeners[arn] = made;
    const rule = `${ruleArnPrefix(arn)}/${ctx.id(16)}`;
    rules[rule] = {
      arn: rule,
      listenerArn: arn,
      priority: defaultPriority,
      hosts: [],
      otherConditions: [],
      ...defaultActions(properties),
      tags: {},
    };
    return { physicalId: arn, attributes: { ListenerArn: arn } };
  },
  update({ ctx: { world }, properties }, { physicalId: arn = '', attributes }) {
    const { listeners, rules } = world.elasticloadbalancing;
    const { loadBalancerArn, certificates = [] } = listenerOf(world, arn);
    const next = { arn, loadBalancerArn, certificates, ...settings(world, properties) };
    checkPort(world, next);
    listeners[arn] = next;
    for (const rule of Object.values(rules)) {
      if (rule.listenerArn !== arn || rule.priority !== defaultPriority) continue;
      delete rule.targetGroupArn;
      delete rule.otherActions;
      Object.assign(rule, defaultActions(properties));
    }
    return attributes;
  },
  /** Its rules go with it (ELB API Reference, DeleteListener). */
  remove({ world: { elasticloadbalancing: elb } }, { physicalId: arn = '' }) {
    for (const rule of Object.values(elb.rules)) {
      if (rule.listenerArn === arn) delete elb.rules[rule.arn];
    }
    delete elb.listeners[arn];
  },
};

function settings(world: World, properties: Properties) {
  const protocol = text(properties, 'Protocol');
  const policy = optional(properties, 'SslPolicy');
  const [certificate] = certificatesIn(world, properties);
  if (protocol === 'HTTPS' && certificate === undefined) {
    throw validationError('A certificate must be specified for HTTPS listeners');
  }
  return {
    port: Number(properties.Port),
    protocol,
    ...(certificate === undefined ? {} : { certificateArn: certificate }),
    ...(policy === undefined ? {} : { sslPolicy: policy }),
  };
}

function checkPort({ elasticloadbalancing: elb }: World, { arn, loadBalancerArn, port }: Listener) {
  const taken = Object.values(elb.listeners).some(
    (other) =>
      other.loadBalancerArn === loadBalancerArn && other.port === port && other.arn !== arn,
  );
  if (taken) {
    throw elbError(
      'DuplicateListener',
      'A listener already exists on this port for this load balancer',
    );
  }
}

/** A listener takes a certificate only once it is issued. */
function certificatesIn({ acm }: World, properties: Properties): string[] {
  const arns = objects(properties, 'Certificates').map((each) => text(each, 'CertificateArn'));
  for (const arn of arns) {
    const found = acm.certificates[arn];
    if (!found) throw elbError('CertificateNotFound', `Certificate '${arn}' not found`);
    if (found.status === 'ISSUED') continue;
    throw elbError(
      'UnsupportedCertificate',
      `The certificate '${arn}' must have a fully-qualified domain name, a supported signature, and a supported key size.`,
    );
  }
  return arns;
}

/** As the API gives them, with the order of each; what texts the template has are texts there too. */
const defaultActions = (properties: Properties) =>
  actionsOf(
    objects(properties, 'DefaultActions').map(
      (action, index) => ({ ...action, Order: index + 1 }) as unknown as Action,
    ),
  );

/** Further certificates, which a listener chooses from by name. */
export const listenerCertificate: Kind = {
  properties: { ListenerArn: 'replace', Certificates: 'update' },
  required: ['ListenerArn', 'Certificates'],
  attributes: [],
  seconds: 4,
  make({ ctx, properties, name }) {
    const found = listenerOf(ctx.world, text(properties, 'ListenerArn'));
    const more = certificatesIn(ctx.world, properties);
    found.certificates = [...new Set([...(found.certificates ?? []), ...more])];
    return { physicalId: name, attributes: {} };
  },
  update({ ctx, properties }, before) {
    take(ctx.world, before.properties);
    const found = listenerOf(ctx.world, text(properties, 'ListenerArn'));
    found.certificates = [...(found.certificates ?? []), ...certificatesIn(ctx.world, properties)];
    return before.attributes;
  },
  remove: ({ world }, { properties }) => take(world, properties),
};

function take({ elasticloadbalancing: elb }: World, properties: Properties): void {
  const found = elb.listeners[text(properties, 'ListenerArn')];
  if (!found) return;
  const gone = objects(properties, 'Certificates').map((each) => text(each, 'CertificateArn'));
  found.certificates = (found.certificates ?? []).filter((arn) => !gone.includes(arn));
}
