import type {
  GetLifecyclePolicyCommandInput,
  PutLifecyclePolicyCommandInput,
} from '@aws-sdk/client-ecr';
import { awsError } from '../errors.ts';
import type { Operation } from '../types.ts';
import { needRepository, onRepository } from './ecr-common.ts';
import { checkLifecyclePolicy } from './ecr-lifecycle.ts';

export const PutLifecyclePolicy = {
  authorize: onRepository('ecr:PutLifecyclePolicy'),
  run(input: PutLifecyclePolicyCommandInput, ctx) {
    const repository = needRepository(ctx, input.repositoryName);
    const text = input.lifecyclePolicyText ?? '';
    checkLifecyclePolicy(text);
    repository.lifecyclePolicy = text;
    return {
      registryId: ctx.world.account,
      repositoryName: repository.name,
      lifecyclePolicyText: text,
    };
  },
} satisfies Operation;

export const GetLifecyclePolicy = {
  authorize: onRepository('ecr:GetLifecyclePolicy'),
  run(input: GetLifecyclePolicyCommandInput, ctx) {
    const { name, lifecyclePolicy } = needRepository(ctx, input.repositoryName);
    if (lifecyclePolicy === undefined) {
      throw awsError(
        'LifecyclePolicyNotFoundException',
        `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${ctx.world.account}'`,
      );
    }
    return {
      registryId: ctx.world.account,
      repositoryName: name,
      lifecyclePolicyText: lifecyclePolicy,
    };
  },
} satisfies Operation;
