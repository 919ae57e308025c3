import type { PolicyDocument } from '../../../src/permissions/evaluate.ts';

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
}

/** A nonsense signature: until IAM is enforced moto reads no more of it than the service's name. */
export const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

/** Calls a query service that the tool has no SDK client for, and returns the XML of its answer. */
export async function post(
  url: string,
  service: string,
  version: string,
  form: Record<string, string>,
): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: signedFor(service),
    body: new URLSearchParams({ ...form, Version: version }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`moto answered ${answer.status} to ${form.Action}: ${text}`);
  return text;
}

/** The text of the first XML element of this name. */
export function textOf(xml: string, name: string): string {
  const value = new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
  if (value === undefined) throw new Error(`moto's answer has no ${name}: ${xml}`);
  return value;
}

/** Calls IAM for the world's own needs, and returns the XML of its answer. Not for an enforced one. */
export const iam = (url: string, Action: string, form: Record<string, string>) =>
  post(url, 'iam', '2010-05-08', { Action, ...form });

/**
 * Makes an IAM user with one policy and returns its keys. Call it before IAM is enforced, and with
 * `actionsOnly(policy)` when the policy names resources.
 */
export async function createUser(url: string, name: string, policy: PolicyDocument): Promise<Keys> {
  await iam(url, 'CreateUser', { UserName: name });
  await iam(url, 'PutUserPolicy', {
    UserName: name,
    PolicyName: 'only',
    PolicyDocument: JSON.stringify(policy),
  });
  const key = await iam(url, 'CreateAccessKey', { UserName: name });
  return {
    accessKeyId: textOf(key, 'AccessKeyId'),
    secretAccessKey: textOf(key, 'SecretAccessKey'),
  };
}

/** Makes a managed policy of each document, and attaches them to the user. */
export async function attach(url: string, UserName: string, documents: readonly PolicyDocument[]) {
  for (const [index, document] of documents.entries()) {
    const PolicyDocument = JSON.stringify(document);
    const named = { PolicyName: `${UserName}-${index}`, PolicyDocument };
    const PolicyArn = textOf(await iam(url, 'CreatePolicy', named), 'Arn');
    await iam(url, 'AttachUserPolicy', { UserName, PolicyArn });
  }
}

/**
 * The same policy for any resource and without conditions. moto asks whether a statement's resource
 * matches the text `*`, whatever the call is about, and ignores conditions: it can only tell which
 * actions are called. Resources and conditions are judged by the sandbox.
 */
export function actionsOnly(policy: PolicyDocument): PolicyDocument {
  const statements = [policy.Statement].flat();
  return {
    Version: '2012-10-17',
    Statement: statements.map(({ Effect, Action = [] }) => ({ Effect, Action, Resource: '*' })),
  };
}
