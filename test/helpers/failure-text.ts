import type { PreviewopsError } from '../../src/errors.ts';
import { reportFailure } from '../../src/report/failure.ts';
import { createPrinter } from '../../src/report/printer.ts';

/** What a user reads on stderr when a run ends with this error. */
export function failureText(error: PreviewopsError): string {
  let text = '';
  const stderr = {
    write: (more: string) => {
      text += more;
    },
  };
  const printer = createPrinter(
    { stdout: stderr, stderr },
    { sandbox: false, json: false, color: false },
  );
  reportFailure(error, printer, false);
  return text;
}
