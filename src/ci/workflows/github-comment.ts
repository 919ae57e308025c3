import {
  checkoutStep,
  credentialsStep,
  installSteps,
  job,
  permissions,
  steps,
} from './github-steps.ts';
import type { CheckedOptions } from './options.ts';
import { configFlag, expression, indent, lines } from './text.ts';

/** What a comment may ask for. */
export const commentCommands = ['deploy', 'destroy', 'validate', 'doctor'] as const;

const asked = "steps.read.outputs.command != ''";
const runs = `${asked} && steps.read.outputs.command != 'help'`;

/**
 * Commands in comments of pull requests, for those who may write. The comment is compared with exact
 * words and goes no further; code and configuration are those of the default branch.
 */
export const commentJob = (options: CheckedOptions): string =>
  job(
    'comment',
    lines(
      'if: >-',
      "  github.event_name == 'issue_comment' && github.event.issue.pull_request &&",
      '  contains(fromJSON(\'["OWNER", "MEMBER", "COLLABORATOR"]\'), github.event.comment.author_association) &&',
      "  (startsWith(github.event.comment.body, '/previewops') ||",
      "  startsWith(github.event.comment.body, '/validate-previewops'))",
    ),
    'runs-on: ubuntu-latest',
    'timeout-minutes: 45',
    permissions,
    steps(
      readStep,
      reactStep,
      installSteps(options, runs),
      checkoutStep({ condition: runs }),
      credentialsStep(options, runs),
      commandStep(options),
      answerStep,
    ),
  );

const script = (text: string) => indent(text, 4);

const readScript = `line=\${BODY%%$'\\n'*}
line=\${line%"\${line##*[![:space:]]}"}
case $line in
${commentCommands
  .map((word) => {
    const also = word === 'validate' ? ' | /validate-previewops' : '';
    return `  '/previewops ${word}'${also}) command=${word} ;;`;
  })
  .join('\n')}
  /previewops | '/previewops '*) command=help ;;
  *) command= ;;
esac
echo "command=$command" >> "$GITHUB_OUTPUT"`;

const readStep = lines(
  '- name: Read the first line of the comment',
  '  id: read',
  '  env:',
  `    BODY: ${expression('github.event.comment.body')}`,
  '  run: |',
  script(readScript),
);

const reactStep = lines(
  '- name: Say that it was seen',
  `  if: ${asked}`,
  '  continue-on-error: true',
  '  env:',
  `    GH_TOKEN: ${expression('github.token')}`,
  `    COMMENT: ${expression('github.event.comment.id')}`,
  '  run: gh api --silent "repos/$GITHUB_REPOSITORY/issues/comments/$COMMENT/reactions" -f content=eyes',
);

/** The result, which is stdout, goes to a file; progress goes to the log and to another. */
const commandScript = (options: CheckedOptions) => `status=0
{ previewops "$COMMAND"${configFlag(options)} > "$RUNNER_TEMP/result.txt"; } 2>&1 | tee "$RUNNER_TEMP/progress.txt" || status=$?
cat "$RUNNER_TEMP/result.txt"
echo "status=$status" >> "$GITHUB_OUTPUT"
exit "$status"`;

const commandStep = (options: CheckedOptions) =>
  lines(
    '- name: Run it',
    '  id: run',
    `  if: ${runs}`,
    '  env:',
    `    COMMAND: ${expression('steps.read.outputs.command')}`,
    `    GITHUB_TOKEN: ${expression('github.token')}`,
    '  run: |',
    script(commandScript(options)),
  );

/** Four spaces in front make a code block that no line inside can end. */
const answerScript = `answer=$RUNNER_TEMP/answer.md
quote() { tail -n "$2" "$1" | tr -d '\\000-\\010\\013-\\037\\177' | cut -c 1-300 | sed 's/^/    /'; }
if [ "$COMMAND" = help ]; then
  echo "previewops knows ${commentCommands.map((word) => `\\\`/previewops ${word}\\\``).join(', ')}." > "$answer"
else
  case $STATUS in
    0) outcome=done ;;
    '') outcome='did not start' ;;
    *) outcome="failed with exit code $STATUS" ;;
  esac
  run=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID
  echo "\\\`previewops $COMMAND\\\`: $outcome ([log]($run))" > "$answer"
  if [ -s "$RUNNER_TEMP/result.txt" ]; then
    { echo; quote "$RUNNER_TEMP/result.txt" 100; } >> "$answer"
  fi
  if [ "$STATUS" != 0 ] && [ -s "$RUNNER_TEMP/progress.txt" ]; then
    { echo; echo 'The end of its progress:'; echo; quote "$RUNNER_TEMP/progress.txt" 30; } >> "$answer"
  fi
fi
gh api --silent "repos/$GITHUB_REPOSITORY/issues/$PULL/comments" -F body=@"$answer"`;

const answerStep = lines(
  '- name: Answer',
  `  if: \${{ !cancelled() && ${asked} }}`,
  '  env:',
  `    GH_TOKEN: ${expression('github.token')}`,
  `    COMMAND: ${expression('steps.read.outputs.command')}`,
  `    STATUS: ${expression('steps.run.outputs.status')}`,
  `    PULL: ${expression('github.event.issue.number')}`,
  '  run: |',
  script(answerScript),
);
