import { inspect } from 'node:util';
import type { PreviewopsError } from '../errors.ts';
import type { FailureReport } from '../preview/failure.ts';
import { evidenceLines } from './evidence.ts';
import { block, type Printer } from './printer.ts';

/**
 * Says why a run ended: a block on stderr, and with `--json` a document as well. Mistakes in the
 * configuration are printed bare, one a line, so that editors and CI can read `file:line:column`.
 */
export function reportFailure(error: PreviewopsError, printer: Printer, debug: boolean): void {
  printer.document('error', { error: error.toJSON() });
  if (error.details?.problems !== undefined) printer.tell(...block('', error.message, ''));
  else printer.tell(...errorLines(error));
  if (debug) printer.tell(...block('', inspect(error), ''));
}

/** What happened, the evidence where there is some, and what to do. */
export function errorLines({ message, hint, details }: PreviewopsError): string[] {
  const failure = details?.failure as FailureReport | undefined;
  return [
    ...block('error: ', message),
    ...(failure ? evidenceLines(failure) : []),
    ...(hint === undefined ? [] : block('  ', hint)),
  ];
}
