import type { CheckResult } from '../doctor/check.ts';
import { exitCodes } from '../errors.ts';
import { checkFlags } from '../init/flags.ts';
import { init as run, usualTemplate } from '../init/init.ts';
import type { InitOptions, InitResult } from '../init/outside.ts';
import { openPrompts, type Prompts } from '../init/prompts.ts';
import type { Session } from '../report/io.ts';
import { printable } from '../report/printable.ts';
import { isInteractive, sandboxMark } from '../report/printer.ts';
import { openOutside } from './init-outside.ts';
import type { InitCommandOptions } from './options.ts';
import { type Ui, withUi } from './ui.ts';

/** `previewops init`: from nothing to a configuration. Gives the exit code. */
export function init(options: InitCommandOptions, session: Session): Promise<number> {
  return withUi(options, session, async (ui) => {
    const asked = readOptions(options);
    const prompts = await promptsOf(options, session);
    const result = await run(asked, openOutside(options, { session, ui, prompts }));
    ui.progress.stop();
    report(result, ui);
    if (prompts) prompts.end(`next: ${nextStep(result)}`);
    else ui.note(`next: ${nextStep(result)}`);
    return exitCodes.done;
  });
}

function readOptions(options: InitCommandOptions): InitOptions {
  const { region, ci, bootstrap, apply, yes, force, offline, output } = options;
  // What is to be applied is to be made first.
  const template = bootstrap ?? (apply ? true : undefined);
  return {
    given: checkFlags({
      app: options.app,
      cluster: options.cluster,
      vpc: options.vpc,
      subnets: options.subnets,
      securityGroups: options.securityGroups,
      albListenerArn: options.listener,
      executionRoleArn: options.executionRole,
      baseDomain: options.baseDomain,
      hostedZoneId: options.hostedZone,
      port: options.port,
      repository: options.repository,
      buildRoleArn: options.buildRole,
    }),
    region,
    ci,
    bootstrap: template === true ? usualTemplate : template,
    apply,
    yes,
    force,
    offline,
    output: output ?? options.config,
  };
}

/** A person is asked on a terminal, unless the answers are given in advance. */
async function promptsOf(
  { yes, json, sandbox }: InitCommandOptions,
  { io, signal }: Session,
): Promise<Prompts | undefined> {
  if (yes || json || io.terminal === undefined || !isInteractive(io.stderr, io.env)) {
    return undefined;
  }
  const prompts = await openPrompts(io.terminal, { signal, mark: sandbox ? sandboxMark : '' });
  prompts.begin('previewops init');
  return prompts;
}

function report(result: InitResult, { printer, note, warnings }: Ui): void {
  const { files, open, findings, stack, values } = result;
  const told = stack ? { stack: { name: stack.name, outcome: stack.outcome } } : {};
  printer.document('init', { ok: true, files, open, values, findings, warnings, ...told });
  if (stack?.result.deployRoleArn !== undefined) note(`CI takes on ${stack.result.deployRoleArn}`);
  for (const arn of stack?.result.deployPolicyArns ?? []) note(`attach to whoever deploys: ${arn}`);
  const target = stack?.result.loadBalancerDnsName;
  if (target !== undefined && stack?.writesRecord === false) {
    note(`write this record: *.${values.baseDomain ?? '<baseDomain>'}  CNAME  ${target}`);
  }
  printer.result(...files.map(({ name, fate }) => `${fate.padEnd(9)} ${printable(name)}`));
  if (open.length > 0)
    note(`to be filled in: ${open.join(', ')}; \`previewops validate\` says where`);
}

const fails = (findings: readonly CheckResult[]) =>
  findings.some(({ status }) => status === 'fail');

function nextStep({ open, findings }: InitResult): string {
  if (open.length > 0) return 'fill in the rest, then previewops validate';
  return fails(findings)
    ? 'previewops doctor, which has the fix for each of the failures'
    : 'previewops doctor, then previewops deploy --pr <number>';
}
