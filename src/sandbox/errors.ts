/** What an SDK service exception carries, without the SDK's classes: callers match on these fields. */
export interface AwsErrorShape extends Error {
  $fault: 'client' | 'server';
  $metadata: { httpStatusCode: number; requestId: string; attempts: number };
  /** The short code of the XML services (ELB, Route 53, IAM, STS). */
  Code?: string;
  $service?: string;
}

export interface AwsErrorOptions {
  /** HTTP status; 400 for a client fault and 500 for a server one unless given. */
  status?: number;
  fault?: 'client' | 'server';
  /** The wire code when the service is an XML one, e.g. `ResourceInUse` of `ResourceInUseException`. */
  code?: string;
}

/** A request id that nobody can mistake for one of AWS. */
export const sandboxRequestId = '00000000-sandbox-0000-0000-000000000000';

/**
 * An error as the SDK throws it for an answer of AWS: `name`, `message`, `$fault`, `$metadata`.
 * It is returned, not thrown.
 */
export function awsError(
  name: string,
  message: string,
  { status, fault = 'client', code }: AwsErrorOptions = {},
): AwsErrorShape {
  const error = new Error(message);
  error.name = name;
  const metadata = {
    httpStatusCode: status ?? (fault === 'client' ? 400 : 500),
    requestId: sandboxRequestId,
    attempts: 1,
  };
  return Object.assign(error, {
    $fault: fault,
    $metadata: metadata,
    ...(code === undefined ? {} : { Code: code }),
  });
}

/** Whether an error is an answer of AWS, rather than a mistake in the sandbox. */
export function isAwsError(error: unknown): error is AwsErrorShape {
  return error instanceof Error && '$metadata' in error && '$fault' in error;
}
