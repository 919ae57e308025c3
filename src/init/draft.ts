import { checkConfig } from '../config/check.ts';
import type { Config } from '../config/types.ts';
import { renderConfig } from './render.ts';
import type { Values } from './values.ts';

/** A configuration to judge before all of it is known: what is absent is made up, and exists nowhere; undefined for values that do not fit together. */
export function draftConfig(
  values: Values,
  { partition, region, account }: { partition: string; region: string; account: string },
): Config | undefined {
  const role = `arn:${partition}:iam::${account}:role/not-chosen-yet`;
  const known = Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  );
  const text = renderConfig({
    app: 'app',
    cluster: 'none',
    vpc: 'vpc-00000000',
    subnets: ['subnet-00000000'],
    securityGroups: ['sg-00000000'],
    albListenerArn: `arn:${partition}:elasticloadbalancing:${region}:${account}:listener/app/none/0/0`,
    executionRoleArn: role,
    baseDomain: 'previews.example.com',
    ...known,
  });
  const checked = checkConfig({ file: 'draft', text });
  // What does not fit together is told when the whole is known.
  return 'config' in checked ? checked.config : undefined;
}
