// Longer than most: the whole command line in one place, a function a command.
import { Argument, Command, CommanderError, Help, Option } from 'commander';
import { workflowNames } from './ci/workflows/words.ts';
import { commandFirst } from './commands/argv.ts';
import type { Shell } from './commands/completion.ts';
import { sortKeys } from './commands/list-view.ts';
import {
  type CommonOptions,
  type DeployOptions,
  type DestroyOptions,
  type DoctorOptions,
  type InitCommandOptions,
  type KeepOptions,
  type ListOptions,
  type LogsOptions,
  type OpenOptions,
  type PolicyCommandOptions,
  type PruneOptions,
  parseApp,
  parseAs,
  parseBranch,
  parseCommands,
  parseCommit,
  parseFiles,
  parseFor,
  parseGroups,
  parseIds,
  parseImage,
  parseOlderThan,
  parsePort,
  parsePr,
  parseRegion,
  parseRoleArn,
  parseRunId,
  parseSince,
  parseStatuses,
  parseText,
  parseTimeout,
  parseWords,
  type RunOptions,
  type StartOptions,
  type StatusOptions,
  type StopOptions,
  type ValidateOptions,
} from './commands/options.ts';
import { groups } from './doctor/groups.ts';
import { exitCodes, PreviewopsError } from './errors.ts';
import { policyFormats, roleKinds } from './permissions/words.ts';
import type { Session } from './report/io.ts';
import { version } from './version.ts';

/** Parses `argv` (without node and script) and runs the command that it names. Gives the exit code. */
export async function runCommand(argv: readonly string[], session: Session): Promise<number> {
  let code: number = exitCodes.done;
  const program = declareProgram(session, (result) => {
    code = result;
  });
  if (argv.length === 0 || argv.some((word) => /^(?:--help|help|-\w*h\w*)$/.test(word))) {
    await addHelp(program);
  }
  const words = commandFirst(argv, program);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help that was not asked for: no command was given.
    if (error.code === 'commander.help') return argv.length === 0 ? exitCodes.usage : code;
    if (error.exitCode === 0) return exitCodes.done;
    throw usageError(error, { argv: words, known: program.commands.map((one) => one.name()) });
  }
  return code;
}

/** Examples and exit codes behind the flags of every command. They take as much room as the commands. */
export async function addHelp(program: Command): Promise<void> {
  const { helpAfter } = await import('./help.ts');
  for (const command of [program, ...program.commands]) {
    command.addHelpText('after', helpAfter(command === program ? '' : command.name()));
  }
}

/** Runs a command's lazily imported action; its exit code becomes the program's. */
type Act = <Options extends CommonOptions>(
  load: () => Promise<(options: Options, session: Session) => Promise<number>>,
) => (options: Options) => Promise<void>;

/** Every command with its flags; `done` is told the exit code of the one that ran. */
export function declareProgram(session: Session, done: (code: number) => void): Command {
  const { stdout, stderr } = session.io;
  const program = new Command('previewops')
    .description('Gives every pull request its own running copy on AWS ECS Fargate.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ optionDescription: describeOption })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: () => {}, // comes back as an exception, and is reported as every other error is
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
    });
  const act: Act = (load) => async (options) => {
    checkCommon(options);
    const command = await load();
    done(await command(options, session));
  };
  declareInit(program.command('init'), act);
  declareDeploy(program.command('deploy'), act);
  declareDestroy(program.command('destroy'), act);
  declareList(program.command('list'), act);
  declareKeep(program.command('keep'), act);
  declareStop(program.command('stop'), act);
  declareStart(program.command('start'), act);
  declarePrune(program.command('prune'), act);
  declareStatus(program.command('status'), act);
  declareOpen(program.command('open'), act);
  declareLogs(program.command('logs'), act);
  declareRun(program.command('run'), act);
  declareValidate(program.command('validate'), act);
  declareDoctor(program.command('doctor'), act);
  declarePolicy(program.command('policy'), act);
  declareCompletion(program.command('completion'), { session, done });
  return program;
}

const standard = new Help();

/** That a flag is false unless given goes without saying. */
const describeOption = (option: Option) =>
  option.isBoolean() ? option.description : standard.optionDescription(option);

