import { featuresOf } from '../config/features.ts';
import type { CheckResult } from '../doctor/check.ts';
import { exitCodeOf, runDoctor } from '../doctor/doctor.ts';
import { judgePolicies } from '../doctor/policy-files.ts';
import { exitCodes, PreviewopsError } from '../errors.ts';
import { ciCommands } from '../permissions/needs.ts';
import { renderResults } from '../report/doctor.ts';
import type { Session } from '../report/io.ts';
import { createPaint } from '../report/paint.ts';
import { openContext, openSettings } from './context.ts';
import type { DoctorOptions } from './options.ts';
import { readPolicyFile } from './sandbox-setup.ts';
import { scopeOf } from './scope.ts';
import { underivable } from './settings.ts';
import { type Ui, withUi } from './ui.ts';

/** `previewops doctor`: finds what a deploy would stumble over. Gives the exit code. */
export function doctor(options: DoctorOptions, session: Session): Promise<number> {
  return withUi(options, session, async (ui) => {
    const offline = options.policyFile !== undefined;
    const results = await (offline ? fromFiles : fromAccount)(options, { session, ui });
    ui.progress.stop();
    const { printer } = ui;
    const code = exitCodeOf(results, options.strict);
    printer.document('doctor', { ok: code === exitCodes.done, checks: results });
    const paint = createPaint(printer.options.color);
    printer.result(...renderResults(results, { paint, verbose: options.verbose }));
    return code;
  });
}

interface Tools {
  session: Session;
  ui: Ui;
}

async function fromAccount(options: DoctorOptions, tools: Tools): Promise<CheckResult[]> {
  const { session, ui } = tools;
  if (options.boundaryFile !== undefined || options.scpFile !== undefined) {
    throw new PreviewopsError('bad-usage', '--boundary-file and --scp-file need --policy-file', {
      hint: 'Without --policy-file, IAM itself applies the boundary and the service control policies.',
    });
  }
  const context = await openContext(options, tools);
  const { config, app, aws, clock, provider, resolve, askRepository } = context;
  const name = app ?? '';
  ui.progress.emit({ type: 'waiting', what: 'the checks', ms: 0 });
  return runDoctor({
    config,
    app: name,
    scope: scopeOf(config, name),
    commands: options.as ?? ciCommands,
    only: options.only ?? [],
    aws,
    clock,
    signal: session.signal,
    random: session.io.random,
    resolve,
    askRepository,
    listPreviews: () => provider.list({ app: name }),
  });
}

/** Documents against what the commands will call; AWS is not asked. */
async function fromFiles(options: DoctorOptions, tools: Tools): Promise<CheckResult[]> {
  const { settings } = await openSettings(options, tools);
  const { config, app, file } = settings;
  if (app === undefined) throw underivable(file, 'app', 'my-app');
  const { cwd } = tools.session.io;
  const read = (flag: string) => (name: string) => readPolicyFile(name, { flag, cwd });
  const [identity, boundary, scps] = await Promise.all([
    Promise.all((options.policyFile ?? []).map(read('--policy-file'))),
    options.boundaryFile === undefined ? [] : read('--boundary-file')(options.boundaryFile),
    Promise.all((options.scpFile ?? []).map(read('--scp-file'))),
  ]);
  return judgePolicies({
    scope: scopeOf(config, app),
    commands: options.as ?? ciCommands,
    tags: config.tags,
    features: featuresOf(config),
    policies: { identity: identity.flat(), boundary, scps },
  });
}
