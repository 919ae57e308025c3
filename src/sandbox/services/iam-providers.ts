import type {
  ListOpenIDConnectProvidersCommandInput,
  ListOpenIDConnectProvidersResponse,
} from '@aws-sdk/client-iam';
import type { Authorization, Ctx, Operation } from '../types.ts';

/** All of them, without pages: IAM has none here. */
export const ListOpenIDConnectProviders = {
  authorize: (_input: ListOpenIDConnectProvidersCommandInput, { world }: Ctx): Authorization[] => {
    const said = `arn:${world.partition}:iam::${world.account}:oidc-provider/*`;
    return [{ action: 'iam:ListOpenIDConnectProviders', resource: '*', said }];
  },
  run(
    _input: ListOpenIDConnectProvidersCommandInput,
    { world }: Ctx,
  ): ListOpenIDConnectProvidersResponse {
    const all = Object.values(world.iam.oidcProviders ?? {});
    return { OpenIDConnectProviderList: all.map(({ arn }) => ({ Arn: arn })) };
  },
} satisfies Operation;
