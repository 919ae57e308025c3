import { exitCodes } from '../errors.ts';
import type { Session } from '../report/io.ts';
import { printable } from '../report/printable.ts';
import { openContext, openSettings } from './context.ts';
import type { ValidateOptions } from './options.ts';
import { underivable } from './settings.ts';
import { withUi } from './ui.ts';

/** `previewops validate`: the file first, then the credentials and the cluster. Gives the exit code. */
export function validate(options: ValidateOptions, session: Session): Promise<number> {
  return withUi(options, session, async (ui) => {
    const { printer } = ui;
    const tools = { session, ui };
    if (options.offline) {
      const { settings } = await openSettings(options, tools);
      const { file, app } = settings;
      if (app === undefined) throw underivable(file, 'app', 'my-app');
      printer.document('validate', { ok: true, file, app });
      printer.result(`${printable(file)} is valid (app ${app}); AWS was not asked`);
      return exitCodes.done;
    }
    const { file, app, provider } = await openContext(options, tools);
    const access = await provider.check();
    ui.progress.stop();
    printer.document('validate', { ok: true, file, app, access });
    printer.result(
      `${printable(file)} is valid`,
      `app      ${app}`,
      `caller   ${printable(access.callerArn)}`,
      `account  ${printable(access.account)}`,
      `region   ${printable(access.region)}`,
      `cluster  ${printable(access.cluster)}, found`,
    );
    return exitCodes.done;
  });
}
