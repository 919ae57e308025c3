/** What it means that a check of doctor fails, and what to do: by the check's id. Its own output is about your account. */
export const checkGuide: Readonly<Record<string, string>> = {
  'caller.credentials':
    'Nobody is signed in, or the session has expired. Sign in as for the AWS CLI, or use `--profile`.',
  'caller.account':
    'The ARNs of the configuration are of another account than the credentials. Use another profile or role, or correct the ARNs.',
  'caller.permissions':
    'A deploy would end with `access-denied`. Add the statement that is printed, or all of `previewops policy`. A warning about `iam:PassRole` means that the policy lets any role be passed: narrow it.',
  'roles.exists':
    'The ARN names no role, or has another path. Correct it, or create the role: `previewops policy --role execution --format cloudformation`.',
  'roles.trust':
    'ECS or CodeBuild may not assume the role. Its trust policy must name `ecs-tasks.amazonaws.com` or `codebuild.amazonaws.com`; the new policy is printed whole.',
  'roles.permissions':
    'Tasks would not start or builds not push. Add the statement that is printed; `previewops policy --role build` has all.',
  'roles.deploy':
    'The configuration uses more than the role allows that `previewops init --bootstrap` made for CI: hooks or `idle` that were added since, say. Run `previewops init --bootstrap --apply` again.',
  'cluster.active':
    'There is no such cluster in this region. Create it, or correct `providerConfig.cluster`.',
  'cluster.capacity':
    '`task.spot` needs the capacity provider `FARGATE_SPOT` on the cluster. The command that adds it, and keeps the others, is printed.',
  'cluster.services': 'A cluster has 5,000 services. Destroy previews, or use another cluster.',
  'load-balancer.listener':
    'The ARN is of a load balancer, a target group, a rule, or of nothing. The ARN of the listener is printed where it can be found.',
  'load-balancer.https':
    'Previews answer at `https://` without a port. Make an HTTPS listener on 443 and put its ARN into `providerConfig.albListenerArn`.',
  'load-balancer.active':
    'It is of another type, still being made, or failed. Only Application Load Balancers route by host.',
  'load-balancer.scheme':
    'It is internal: previews answer inside its network. Fine behind a VPN; then set `probe: false` where deploys run outside.',
  'load-balancer.rules':
    'Each preview takes a listener rule. Destroy previews, or raise quota L-7EED9B64.',
  'load-balancer.target-groups':
    'A load balancer has 100 target groups, and AWS does not raise that. Destroy previews, or use a second load balancer.',
  'load-balancer.certificates':
    'No preview needs a certificate of its own, so this stops only who adds one. Remove those that no host needs.',
  'network.vpc':
    'Targets must be in the VPC of the load balancer. Correct `providerConfig.vpc`, and subnets and security groups with it.',
  'network.subnets':
    'A subnet does not exist, or is in another VPC. The command that lists the right ones is printed.',
  'network.security-groups':
    'A security group does not exist, or is in another VPC. The command that lists the right ones is printed.',
  'network.zones':
    'Tasks in a zone that the load balancer does not serve get no traffic. Take other subnets, or enable the zone.',
  'network.addresses':
    'Each task takes an address of its subnet. Take larger subnets, or destroy previews.',
  'network.way-out':
    'Tasks cannot pull images or write logs. Public subnets need `task.assignPublicIp: true`, private ones a NAT gateway or endpoints.',
  'network.inbound':
    "The tasks' security group does not admit the load balancer's on the container port: health checks time out. The rule to add is printed.",
  'network.load-balancer-outbound':
    "The load balancer's security group lets nothing out to the tasks. The rule to add is printed.",
  'network.outbound':
    "The tasks' security group lets no HTTPS out, so that images cannot be pulled. The rule to add is printed.",
  'names.certificate':
    'Browsers would refuse the previews. Request a certificate for `*.<baseDomain>` and add it to the listener.',
  'names.validity':
    'The certificate is not issued, or expires soon. ACM renews by itself while its validation records are in DNS.',
  'names.dns':
    'The wildcard record is missing or leads elsewhere. Write it, or set `providerConfig.hostedZoneId` for a record of each preview.',
  'names.zone':
    'The zone does not exist, is of another domain, or is private. Correct `providerConfig.hostedZoneId`.',
  'names.cookies':
    'A site above `baseDomain` sets cookies that every preview would get, and previews could set cookies for it. Take a domain of their own.',
  'quotas.fargate-vcpu':
    'Tasks would not be placed. Ask for more vCPU; the command is printed. New accounts begin with few.',
  'quotas.builds':
    'CodeBuild would take no build. New accounts begin with 0; ask for more, and deploy with `--image` until then.',
  'build.source':
    'The repository is private, and CodeBuild has no credentials. Set `build.credentials` to a CodeConnections connection or a secret with a token.',
  'hygiene.log-retention':
    'Log groups without retention cost for ever. The command for each is printed.',
  'hygiene.images':
    'The repository has no lifecycle policy. One that previewops made gets it back with the next deploy.',
  'hygiene.expired':
    'Previews are past their `ttl`. `previewops prune --yes` on a schedule removes them.',
};
