import type { Statement } from './evaluate.ts';
import { resources, type Scope } from './scope.ts';
import type { RoleKind } from './words.ts';

export type { RoleKind } from './words.ts';

/** What the configuration says that the roles must reach, beyond the scope. */
export interface RoleFacts {
  scope: Scope;
  /** ARNs as ECS takes them in `valueFrom`, which may end with a JSON key and a version. */
  secrets: readonly string[];
  /** References of the containers' images other than the app's own. */
  images: readonly string[];
  /** ARN of a CodeConnections connection or of a secret, by which builds read the repository. */
  credentials?: string | undefined;
}

/** Actions that a role needs together, on the same resources, for one reason. */
export interface RoleNeed {
  /** Of the statement. */
  sid: string;
  actions: readonly string[];
  resources: readonly string[];
  why: string;
}

/** The least that a role needs; nothing without a resource. */
export function roleNeeds(kind: RoleKind, facts: RoleFacts): RoleNeed[] {
  const needs = kind === 'execution' ? executionNeeds(facts) : buildNeeds(facts);
  return needs.filter((need) => need.resources.length > 0);
}

const signIn: RoleNeed = {
  sid: 'SignInToEcr',
  actions: ['ecr:GetAuthorizationToken'],
  resources: ['*'],
  why: 'To sign in to ECR, which has no resource to name for it.',
};
const pull = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const push = [
  'ecr:CompleteLayerUpload',
  'ecr:InitiateLayerUpload',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
];

/** As `AmazonECSTaskExecutionRolePolicy`, but on these resources alone, and with the secrets. */
function executionNeeds({ scope, secrets, images }: RoleFacts): RoleNeed[] {
  const own = resources.repository(scope);
  const others = images.flatMap((image) => ecrRepository(image, scope.partition) ?? []);
  return [
    signIn,
    {
      sid: 'PullImages',
      actions: pull,
      resources: unique([...own, ...others]),
      why: 'To pull the images of the containers.',
    },
    {
      sid: 'WriteLogs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: resources.logGroup(scope),
      why: "To write the containers' logs; previewops makes the log group.",
    },
    {
      sid: 'ReadSecrets',
      actions: ['secretsmanager:GetSecretValue'],
      resources: unique(secrets.filter(isSecret).map(secretArn)),
      why: 'To hand the secrets to the containers. A KMS key of your own needs kms:Decrypt too.',
    },
    {
      sid: 'ReadParameters',
      actions: ['ssm:GetParameters'],
      resources: unique(secrets.filter((arn) => !isSecret(arn))),
      why: 'To hand the parameters to the containers. A KMS key of your own needs kms:Decrypt too.',
    },
  ];
}

function buildNeeds({ scope, credentials = '' }: RoleFacts): RoleNeed[] {
  const [group = ''] = resources.buildLogGroup(scope);
  const connection = credentials !== '' && !isSecret(credentials);
  return [
    signIn,
    {
      sid: 'PushImages',
      actions: [...pull, ...push].sort(),
      resources: resources.repository(scope),
      why: 'To push the images, and to read the layers of earlier ones.',
    },
    {
      sid: 'WriteBuildLogs',
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      // Logs judges some calls on the group and some on what is in it.
      resources: [group.replace(/:\*$/, ''), group],
      why: 'To write the build log.',
    },
    {
      sid: 'UseConnection',
      actions: connectionActions(credentials),
      resources: connection ? [credentials] : [],
      why: 'To read the repository by the connection.',
    },
    {
      sid: 'ReadRepositoryCredentials',
      actions: ['secretsmanager:GetSecretValue'],
      resources: connection ? [] : [credentials].filter(Boolean).map(secretArn),
      why: 'To read the repository by the credentials in the secret.',
    },
  ];
}

/** A connection of the old name is judged under the old name too (Developer Tools console guide). */
function connectionActions(arn: string): string[] {
  const services = [
    'codeconnections',
    ...(arn.includes(':codestar-connections:') ? ['codestar-connections'] : []),
  ];
  const names = ['GetConnection', 'GetConnectionToken', 'UseConnection'];
  return services.flatMap((service) => names.map((name) => `${service}:${name}`));
}

const unique = (values: readonly string[]) => [...new Set(values)];
const isSecret = (arn: string) => arn.includes(':secretsmanager:');

/**
 * The ARN that a policy names: without JSON key and version, and with a pattern for the six
 * characters that Secrets Manager puts behind the name where the configuration leaves them out.
 */
function secretArn(valueFrom: string): string {
  const arn = valueFrom.split(':').slice(0, 7).join(':');
  return /-[A-Za-z0-9]{6}$/.test(arn) ? arn : `${arn}-??????`;
}

const ecrImage =
  /^(?<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)\/(?<name>[^:@]+)/;

/** The ARN of the repository that an image is in, when that is ECR's. */
function ecrRepository(image: string, partition: string): string | undefined {
  const { account, region, name } = ecrImage.exec(image)?.groups ?? {};
  return name && `arn:${partition}:ecr:${region}:${account}:repository/${name}`;
}

/** One statement for each. */
export function roleStatements(needs: readonly RoleNeed[]): Statement[] {
  return needs.map(({ sid, actions, resources: arns }) => ({
    Sid: sid,
    Effect: 'Allow',
    Action: [...actions],
    Resource: arns.length === 1 && arns[0] !== undefined ? arns[0] : [...arns],
  }));
}
