// Longer than most: one entry for each error code, all of it prose.
import type { ErrorCode } from './errors.ts';

/** What docs/troubleshooting.md says of an error code, beside the message and hint of the error itself. */
export interface ErrorGuide {
  /** One sentence: what it is. */
  meaning: string;
  /** What it usually comes from. */
  causes: string;
  /** What to do. */
  fix: string;
}

/**
 * The other half of `errorTable`: a code without an entry does not compile. It is kept apart because
 * the program starts with that table, and has no use for this one.
 */
export const errorGuide = {
  'bad-usage': {
    meaning: 'The command line cannot be understood.',
    causes:
      'A flag or command that does not exist, a value of the wrong form, or two flags that exclude each other.',
    fix: 'The message names it, and what was probably meant. `previewops <command> --help` has the flags and examples.',
  },
  'config-not-found': {
    meaning: 'No previewops.yml was found.',
    causes: 'The command runs outside the repository, or the file has another name.',
    fix: 'Run it inside the checkout, or name the file with `--config`. `previewops init` writes one ([getting started](getting-started.md)); `--sandbox` needs none.',
  },
  'config-invalid': {
    meaning: 'The configuration has mistakes.',
    causes:
      'Each line of the message is one mistake, with file, line, column and what is expected. A value that the checkout should tell, such as `app`, is a mistake too when there is no remote to tell it.',
    fix: 'Correct the lines. `previewops validate --offline` checks the file alone; [the configuration reference](configuration.md) has every key, and an editor with the schema shows mistakes while you write.',
  },
  'identity-unknown': {
    meaning: 'Neither flags nor the checkout say which pull request, branch or commit is meant.',
    causes:
      'A detached checkout without a CI that previewops knows, a branch that was never pushed, or a remote that does not answer.',
    fix: 'Say it: `--pr 42` or `--branch NAME`, and `--commit SHA` where the commit is what is missing.',
  },
  'commit-not-on-branch': {
    meaning: 'The commit is not on the branch that was named with it, or nobody could tell.',
    causes:
      'A commit of another branch, a force push, or a shallow checkout in which the history ends too early.',
    fix: 'Name the commit that the branch has. In a CI check out the whole history (`fetch-depth: 0`), or give a `GITHUB_TOKEN`.',
  },
  'pull-request-closed': {
    meaning: 'The pull request is closed, or the branch deleted: there is nothing to deploy.',
    causes: 'A deploy that was started, or started again, after the merge.',
    fix: 'Nothing, or `previewops destroy` for what is still there. Reopen the pull request to have a preview again.',
  },
  'no-credentials': {
    meaning: 'No AWS credentials were found, or they have expired.',
    causes:
      'Nobody signed in, an SSO session ended, `AWS_PROFILE` names nothing, or a CI job lacks the permission for an OIDC token.',
    fix: 'Whatever the AWS CLI takes works: `aws sso login`, `--profile NAME`, environment variables, OIDC. `aws sts get-caller-identity` shows whether it does. In a CI see [its page](ci.md).',
  },
  'access-denied': {
    meaning: 'AWS refused a call for lack of a permission.',
    causes:
      'The policy of the caller lacks the action, names another resource, or a boundary or service control policy denies it.',
    fix: 'The message names action and resource, the hint has the statement to add. `previewops policy` prints all that your configuration needs, `previewops doctor` compares it with what you have.',
  },
  conflict: {
    meaning: 'A resource that previewops does not own is in the way.',
    causes:
      'A name or a host of the preview is taken: by something made by hand, or by another app with the same `baseDomain` and `hostPattern`.',
    fix: 'Remove or rename what is there, or give the app another `app` or `hostPattern` (`{app}-{id}.{baseDomain}`). Nothing without our tags is ever adopted or deleted.',
  },
  'limit-reached': {
    meaning: 'A limit of the account or of the load balancer is reached.',
    causes:
      '`maxPreviews`, rules or target groups of the load balancer, vCPU of Fargate, addresses of the subnets, builds of CodeBuild, priorities of `rulePriority`.',
    fix: 'Remove previews that nobody needs: the message names those that nobody deployed for longest, `previewops prune` finds them, `deploy --evict oldest-idle` removes one by itself. Or ask for a higher quota: the hint names it. The 100 target groups of a load balancer cannot be raised: name further ones in `albListenerArns`.',
  },
  superseded: {
    meaning: 'A newer deploy took over this preview.',
    causes: 'Two runs for one preview; the one that began later wins.',
    fix: 'Nothing: the newer run deploys. Let a CI treat exit code 5 as skipped.',
  },
  destroyed: {
    meaning: 'The preview was destroyed while this deploy was running.',
    causes: 'The pull request was closed meanwhile, or somebody ran `previewops destroy`.',
    fix: 'Nothing: this run removed what it had made. Deploy again if the preview is wanted after all.',
  },
  'timed-out': {
    meaning: 'AWS did not finish within the time allowed.',
    causes:
      'A slow build, an app that takes long to become healthy, or tasks that Fargate cannot place.',
    fix: 'The message says what was waited for. `previewops status` and `previewops logs` show how it stands; the same command goes on from there. `--timeout 30m` waits longer.',
  },
  interrupted: {
    meaning: 'The command was interrupted.',
    causes: 'Ctrl-C, or a CI that cancelled the job.',
    fix: 'Run the same command again: it goes on from what is there.',
  },
  'build-failed': {
    meaning: 'CodeBuild could not build the image.',
    causes:
      'A mistake in the Dockerfile, a repository that CodeBuild cannot read, or a build role without a permission.',
    fix: 'The end of the build log is in the message, all of it in `previewops logs --build`. [Hints](#hints) below explain the usual texts.',
  },
  'rollout-failed': {
    meaning: 'ECS could not start the new revision and keep it healthy.',
    causes:
      'The app crashes or listens elsewhere, the health check asks for the wrong path, or the task cannot pull its image or its secrets.',
    fix: 'The message has the stopped tasks, the targets and the end of the log, and usually a [hint](#hints). `previewops logs --previous` has the lines of the last task that stopped. A revision that was healthy before serves on.',
  },
  'no-answer': {
    meaning: 'The new revision is healthy, but the URL of the preview does not answer.',
    causes:
      'No DNS record for the host, a certificate that does not cover it, a firewall, or a load balancer that this machine cannot reach.',
    fix: 'The message says which. `previewops doctor --only names,load-balancer` finds the record or certificate that is missing; where the machine cannot reach the load balancer, set `probe: false` or use `--no-probe`.',
  },
  'hook-failed': {
    meaning: "A command in the app's image, a hook or one of `run`, failed or did not start.",
    causes:
      'The command exited with another code than 0, its program is not in the image, or its task could not start.',
    fix: 'Its last lines are in the message. Try it by hand: `previewops run --pr 42 -- <command>`.',
  },
  'not-found': {
    meaning: 'Something that the configuration or the command names is absent.',
    causes:
      'A cluster, listener, subnet, security group, zone or image that was deleted or is in another region, or a preview that does not exist.',
    fix: 'The hint names the key to check. `previewops list` shows the previews, `previewops doctor` looks at all that the configuration names.',
  },
  'not-removed': {
    meaning: 'A destroy left resources behind.',
    causes:
      'AWS refused to delete them, or something else holds on to them. The receipt lists what is left.',
    fix: 'Run the same destroy again; it goes on from what is left. If it stays, the receipt names the resource and AWS says why in the message.',
  },
  'aws-unreachable': {
    meaning: 'AWS could not be reached.',
    causes: 'No network, a firewall, a proxy, or a region that does not exist.',
    fix: 'Check network and `providerConfig.region`, then run the command again. `HTTPS_PROXY` is not read by the AWS SDK.',
  },
  'aws-failed': {
    meaning: 'AWS refused a call or kept failing.',
    causes: "A value that AWS does not take, or a fault on AWS's side that outlasted the retries.",
    fix: 'The message has the call and what AWS said. Faults pass: run the command again. `--verbose` shows every call that was tried again.',
  },
  internal: {
    meaning: 'A mistake in previewops itself.',
    causes: 'Something that was not provided for.',
    fix: 'Run it again with `PREVIEWOPS_DEBUG=1` and report what it prints. Nothing is half-owned: the same command goes on from what is there.',
  },
} as const satisfies Record<ErrorCode, ErrorGuide>;
