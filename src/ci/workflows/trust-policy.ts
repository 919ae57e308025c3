import { trustSubjects } from './trust-subjects.ts';

export type { BuildkiteSubject, GithubSubject, GitlabSubject } from './trust-subjects.ts';

/** What each CI's role is for. */
export type TrustSubject<Ci extends OidcCi> = Parameters<(typeof trustSubjects)[Ci]>[0];

/** The CIs that prove to AWS what a job is. */
export type OidcCi = keyof typeof trustSubjects;

/** What IAM has to know of a CI before a role can trust it. */
export interface OidcProvider {
  /** Of `AWS::IAM::OIDCProvider` and `aws iam create-open-id-connect-provider`. */
  url: string;
  /** Client id of the provider, `aud` of the tokens. */
  audience: string;
  /** The provider's part of its ARN and of the condition keys: the URL without `https://`. */
  id: string;
}

/** Who may take on the role of a CI. */
export interface WebIdentityTrust {
  Version: '2012-10-17';
  Statement: [
    {
      Sid: string;
      Effect: 'Allow';
      Principal: { Federated: string };
      Action: 'sts:AssumeRoleWithWebIdentity';
      Condition: {
        StringEquals: Record<string, string | string[]>;
        StringLike?: Record<string, string | string[]>;
      };
    },
  ];
}

export interface TrustPlace {
  /** Twelve digits, or whatever a template puts in their place. */
  account: string;
  /** Default `aws`. */
  partition?: string | undefined;
  /** When the provider's ARN comes from somewhere else. */
  providerArn?: string | undefined;
}

/** The OIDC provider to register in IAM. Throws `bad-usage` for a subject that names nothing. */
export function oidcProviderFor<Ci extends OidcCi>(
  ci: Ci,
  subject: TrustSubject<Ci>,
): OidcProvider {
  return read(ci, subject).provider;
}

/**
 * The trust policy of a CI's role: only jobs of this repository, and of it only those that deploy and
 * remove previews. Throws `bad-usage` for a name that could match more than it says.
 */
export function trustPolicyFor<Ci extends OidcCi>(
  ci: Ci,
  { subject, place }: { subject: TrustSubject<Ci>; place: TrustPlace },
): WebIdentityTrust {
  const { provider, exactly, like } = read(ci, subject);
  const { account, partition = 'aws', providerArn } = place;
  const sub = `${provider.id}:sub`;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Previews',
        Effect: 'Allow',
        Principal: {
          Federated: providerArn ?? `arn:${partition}:iam::${account}:oidc-provider/${provider.id}`,
        },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            [`${provider.id}:aud`]: provider.audience,
            ...(exactly === undefined ? {} : { [sub]: exactly }),
          },
          ...(like === undefined ? {} : { StringLike: { [sub]: like } }),
        },
      },
    ],
  };
}

interface Read {
  provider: OidcProvider;
  exactly?: string[];
  like?: string[];
}

/** The table's entries take different subjects; the key decides which, which TypeScript cannot follow. */
const read = <Ci extends OidcCi>(ci: Ci, subject: TrustSubject<Ci>): Read =>
  (trustSubjects[ci] as (subject: TrustSubject<Ci>) => Read)(subject);
