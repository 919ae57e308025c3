/**
 * The configuration that `--sandbox` works with where there is none, so that a fresh machine can
 * see the whole thing run. The ids are those of the documentation and exist in no account.
 */
export const exampleConfig = (): string => `app: hello
provider: aws-ecs
providerConfig:
  cluster: previewops-cluster
  vpc: vpc-0abc1234def56789a
  subnets:
    - subnet-0abc1234def56789a
    - subnet-0abc1234def56789b
  securityGroups:
    - sg-0abc1234def56789a
  albListenerArn: arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/my-alb/xxx/yyy
  executionRoleArn: arn:aws:iam::123456789012:role/ecsTaskExecutionRole
  baseDomain: previews.example.com
build:
  repository: https://github.com/example/hello.git
`;
