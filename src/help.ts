const exits = `
Exit codes:
  0 done             1 failed           2 usage or configuration
  3 credentials or permissions          4 conflict or limit
  5 superseded or destroyed by another run
  6 timed out      130 interrupted`;

const examples = (...lines: string[]) =>
  `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n${exits}`;

export const programHelp = examples(
  'previewops deploy --pr 42 --sandbox    try it: needs no AWS account and no file',
  'previewops validate                    check previewops.yml, credentials, cluster',
  'previewops doctor                      see before deploying whether it will work',
  'previewops deploy --pr 42              put pull request 42 on its own URL',
  'previewops list                        see what is running',
  'previewops destroy --pr 42             leave nothing behind',
);

export const deployHelp = examples(
  'previewops deploy --pr 42',
  'previewops deploy --branch feature/login --commit $(git rev-parse HEAD)',
  'previewops deploy --pr 42 --image public.ecr.aws/nginx/nginx:1.29',
  'previewops deploy --pr 42 --dry-run',
  'url=$(previewops deploy --pr 42)       stdout is the URL, progress is on stderr',
);

export const destroyHelp = examples(
  'previewops destroy --pr 42',
  'previewops destroy --branch feature/login --dry-run',
);

export const listHelp = examples(
  'previewops list',
  'previewops list --all-apps',
  "previewops list --json | jq -r '.previews[].url'",
);

export const doctorHelp = (groups: readonly string[]) => `
Groups: ${groups.join(', ')}.
Ends with 0 when nothing fails, 3 when a permission does (caller, roles), 1 otherwise.
It changes nothing, and takes the permissions of \`previewops policy --for doctor\` to see all.
${examples(
  'previewops doctor',
  'previewops doctor --only network,names --strict',
  'previewops doctor --as destroy,list',
  'previewops doctor --policy-file policy.json   no AWS: is this policy enough?',
)}`;

export const policyHelp = `
As JSON, a policy is one document for \`aws iam put-role-policy\`, or a list of them when it
has more than the 10,240 characters of inline policies. The other formats make managed
policies, of at most 6,144 each. A role is an object with "trust" and "permissions".
${examples(
  'previewops policy > policy.json',
  'previewops policy --for destroy,list --format terraform',
  'previewops policy --role build --format cloudformation',
)}`;

export const statusHelp = examples(
  'previewops status --pr 42',
  "previewops status --pr 42 --json | jq -r '.failure.hint'",
);

export const logsHelp = examples(
  'previewops logs --pr 42 --follow',
  'previewops logs --pr 42 --previous         why the last task stopped',
  'previewops logs --pr 42 --build            what CodeBuild said of the last build',
  'previewops logs --pr 42 --since 10m --json | jq -r .message',
);

export const runHelp = `
It runs in a task of its own, with the image and the environment of the revision in service.
Ends with the command's own exit code, as docker run does, and with 1 when it did not start.
Ctrl-C stops it.
${examples(
  'previewops run --pr 42 -- npm run seed',
  "previewops run --pr 42 --timeout 5m -- sh -c 'env | sort'",
)}`;

export const validateHelp = examples(
  'previewops validate',
  'previewops validate --offline          no AWS call, for a commit hook',
);
