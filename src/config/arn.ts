const direction = '(?:central|(?:north|south)(?:east|west)?|east|west)';

/** Covers today's regions and those that follow AWS's way of naming, and so refuses `us-esat-1`. */
export const regionPattern = new RegExp(`^[a-z]{2,5}(?:-[a-z]{2,5})?-${direction}-[1-9]\\d?$`);

const prefix = (service: string) => `arn:aws(?:-[a-z]+)*:${service}`;
const located = (service: string) => `${prefix(service)}:[a-z0-9-]+:\\d{12}`;

/** The ids are not required to be hexadecimal: documentation writes them as `xxx`. */
export const listenerPattern = new RegExp(
  `^${located('elasticloadbalancing')}:listener/app/[\\w-]+/[\\w-]+/[\\w-]+$`,
);
export const rolePattern = new RegExp(`^${prefix('iam')}::\\d{12}:role/[\\w+=,.@/-]{1,512}$`);
export const clusterPattern = new RegExp(
  `^(?:${located('ecs')}:cluster/)?[A-Za-z0-9][\\w-]{0,254}$`,
);
/** `valueFrom` of a container secret: a Secrets Manager ARN, or an SSM parameter by ARN or name. */
export const secretPattern = new RegExp(
  `^(?:${located('secretsmanager')}:secret:[\\w/+=.@:-]+|${located('ssm')}:parameter/[\\w./-]+|/[\\w./-]{1,1000})$`,
);
export const buildCredentialsPattern = new RegExp(
  `^(?:${located('code(?:connections|star-connections)')}:connection/[\\w-]+|${located('secretsmanager')}:secret:[\\w/+=.@-]+)$`,
);

export interface ArnParts {
  partition: string;
  service: string;
  /** Empty for global services such as IAM. */
  region: string;
  account: string;
  resource: string;
}

/** Takes an ARN apart; undefined for what is none, such as a plain cluster name. */
export function parseArn(text: string): ArnParts | undefined {
  const [arn, partition, service, region, account, ...resource] = text.split(':');
  if (arn !== 'arn' || resource.length === 0) return undefined;
  return {
    partition: partition ?? '',
    service: service ?? '',
    region: region ?? '',
    account: account ?? '',
    resource: resource.join(':'),
  };
}

const listenerWanted =
  'must be the ARN of an HTTPS listener (arn:aws:elasticloadbalancing:<region>:<account>:listener/app/<name>/<id>/<id>)';

const mistakenForListener: readonly (readonly [part: string, what: string])[] = [
  [':loadbalancer/', 'not of a load balancer; aws elbv2 describe-listeners shows it'],
  [':targetgroup/', 'not of a target group; aws elbv2 describe-listeners shows it'],
  [':listener-rule/', 'not of a rule: drop the last part and write listener for listener-rule'],
  [':listener/net/', 'and the load balancer an Application, not a Network Load Balancer'],
  [':listener/gwy/', 'and the load balancer an Application, not a Gateway Load Balancer'],
];

/** Why a text is no listener ARN that previews can use; undefined if it is one. */
export function describeListenerMistake(text: string): string | undefined {
  const mistaken = mistakenForListener.find(([part]) => text.includes(part));
  if (mistaken !== undefined) return `${listenerWanted}, ${mistaken[1]}`;
  if (!listenerPattern.test(text)) return listenerWanted;
  const region = parseArn(text)?.region ?? '';
  if (!regionPattern.test(region)) return `names the region ${region}, which is not an AWS region`;
  return undefined;
}
