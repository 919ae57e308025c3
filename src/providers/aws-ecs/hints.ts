/** A text that AWS or a container writes, and what usually mends it. */
export interface Hint {
  id: string;
  /** What the texts look like; the first hint that matches any of them is given. */
  when: RegExp;
  cause: string;
  fix: string;
}

/**
 * From the particular to the general: a crash loop ends in "essential container exited" whatever
 * the reason, so what tells more comes first. The texts are those that users report.
 */
export const hints = [
  {
    id: 'wrong-architecture',
    when: /descriptor matching platform|exec format error/i,
    cause: 'The image is for another processor than the task.',
    fix: 'Set task.architecture to x86_64 or arm64, whichever the image is for. An image that previewops builds follows it by itself.',
  },
  {
    id: 'docker-hub-limit',
    when: /toomanyrequests|pull rate limit/i,
    cause: 'Docker Hub refuses more downloads from this address for now.',
    fix: 'Take base images from public.ecr.aws/docker/library/<image>, or from an ECR pull-through cache.',
  },
  {
    id: 'registry-denied',
    when: /403 Forbidden|no basic auth credentials|not authorized to perform: ecr:/i,
    cause: 'The role may not use the image repository.',
    fix: "The execution role needs AmazonECSTaskExecutionRolePolicy to pull; the build role needs ecr:GetAuthorizationToken and the push rights on the app's repository: previewops policy --role build prints them.",
  },
  {
    id: 'image-not-found',
    when: /CannotPullContainer\w*:.*(not found|manifest unknown)|pull access denied/is,
    cause: 'There is no such image.',
    fix: 'Check --image and the images of sidecars. If it was built by previewops and is gone, deploy with --rebuild.',
  },
  {
    id: 'secret-denied',
    when: /(AccessDenied\w*|not authorized to perform: (secretsmanager|ssm)).*(secret|parameter)|(secretsmanager|ssm):Get\w+/is,
    cause: 'The execution role may not read a secret.',
    fix: 'Allow it secretsmanager:GetSecretValue or ssm:GetParameters on that ARN (and kms:Decrypt with a key of your own).',
  },
  {
    id: 'secret-not-found',
    when: /(secrets manager can't find|ParameterNotFound|invalid ssm parameters)/i,
    cause: 'A secret that the configuration names does not exist.',
    fix: 'Check container.secrets and the sidecars: name, region, and the ending that Secrets Manager puts behind the name.',
  },
  {
    id: 'log-group-missing',
    when: /specified log group does not exist|cannot find the Amazon CloudWatch log group/i,
    cause: 'The log group is gone.',
    fix: 'Deploy again: previewops makes it anew. Something else deletes it if this comes back.',
  },
  {
    id: 'logger-denied',
    when: /validate logger args.*AccessDenied/is,
    cause: 'The execution role may not write logs.',
    fix: 'Attach AmazonECSTaskExecutionRolePolicy to it.',
  },
  {
    id: 'no-route',
    when: /i\/o timeout|connection issue|unable to pull secrets or registry auth|dial tcp|context deadline exceeded/i,
    cause: 'The task cannot reach ECR, Logs or Secrets Manager.',
    fix: 'In public subnets task.assignPublicIp must be true; private subnets need a NAT gateway, or endpoints for ecr.api, ecr.dkr, logs and S3. The security group must let traffic out.',
  },
  {
    id: 'out-of-memory',
    when: /OutOfMemory|exited 137\b/i,
    cause: 'The container ran out of memory, or was killed.',
    fix: 'Raise task.memory.',
  },
  {
    id: 'no-address',
    when: /InsufficientFreeAddresses|enough free addresses/i,
    cause: 'The subnet of the task has no free address left.',
    fix: 'Destroy previews that nobody needs, or name further subnets in providerConfig.subnets.',
  },
  {
    id: 'no-capacity',
    when: /vCPU limit|account is currently blocked|unable to place a task|capacity is unavailable/i,
    cause: 'Fargate has no room for the task.',
    fix: 'Ask for a higher Fargate vCPU quota (Service Quotas, L-3032A538), destroy previews that nobody needs, or with Spot try again or set task.spot: false.',
  },
  {
    id: 'role-not-assumable',
    when: /unable to assume the role/i,
    cause: 'ECS may not assume the execution or task role.',
    fix: 'Its trust policy must allow sts:AssumeRole to ecs-tasks.amazonaws.com.',
  },
  {
    id: 'zone-not-enabled',
    when: /Availability Zone that is not enabled/i,
    cause: 'The task runs in a zone that the load balancer does not serve.',
    fix: 'Enable the zone on the load balancer, or take its subnet out of providerConfig.subnets.',
  },
  {
    id: 'health-check-codes',
    when: /failed with these codes: \[\d+\]|Target\.ResponseCodeMismatch/i,
    cause: 'The app answers the health check with another status than it should.',
    fix: 'Set container.healthCheck.path to a path that answers 200-399, or container.healthCheck.codes to what it answers.',
  },
  {
    id: 'health-check-timeout',
    when: /Request timed out|Target\.Timeout/i,
    cause: 'The load balancer gets no answer from the container.',
    fix: "The app must listen on 0.0.0.0 (not on localhost), on the port of container.port (it is in $PORT); the tasks' security group must admit that port from the load balancer's.",
  },
  {
    id: 'health-check',
    when: /failed ELB health checks|Target\.FailedHealthChecks|Health checks failed/i,
    cause: 'The app did not become healthy in time.',
    fix: 'It must listen on 0.0.0.0 at $PORT and answer container.healthCheck.path with 200-399. If it only starts slowly, raise container.healthCheck.grace or task.cpu.',
  },
  {
    id: 'container-health',
    when: /failed container health checks/i,
    cause: "A container's own health check command failed.",
    fix: "Look at that sidecar's healthCheck.command: it runs inside the container, with what its image has.",
  },
  {
    id: 'source-credentials',
    when: /could not find access token|authentication (failed|required)|could not read username|repository not found|failed phase: DOWNLOAD_SOURCE/i,
    cause: 'CodeBuild cannot read the repository.',
    fix: 'For a private repository set build.credentials to the ARN of a CodeConnections connection (AVAILABLE) or of a secret with a token.',
  },
  {
    id: 'dockerfile',
    when: /failed to (read|solve).*dockerfile|no such file or directory.*dockerfile/is,
    cause: 'There is no Dockerfile where the build looks for it.',
    fix: 'Set build.context and build.dockerfile; the second is relative to the first.',
  },
  {
    id: 'app-exited',
    when: /Essential container in task exited/i,
    cause: 'The app ended by itself.',
    fix: 'Its log says why. Run the image on your machine with the same environment (PORT is set).',
  },
] as const satisfies readonly Hint[];

/** What usually mends a failure with these texts, in two sentences. */
export function hintFor(texts: readonly string[]): string | undefined {
  const all = texts.join('\n');
  const found = hints.find((hint) => hint.when.test(all));
  return found && `${found.cause} ${found.fix}`;
}
