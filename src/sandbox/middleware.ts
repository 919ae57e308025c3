import type { SdkClient } from '../aws/aws.ts';
import { PreviewopsError } from '../errors.ts';
import { sandboxRequestId } from './errors.ts';

/** Performs one call of AWS: its key (`ecs:CreateService`) and the SDK's input, to the SDK's output. */
export type Perform = (key: string, input: object) => Promise<object>;

/** The SDK's client names, and the IAM prefix under which the manifest knows each service. */
const prefixes: Record<string, string> = {
  ACMClient: 'acm',
  CloudFormationClient: 'cloudformation',
  CloudWatchClient: 'cloudwatch',
  CloudWatchLogsClient: 'logs',
  CodeBuildClient: 'codebuild',
  EC2Client: 'ec2',
  ECRClient: 'ecr',
  ECSClient: 'ecs',
  ElasticLoadBalancingV2Client: 'elasticloadbalancing',
  IAMClient: 'iam',
  ResourceGroupsTaggingAPIClient: 'tag',
  Route53Client: 'route53',
  ServiceQuotasClient: 'servicequotas',
  STSClient: 'sts',
};

/**
 * Puts the sandbox in front of a client: the first middleware answers, and nothing behind it runs -
 * no serialisation, no credentials, no network.
 */
export function instrument(client: SdkClient, perform: Perform): void {
  client.middlewareStack.add(
    (_next, context) => async (args) => {
      const key = keyOf(context);
      // Copies both ways: neither side may hold on to what the other changes.
      const output = structuredClone(await perform(key, structuredClone(args.input)));
      const $metadata = {
        httpStatusCode: 200,
        requestId: sandboxRequestId,
        attempts: 1,
        totalRetryDelay: 0,
      };
      return { response: undefined, output: { ...output, $metadata } };
    },
    { step: 'initialize', name: 'previewopsSandbox', priority: 'high' },
  );
}

function keyOf({
  clientName = '?',
  commandName = '?',
}: {
  clientName?: string;
  commandName?: string;
}) {
  const prefix = prefixes[clientName];
  if (!prefix) throw notSimulated(`${clientName} ${commandName}`);
  return `${prefix}:${commandName.replace(/Command$/, '')}`;
}

/** The sandbox never pretends: a call it does not know is a mistake, named. */
export function notSimulated(call: string): PreviewopsError {
  return new PreviewopsError('internal', `The sandbox does not simulate ${call}`, {
    hint: 'Run this command without --sandbox, and please report it.',
  });
}
