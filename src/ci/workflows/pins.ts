/**
 * Actions by commit, because whoever owns a tag can move it. The comment is for people and for
 * the bots that keep such lines up to date.
 */
export const pins = {
  checkout: 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1',
  setupNode: 'actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0',
  awsCredentials:
    'aws-actions/configure-aws-credentials@d979d5b3a71173a29b74b5b88418bfda9437d885 # v6.1.1',
} as const;
