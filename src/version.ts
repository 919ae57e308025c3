import { version as written } from '../package.json';

/** The version of this package, taken in at build time so that no file has to be read for it. */
export const version: string = written;