function declareInit(command: Command, act: Act): void {
  const ci = new Option('--ci <name>', "write this CI's files too");
  const bootstrap = '--bootstrap [file]';
  const text = (flag: string) => parseText(flag);
  command
    .description('write previewops.yml from what your AWS account has, or make what it lacks')
    .option('--region <name>', 'AWS region (default: as the AWS CLI takes it)', parseRegion)
    .option('--cluster <name>', 'ECS cluster', text('--cluster'))
    .option('--listener <arn>', 'HTTPS listener of the load balancer', text('--listener'))
    .option('--vpc <id>', "VPC (default: the load balancer's)", text('--vpc'))
    .option('--subnets <ids>', 'subnets for tasks, with commas', parseIds('--subnets'))
    .option(
      '--security-groups <ids>',
      'security groups of tasks, with commas',
      parseIds('--security-groups'),
    )
    .option('--execution-role <arn>', 'role that starts tasks', text('--execution-role'))
    .option('--build-role <arn>', 'role that builds images', text('--build-role'))
    .option('--base-domain <name>', 'domain of the previews', text('--base-domain'))
    .option('--hosted-zone <id>', 'Route 53 zone, for a record each', text('--hosted-zone'))
    .option('--app <name>', 'name of the app (default: after the repository)', parseApp)
    .option('--repository <url>', 'clone URL (default: the remote origin)', text('--repository'))
    .option('--port <number>', 'port of the container (default: the EXPOSE)', parsePort)
    .addOption(ci.choices(workflowNames))
    .option(bootstrap, 'write a CloudFormation template for what is missing')
    .option('--apply', 'create or update its stack, and write down what it gives', false)
    .option('-y, --yes', 'take the proposals', false)
    .option('--force', 'write over values and files that are there', false)
    .option('--offline', 'ask AWS nothing, and leave placeholders', false)
    .option('-o, --output <file>', 'the file to write (default: previewops.yml)', text('--output'))
    .action(act<InitCommandOptions>(async () => (await import('./commands/init.ts')).init));
  withCommon(command);
}

function declareDeploy(command: Command, act: Act): void {
  const timeout = new Option('--timeout <duration>', 'limit for build and rollout together');
  const image = new Option('--image <ref>', 'run this image and build none');
  const evict = new Option('--evict <which>', 'where there is no room for it, remove one first');
  withRef(command)
    .description('create or update a preview, and print its URL')
    .option(
      '--commit <sha>',
      "commit to build (default: the CI's, else the newest at the remote)",
      (text) => parseCommit(text),
    )
    .addOption(image.argParser(parseImage).conflicts('rebuild'))
    .option('--rebuild', 'build even if this commit has been built', false)
    .option('--dry-run', 'print what would change, and change nothing', false)
    .option('--cleanup-on-failure', 'remove a preview whose first deploy fails', false)
    .addOption(evict.choices(['oldest-idle']))
    .option('--no-wait', 'return once the rollout has started')
    .option('--no-probe', 'do not wait until the URL answers')
    .addOption(timeout.argParser(parseTimeout).default(parseTimeout('15m'), '15m'))
    .action(act<DeployOptions>(async () => (await import('./commands/deploy.ts')).deploy));
  withReports(command);
  withCommon(command);
}

function declareDestroy(command: Command, act: Act): void {
  const all = new Option('--all', 'every preview of this app; asks, or needs --yes');
  const one = ['pr', 'branch', 'runId', 'callbackUrl', 'outputEnv'];
  withRef(command)
    .description('remove a preview and all that belongs to it')
    .addOption(all.conflicts(one))
    .option('--yes', 'do not ask (with --all)')
    .option('--dry-run', 'print what would be removed, and remove nothing', false)
    .action(act<DestroyOptions>(async () => (await import('./commands/destroy.ts')).destroy));
  withReports(command);
  withCommon(command);
}

function declareList(command: Command, act: Act): void {
  const app = new Option('--app <name>', 'show those of another app');
  const status = new Option('--status <words>', 'only those: ready, expired, orphan ...');
  const sort = new Option('--sort <by>', 'what comes first');
  command
    .description('show the previews of this app')
    .addOption(app.argParser(parseApp).conflicts('allApps'))
    .option('--all-apps', 'show those of every app in the cluster', false)
    .addOption(status.argParser(parseStatuses))
    .addOption(sort.choices(sortKeys).default('id'))
    .option('--watch', 'draw it again every 5 s until Ctrl-C', false)
    .action(act<ListOptions>(async () => (await import('./commands/list.ts')).list));
  withCommon(command);
}

