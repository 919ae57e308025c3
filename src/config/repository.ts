const scpForm = /^(?:ssh:\/\/)?[\w.-]+@([\w.-]+)(?::(?:\d+\/)?|\/)([^\s:]+)$/;

/** An https URL with a host and a path, and nothing that a shell, a URL or a log could choke on. */
export const cloneUrlPattern = /^https:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?\/[\w./~%+-]+$/;

/**
 * What `git remote get-url` says -> the https clone URL, without the credentials that CI systems
 * put there; undefined for what has none, such as a local path. `git@github.com:o/r.git` and
 * `ssh://git@github.com/o/r.git` become `https://github.com/o/r.git`.
 */
export function normalizeRepository(remote: string): string | undefined {
  const trimmed = remote.trim();
  const ssh = scpForm.exec(trimmed);
  const url = ssh
    ? `https://${ssh[1]}/${(ssh[2] ?? '').replace(/^\/+/, '')}`
    : trimmed.replace(/^(https:\/\/)[^/@]*@/i, '$1').replace(/^https:/i, 'https:');
  return cloneUrlPattern.test(url) ? url : undefined;
}

/** Why a written repository cannot be cloned by CodeBuild; undefined if it can. */
export function describeRepositoryMistake(written: string): string | undefined {
  if (/^https?:\/\/[^/]*@/i.test(written)) {
    return 'must not hold a user name, password or token: use build.credentials';
  }
  if (normalizeRepository(written) !== undefined) return undefined;
  return 'must be an https clone URL such as https://github.com/example/hello.git';
}
