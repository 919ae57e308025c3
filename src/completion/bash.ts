import type { CompletedCommand, Flag, Spec } from './spec.ts';

/** A script for bash 3.2 and later, as macOS has it. It runs nothing but bash's own `compgen`. */
export function bashCompletion({ program, version, flags, commands }: Spec): string {
  const fn = `_${program}`;
  const names = commands.map(({ name }) => name);
  const top = [...names, ...flags.flatMap((flag) => flag.names)];
  return `# bash completion of ${program} ${version}
${fn}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} cmd='' words='' i
  COMPREPLY=()
  # bash takes --flag=value for three words
  if [[ $cur == '=' ]]; then
    cur=''
  elif [[ $prev == '=' ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      --) return ;;
      ${names.join('|')}) [[ -n $cmd ]] || cmd=\${COMP_WORDS[i]} ;;
    esac
  done
  case "$cmd $prev" in
${commands.flatMap(valueCases).join('\n')}
  esac
  if [[ -z $words ]]; then
    case $cmd in
      '') words='${top.join(' ')}' ;;
${commands.map(commandCase).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
${fn}_files() {
  local file
  compopt -o filenames 2>/dev/null
  while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$1")
}
complete -F ${fn} ${program}
`;

  /** Flags of one command that need a value, by what it may be. */
  function valueCases(command: CompletedCommand): string[] {
    const caseOf = (some: Flag[], then: string) =>
      some.length === 0 ? [] : [`    ${pattern(command.name, some)}) ${then} ;;`];
    const choices = command.flags.flatMap((flag) =>
      Array.isArray(flag.value) ? caseOf([flag], `words='${flag.value.join(' ')}'`) : [],
    );
    const having = (value: Flag['value']) => command.flags.filter((flag) => flag.value === value);
    return [
      ...choices,
      ...caseOf(having('file'), `${fn}_files "$cur"; return`),
      ...caseOf(having('other'), 'return'),
    ];
  }
}

const pattern = (command: string, flags: readonly Flag[]) =>
  flags.flatMap(({ names }) => names.map((name) => `'${command} ${name}'`)).join('|');

const commandCase = ({ name, words, flags }: CompletedCommand) =>
  `      ${name}) words='${[...words, ...flags.flatMap((flag) => flag.names)].join(' ')}' ;;`;
