import type { Config } from '../../config/types.ts';
import type { Subnet } from '../facts/network.ts';

/** Subnets that exist and are where they should be: all that the further checks can speak of. */
export const inVpc = (config: Config, subnets: readonly Subnet[]): Subnet[] =>
  subnets.filter(({ VpcId }) => VpcId === config.providerConfig.vpc);
