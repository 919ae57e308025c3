import type { ListSourceCredentialsOutput } from '@aws-sdk/client-codebuild';
import type { Authorization, Ctx, Operation } from '../types.ts';

export const ListSourceCredentials = {
  authorize: (): Authorization[] => [{ action: 'codebuild:ListSourceCredentials', resource: '*' }],
  run: (_input: object, { world }: Ctx): ListSourceCredentialsOutput => ({
    sourceCredentialsInfos: (world.codebuild.sourceCredentials ?? []).map((credential) => ({
      ...credential,
    })),
  }),
} satisfies Operation;
