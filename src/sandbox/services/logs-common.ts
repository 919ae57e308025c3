import { logGroupArn } from '../arn.ts';
import { type AwsErrorShape, awsError } from '../errors.ts';
import { resourceTagContext } from '../tags.ts';
import type { Authorization, Ctx, LogGroup, World } from '../types.ts';

export function invalid(message: string): AwsErrorShape {
  return awsError('InvalidParameterException', message);
}

const constraint = (value: unknown, member: string, rule: string) =>
  invalid(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${rule}`,
  );

/** A log group name as CreateLogGroup documents it: 1-512 characters, not beginning with `aws/`. */
export function checkGroupName(name: string | undefined): string {
  if (name === undefined || name.length < 1 || name.length > 512) {
    throw constraint(name, 'logGroupName', 'Member must have length between 1 and 512');
  }
  if (!/^[.\-_/#A-Za-z0-9]+$/.test(name)) {
    throw constraint(
      name,
      'logGroupName',
      'Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+',
    );
  }
  if (name.startsWith('aws/'))
    throw invalid("Log groups starting with 'aws/' are reserved for AWS");
  return name;
}

export function checkLimit(limit: number | undefined, most: number): number {
  const asked = limit ?? most;
  if (Number.isInteger(asked) && asked >= 1 && asked <= most) return asked;
  throw constraint(asked, 'limit', `Member must have value between 1 and ${most}`);
}

// PutRetentionPolicy, CloudWatch Logs API reference.
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

export function checkRetention(days: number | undefined): number {
  if (days !== undefined && retentions.includes(days)) return days;
  throw constraint(
    days,
    'retentionInDays',
    `Member must satisfy enum value set: [${retentions.join(', ')}]`,
  );
}

export function groupOf(world: World, name: string): LogGroup {
  const group = Object.hasOwn(world.logs.groups, name) ? world.logs.groups[name] : undefined;
  if (!group) throw noGroup();
  return group;
}

export const noGroup = () =>
  awsError('ResourceNotFoundException', 'The specified log group does not exist.');

/**
 * What AWS authorises for a call on a group: its ARN with a (here empty) log stream after it, so
 * that a policy must end in `:*`. The calls on tags alone take the bare ARN.
 */
export function onGroup(action: string, name: string | undefined, ctx: Ctx): Authorization {
  return {
    action: `logs:${action}`,
    resource: `${logGroupArn(ctx.world, name ?? '')}:log-stream:`,
    context: resourceTagContext(ctx.world.logs.groups[name ?? '']?.tags),
  };
}
