import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';

export interface CredentialOptions {
  profile?: string | undefined;
  /** Assumed with the profile's or the environment's credentials. */
  roleArn?: string | undefined;
  region: string;
}

/** SDK credentials for `--profile` and `--role-arn`; with neither, the SDK finds its own. */
export function createCredentials({ profile, roleArn, region }: CredentialOptions) {
  const own = fromNodeProviderChain(profile === undefined ? {} : { profile });
  if (roleArn === undefined) return own;
  return fromTemporaryCredentials({
    masterCredentials: own,
    params: { RoleArn: roleArn, RoleSessionName: 'previewops' },
    clientConfig: { region },
  });
}
