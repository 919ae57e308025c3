// OSC and the other string sequences end at BEL or ST; a CSI at its final byte; the rest are two bytes long.
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[ -/]*[0-~]?/g;
/** Bidirectional controls can show a text in another order than it has ("Trojan Source"). */
const bidi = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const whitespace = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const controls = /[\u0000-\u001f\u007f-\u009f]/g;

/** Text from outside, made safe for one line of a terminal or of a CI log. */
export function printable(text: string): string {
  const plain = text
    .replace(escapes, '')
    .replace(whitespace, ' ')
    .replace(controls, '')
    .replace(bidi, '');
  return withoutWorkflowCommands(plain);
}

/** As `printable`, for several lines; each keeps its indentation. */
export function printableLines(text: string): string[] {
  return text
    .replace(escapes, '')
    .split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/)
    .map(printable);
}

// Between the signs there may be others that take no room: who compares texts by culture looks past them.
const lineCommand =
  /^([\s\p{Cf}\p{Default_Ignorable_Code_Point}]*):(?=[\p{Cf}\p{Default_Ignorable_Code_Point}]*:)/u;
const bracketCommand =
  /#([\p{Cf}\p{Default_Ignorable_Code_Point}]*)#(?=[\p{L}\p{Cf}\p{Default_Ignorable_Code_Point}]*\[)/gu;

/**
 * Whoever runs the job obeys some of what it prints. GitHub Actions: `::command::` at the start of a
 * line and `##[command]` anywhere in one (actions/runner, ActionCommand.cs). Azure Pipelines:
 * `##vso[command]` anywhere in one (azure-pipelines-agent, Command.cs). TeamCity: `##teamcity[message]`.
 * A space between the signs makes them mere text. GitLab's `section_start` and Travis's `travis_fold`
 * need a carriage return, which no line has any more.
 */
function withoutWorkflowCommands(line: string): string {
  return line.replace(lineCommand, '$1: ').replace(bracketCommand, '#$1# ');
}

// Raw 8-bit controls and bidi marks are legal in JSON, yet a terminal would act on them.
const unsafeInJson = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** One JSON document that is also safe to look at, and to print in a CI; on one line without `indent`. */
export function toJson(value: unknown, { indent = 2 } = {}): string {
  return JSON.stringify(value, undefined, indent)
    .replace(unsafeInJson, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(bracketCommand, '#$1\\u0023');
}
