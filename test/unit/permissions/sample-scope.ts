import type { Scope } from '../../../src/permissions/scope.ts';

const account = '123456789012';
const listener = 'listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2';

/** The scope of an app called `shop`, as the provider makes it from a configuration. */
export const sampleScope: Scope = {
  partition: 'aws',
  region: 'eu-central-1',
  account,
  app: 'shop',
  cluster: 'previews',
  listenerArn: `arn:aws:elasticloadbalancing:eu-central-1:${account}:${listener}`,
  names: {
    service: 'previewops-shop-*',
    targetGroup: 'po-shop-*',
    logGroup: '/ecs/previewops-shop-*',
    project: 'previewops-shop',
    repository: 'previewops/shop',
  },
  executionRoleArn: `arn:aws:iam::${account}:role/previews/execution`,
  buildRoleArn: `arn:aws:iam::${account}:role/previews/build`,
  taskRoleArn: `arn:aws:iam::${account}:role/previews/task`,
  hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  recordNames: ['*.previews.example.com'],
};