function declareKeep(command: Command, act: Act): void {
  const time = new Option('--for <duration>', 'until that is over, however soon or late');
  withRef(command)
    .description('say how long a preview stays; without a flag, as after its last deploy')
    .addOption(time.argParser(parseFor).conflicts('forever'))
    .option('--forever', 'until somebody says otherwise', false)
    .action(act<KeepOptions>(async () => (await import('./commands/keep.ts')).keep));
  withCommon(command);
}

function declareStop(command: Command, act: Act): void {
  withRef(command)
    .description('run nothing of a preview until it is started or deployed again')
    .action(act<StopOptions>(async () => (await import('./commands/stop.ts')).stop));
  withCommon(command);
}

function declareStart(command: Command, act: Act): void {
  const timeout = new Option('--timeout <duration>', 'limit for its tasks to be healthy');
  withRef(command)
    .description('bring back a preview that was stopped, and print its URL')
    .option('--no-wait', 'return once its tasks were asked for')
    .option('--no-probe', 'do not wait until the URL answers')
    .addOption(timeout.argParser(parseTimeout).default(parseTimeout('15m'), '15m'))
    .action(act<StartOptions>(async () => (await import('./commands/start.ts')).start));
  withCommon(command);
}

function declarePrune(command: Command, act: Act): void {
  const app = new Option('--app <name>', 'those of another app');
  const age = new Option('--older-than <duration>', 'last deployed longer ago; narrows the others');
  command
    .description('remove previews that expired, lost their pull request, or are left over')
    .option('--expired', 'those whose time is over', false)
    .option('--closed', 'those of closed or merged pull requests', false)
    .option('--orphans', 'what is left of previews', false)
    .option('--idle', 'stop those without a request for as long as `idle` says', false)
    .addOption(age.argParser(parseOlderThan))
    .addOption(app.argParser(parseApp).conflicts('allApps'))
    .option('--all-apps', 'those of every app in the cluster', false)
    .option('--yes', 'remove them without asking', false)
    .option('--dry-run', 'print what would be removed, and remove nothing', false)
    .action(act<PruneOptions>(async () => (await import('./commands/prune.ts')).prune));
  withCommon(command);
}

function declareStatus(command: Command, act: Act): void {
  withRef(command)
    .description('show one preview in full, and why it failed if it did')
    .action(act<StatusOptions>(async () => (await import('./commands/status.ts')).status));
  withCommon(command);
}

function declareOpen(command: Command, act: Act): void {
  withRef(command)
    .description("open a preview's URL in the browser, and print it")
    .option('--print', 'print it and open nothing', false)
    .action(act<OpenOptions>(async () => (await import('./commands/open.ts')).open));
  withCommon(command);
}

function declareLogs(command: Command, act: Act): void {
  const container = new Option('--container <name>', 'only the lines of this container');
  const build = new Option('--build', "the image's build instead; with --previous the one before");
  const since = new Option('--since <duration>', 'only lines of the last 10m, 2h, 1d ...');
  withRef(command)
    .description("show the lines of a preview's containers")
    .option('-f, --follow', 'go on with new lines until interrupted', false)
    .option('--previous', 'of the last task that stopped', false)
    .addOption(build.conflicts('container'))
    .addOption(container.argParser(parseText('--container')))
    .addOption(since.argParser(parseSince))
    .action(act<LogsOptions>(async () => (await import('./commands/logs.ts')).logs));
  withCommon(command);
}

function declareRun(command: Command, act: Act): void {
  const timeout = new Option('--timeout <duration>', 'after which the command is stopped');
  const start = act<RunOptions>(async () => (await import('./commands/run.ts')).run);
  withRef(command)
    .description("run a command once in a preview's image, and exit as it does")
    .argument('[command...]', 'words of the command, behind --')
    .addOption(timeout.argParser(parseTimeout).default(parseTimeout('1h'), '1h'))
    .action((words: string[], options: Omit<RunOptions, 'command'>) =>
      start({ ...options, command: parseWords(words) }),
    );
  withCommon(command);
}

function declareValidate(command: Command, act: Act): void {
  command
    .description('check configuration, credentials and cluster')
    .option('--offline', 'check the configuration only', false)
    .action(act<ValidateOptions>(async () => (await import('./commands/validate.ts')).validate));
  withCommon(command);
}

