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

export const validateHelp = examples(
  'previewops validate',
  'previewops validate --offline          no AWS call, for a commit hook',
);
