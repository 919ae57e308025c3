/** What of the library is used: asked for by name, so that the rest of it stays out of the package. */
export {
  CANCEL_SYMBOL,
  confirm,
  intro,
  isCancel,
  log,
  multiselect,
  outro,
  select,
  text,
} from '@clack/prompts';