function declareDoctor(command: Command, act: Act): void {
  const only = new Option('--only <groups>', `only checks of these groups (${groups.join(', ')})`);
  const as = new Option(
    '--as <commands>',
    'permissions of these commands (default: all that CI runs)',
  );
  const policy = new Option(
    '--policy-file <file>',
    'judge this policy instead, without AWS; repeatable',
  );
  const boundary = new Option(
    '--boundary-file <file>',
    'permissions boundary beside --policy-file',
  );
  const scp = new Option('--scp-file <file>', 'service control policies of one level; repeatable');
  command
    .description('find what a deploy would stumble over, and say how to mend it')
    .addOption(only.argParser(parseGroups).conflicts('policyFile'))
    .addOption(as.argParser(parseAs))
    .option('--strict', 'let warnings fail', false)
    .addOption(policy.argParser(parseFiles('--policy-file')))
    .addOption(boundary.argParser(parseText('--boundary-file')))
    .addOption(scp.argParser(parseFiles('--scp-file')))
    .action(act<DoctorOptions>(async () => (await import('./commands/doctor.ts')).doctor));
  withCommon(command);
}

function declarePolicy(command: Command, act: Act): void {
  const wanted = new Option(
    '--for <commands>',
    'only for these commands (default: all that CI runs)',
  );
  const format = new Option('--format <format>', 'how to print it');
  const role = new Option('--role <role>', 'what this role needs, and who may assume it');
  command
    .description('print the least permissions that this configuration needs')
    .addOption(wanted.argParser(parseCommands))
    .addOption(format.choices(policyFormats).default('json').conflicts('json'))
    .addOption(role.choices(roleKinds).conflicts('for'))
    .action(act<PolicyCommandOptions>(async () => (await import('./commands/policy.ts')).policy));
  withCommon(command);
}

function declareCompletion(
  command: Command,
  { session, done }: { session: Session; done: (code: number) => void },
): void {
  const shell = new Argument('<shell>', 'whose script it is');
  command
    .description('print a script that completes commands and flags in your shell')
    .addArgument(shell.choices(['bash', 'zsh', 'fish'] satisfies Shell[]))
    .action(async (chosen: Shell) => {
      const [{ completion }, { completionSpec }] = await Promise.all([
        import('./commands/completion.ts'),
        import('./completion/spec.ts'),
      ]);
      const spec = completionSpec(command.parent ?? command);
      done(completion({ shell: chosen, spec }, session));
    });
}

const withRef = (command: Command) =>
  command
    .option('--pr <number>', "pull request (default: $PREVIEWOPS_PR, else the CI's)", (text) =>
      parsePr(text),
    )
    .option('--branch <name>', "branch (default: the CI's, else the one checked out)", (text) =>
      parseBranch(text),
    );

const withReports = (command: Command) =>
  command
    .option('--run-id <id>', "the dispatcher's name of this run, for the callback", (text) =>
      parseRunId(text),
    )
    .option(
      '--callback-url <url>',
      'https URL that is told how the run ended',
      parseText('--callback-url'),
    )
    .option(
      '--output-env <file>',
      'write PREVIEWOPS_URL and others there (dotenv)',
      parseText('--output-env'),
    );

const withCommon = (command: Command) =>
  command
    .option(
      '--config <file>',
      'configuration file (default: the nearest previewops.yml)',
      parseText('--config'),
    )
    .option('--json', 'print one JSON document on stdout', false)
    .option('--sandbox', 'use a simulated AWS: no account, no cost', false)
    .option(
      '--sandbox-policy <file>',
      'IAM policy that the sandbox enforces',
      parseText('--sandbox-policy'),
    )
    .option('--profile <name>', 'AWS profile', parseText('--profile'))
    .option('--role-arn <arn>', 'role to assume', parseRoleArn)
    .option('--verbose', 'tell every step and retry', false)
    .option('--no-color', 'no colours');

function checkCommon({ sandbox, sandboxPolicy }: CommonOptions): void {
  if (sandboxPolicy === undefined || sandbox) return;
  throw new PreviewopsError('bad-usage', '--sandbox-policy needs --sandbox', {
    hint: 'Real AWS enforces its own policies.',
  });
}

/** Commander's error in our words: what is wrong, what was meant, where the help is. */
function usageError(
  error: CommanderError,
  { argv, known }: { argv: readonly string[]; known: readonly string[] },
): PreviewopsError {
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const command = argv.find((word) => !word.startsWith('-'));
  const help = `previewops ${known.includes(command ?? '') ? `${command} ` : ''}--help`;
  const meant = suggestion?.replace(/^\((.*)\)$/, '$1');
  return new PreviewopsError('bad-usage', message, {
    hint: `${meant === undefined ? '' : `${meant}\n`}Run \`${help}\` for what it takes.`,
    cause: error,
  });
}
