import { listenerPattern, regionPattern } from '../../src/config/arn.ts';
import { describeCodesMistake } from '../../src/config/codes.ts';
import { anyCredential } from '../../src/config/credentials.ts';
import type { EditorForm } from '../../src/config/editor-forms.ts';
import { cpuSizes } from '../../src/config/fargate.ts';
import { cpuUnits, type SchemaNode, sizeIs } from '../../src/config/rules-for-editors.ts';
import { memoryPattern } from '../../src/config/units.ts';
import { durationRange } from './ranges.ts';

/** Text that matches none of the shapes of credentials. */
const noCredential = `(?![\\s\\S]*(?:${anyCredential}))`;
const word = ['string', 'number', 'boolean'];

type Forms = {
  [Kind in EditorForm['kind']]: (form: EditorForm & { kind: Kind }, node: SchemaNode) => SchemaNode;
};

const forms: Forms = {
  duration: ({ from, to }) => ({
    type: ['number', 'string'],
    minimum: from,
    maximum: to,
    pattern: durationRange(from, to),
  }),
  cpu: () => ({ anyOf: cpuSizes.flatMap((size) => sizeIs(size, cpuUnits).anyOf ?? []) }),
  memory: () => ({ type: ['integer', 'string'], minimum: 512, pattern: memoryPattern.source }),
  codes: () => ({
    type: ['string', 'integer'],
    minimum: 200,
    maximum: 499,
    pattern: `^${codes}(?:,${codes})*$`,
    errorMessage: describeCodesMistake('') ?? '',
  }),
  'host-pattern': () => {
    const sign = '(?:[a-z0-9]|\\{(?:id|pr|branch|app)\\})';
    const label = `${sign}(?:-*${sign})*`;
    return {
      type: 'string',
      pattern: `^(?=.{1,128}$)(?=.*\\{(?:id|pr|branch)\\})${label}\\.\\{baseDomain\\}$`,
      errorMessage:
        'must be one label with {id}, {pr} or {branch} in it, and end with .{baseDomain}',
    };
  },
  listener: () => ({
    type: 'string',
    pattern: listenerPattern.source.replace('[a-z0-9-]+', bare(regionPattern)),
  }),
  repository: () => {
    const path = '[\\w./~%+-]+';
    const https = `[hH][tT][tT][pP][sS]:\\/\\/[A-Za-z0-9.-]+(?::\\d{1,5})?\\/${path}`;
    const ssh = `(?:ssh:\\/\\/)?[\\w.-]+@[A-Za-z0-9.-]+(?::(?:\\d+\\/)?|\\/)${path}`;
    return { type: 'string', pattern: `^\\s*(?:${https}|${ssh})\\s*$` };
  },
  unique: () => ({ uniqueItems: true }),
  hook: () => {
    const text = { type: word, pattern: `^(?=[\\s\\S]*\\S)${noCredential}` };
    const one =
      'must be a word: text, a number, true or false, and nothing that looks like a credential';
    return {
      anyOf: [
        text,
        {
          type: 'array',
          minItems: 1,
          maxItems: 100,
          items: [{ ...text, errorMessage: one }],
          additionalItems: { type: word, pattern: `^${noCredential}`, errorMessage: one },
        },
      ],
    };
  },
  literal: ({ remedy }) => ({
    type: word,
    pattern: `^${noCredential}`,
    errorMessage: `must be text, a number, true or false; what looks like a credential is refused: ${remedy}`,
  }),
  variable: ({ reserved }, { pattern = '' }) => ({
    type: 'string',
    pattern: pattern.replace(
      '^',
      `^${['__proto__', ...reserved].map((name) => `(?!${name}$)`).join('')}(?!${anyCase('PREVIEWOPS_')})`,
    ),
    errorMessage:
      'must be named with A-Z, a-z, 0-9 and _, not begin with a digit, and be none that previewops sets',
  }),
  'tag-key': (_, { pattern = '' }) => ({
    type: 'string',
    pattern: pattern.replace('^', `^(?!(?:${anyCase('aws')}|${anyCase('previewops')}):)`),
    errorMessage:
      'must be named with 1 to 127 letters, digits, spaces and _ . : / = + - @, and not begin with aws: or previewops:',
  }),
};

/** What JSON Schema says in place of a check in code. `node` is what zod made of its patterns. */
export function renderForm(form: EditorForm, node: SchemaNode): SchemaNode {
  const render = forms[form.kind] as (form: EditorForm, node: SchemaNode) => SchemaNode;
  return render(form, node);
}

const codes = '[2-4]\\d\\d(?:-[2-4]\\d\\d)?';
const bare = ({ source }: RegExp) => `(?:${source.replace(/^\^|\$$/g, '')})`;
const anyCase = (text: string) =>
  text.replaceAll(/[A-Za-z]/g, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);
