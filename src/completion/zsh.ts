import type { CompletedCommand, Flag, Spec } from './spec.ts';

/** A script that can be sourced, and that serves as a file `_previewops` in `$fpath` as well. */
export function zshCompletion({ program, version, flags, commands }: Spec): string {
  const fn = `_${program}`;
  return `#compdef ${program}
# zsh completion of ${program} ${version}
${fn}() {
  local context state line
  local -a commands
  local -A opt_args
  commands=(
${commands.map(({ name, about }) => `    ${quoted(`${name}:${about.replaceAll(':', '\\:')}`)}`).join('\n')}
  )
  _arguments -C \\
${flags.map((flag) => `    ${argumentOf(flag)} \\`).join('\n')}
    '1: :->command' '*:: :->rest'
  case $state in
    command) _describe -t commands command commands ;;
    rest)
      case $line[1] in
${commands.map(commandCase).join('\n')}
      esac
      ;;
  esac
}
if [ "$funcstack[1]" = ${fn} ]; then
  ${fn} "$@"
else
  compdef ${fn} ${program}
fi
`;
}

function commandCase({ name, flags, words }: CompletedCommand): string {
  const first = words.length === 0 ? [] : [`'1: :(${words.join(' ')})'`];
  const all = [...flags.map(argumentOf), ...first];
  const lines = all.map((each) => `            ${each}`).join(' \\\n');
  return `        ${name})\n          _arguments \\\n${lines}\n          ;;`;
}

const actions = { none: '', file: ':file:_files', other: ':value: ' };

/** One specification of `_arguments`: `{-f,--follow}'[go on]'`. */
function argumentOf({ names, about, value }: Flag): string {
  const action = Array.isArray(value) ? `:value:(${value.join(' ')})` : actions[value];
  const words =
    value === 'none' ? names : names.map((name) => `${name}${name.startsWith('--') ? '=' : ''}`);
  const head = words.length > 1 ? `{${words.join(',')}}` : words.join('');
  const text = about.replaceAll(/[[\]:\\]/g, '\\$&');
  return `${head}${quoted(`[${text}]${action}`)}`;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
