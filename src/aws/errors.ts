import { isThrottlingError, isTransientError } from '@smithy/core/retry';
import { PreviewopsError } from '../errors.ts';
import { deniedText, grantText, readDenial } from '../permissions/denial.ts';
import type { CallKey } from '../permissions/manifest.ts';

interface AwsError extends Error {
  $metadata?: { httpStatusCode?: number };
  code?: string;
}

const asError = (error: unknown): AwsError =>
  error instanceof Error ? error : new Error(String(error));

/** Whether AWS answered with one of these error names (`ResourceInUseException`, ...). */
export function isNamed(error: unknown, ...names: string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

/** Whether the error has one of these names and its message contains `text` (ECS tells cases apart by text only). */
export function says(error: unknown, text: string | RegExp): boolean {
  if (!(error instanceof Error)) return false;
  return typeof text === 'string' ? error.message.includes(text) : text.test(error.message);
}

/** AWS refused the call before doing anything, because too many came at once. */
export function isThrottled(error: unknown): boolean {
  // The SDK counts every LimitExceededException as throttling, but Logs and others send it for quotas.
  return !isNamed(error, 'LimitExceededException') && isThrottlingError(asError(error) as never);
}

/** It is not known whether AWS did the work: a server error, a timeout or a lost connection. */
export function isAmbiguous(error: unknown): boolean {
  const status = asError(error).$metadata?.httpStatusCode ?? 0;
  return (
    !isThrottled(error) &&
    (status >= 500 ||
      isNamed(error, 'ServerException', 'InternalFailure') ||
      isTransientError(asError(error) as never))
  );
}

/** In one word: a broken connection has no name of its own, but a code such as ECONNREFUSED. */
export function shortName(error: unknown): string {
  const { name, code } = asError(error);
  return name === 'Error' && code ? code : name;
}

/** Which call an error came from; kept aside because the SDK's errors are not ours to change. */
const callOf = new WeakMap<object, CallKey>();

export function rememberCall(error: unknown, key: CallKey): unknown {
  if (error instanceof Error) callOf.set(error, key);
  return error;
}

const denials = ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation'];
/** AWS refused the call for lack of a permission. */
export function isDenied(error: unknown): boolean {
  return isNamed(error, ...denials);
}

const badCredentials = [
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
];
const unreachable = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'];
/** The SDK's words where a firewall swallows what is sent; there is no code. */
const neverConnected = 'did not establish a connection with the server';

/**
 * What a user reads when a call fails for good. Errors that a caller can plan for are caught by
 * name before they come here.
 */
export function explain(error: unknown): PreviewopsError {
  if (error instanceof PreviewopsError) return error;
  const e = asError(error);
  const key = callOf.get(e);
  if (key && isDenied(e)) return explainDenial(e, key);
  if (badCredentials.includes(e.name)) {
    return new PreviewopsError('no-credentials', `AWS credentials cannot be used: ${e.message}`, {
      hint: 'Sign in (`aws sso login`), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. `--sandbox` needs none.',
      cause: e,
    });
  }
  const code = e.code ?? (e.cause as AwsError | undefined)?.code;
  if ((code && unreachable.includes(code)) || says(e, neverConnected)) {
    return new PreviewopsError('aws-unreachable', `AWS cannot be reached (${e.message})`, {
      hint: 'Check the network, a proxy, and the region of the configuration.',
      cause: e,
    });
  }
  if (!key) return new PreviewopsError('internal', `${e.name}: ${e.message}`, { cause: e });
  return new PreviewopsError('aws-failed', `${key} failed: ${e.name}: ${e.message}`, {
    cause: e,
    details: { call: key, error: e.name },
  });
}

/** Turns AWS's denial text into the action, the resource and the statement to add. */
function explainDenial(e: AwsError, key: CallKey): PreviewopsError {
  const denial = readDenial(e.message, key);
  const { action, resource, explicit, statement } = denial;
  return new PreviewopsError('access-denied', deniedText(denial), {
    hint: explicit ? `An explicit Deny forbids it: ${e.message}` : grantText(statement),
    cause: e,
    details: { call: key, action, resource, statement },
  });
}
