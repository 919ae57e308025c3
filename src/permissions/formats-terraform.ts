import type { NamedPolicy } from './formats.ts';
import type { Role } from './roles.ts';

/** `aws_iam_policy` resources. */
export function renderTerraformPolicies(policies: readonly NamedPolicy[]): string {
  return policies
    .map(({ name, description, document }) =>
      block('aws_iam_policy', name, [
        ['name', hcl(name)],
        ['description', hcl(description)],
        ['policy', `jsonencode(${hcl(document, 1)})`],
      ]),
    )
    .join('\n');
}

/** The role, with its permissions inline. */
export function renderTerraformRole({ name, path, trust, permissions }: Role): string {
  const label = labelOf(name);
  return [
    block('aws_iam_role', name, [
      ['name', hcl(name)],
      ...(path === '/' ? [] : [['path', hcl(path)] as const]),
      ['assume_role_policy', `jsonencode(${hcl(trust, 1)})`],
    ]),
    block('aws_iam_role_policy', name, [
      ['name', hcl('previewops')],
      ['role', `aws_iam_role.${label}.id`],
      ['policy', `jsonencode(${hcl(permissions, 1)})`],
    ]),
  ].join('\n');
}

function block(
  type: string,
  name: string,
  attributes: readonly (readonly [name: string, value: string])[],
): string {
  return `resource ${hcl(type)} ${hcl(labelOf(name))} {\n${assignments(attributes, '  ')}}\n`;
}

/** As `terraform fmt` puts them: neighbours of one line have their equals signs in a column. */
function assignments(
  pairs: readonly (readonly [name: string, value: string])[],
  indent: string,
): string {
  const long = pairs.map(([, value]) => value.includes('\n'));
  const lines = pairs.map(([key, value], at) => {
    if (long[at]) return `${indent}${key} = ${value}\n`;
    const from = long.lastIndexOf(true, at) + 1;
    const to = long.indexOf(true, at);
    const row = pairs.slice(from, to < 0 ? undefined : to);
    return `${indent}${key.padEnd(Math.max(...row.map(([name]) => name.length)))} = ${value}\n`;
  });
  return lines.join('');
}

/** A label begins with a letter or underscore and holds letters, digits, `_` and `-`. */
const labelOf = (name: string) => name.replaceAll(/[^\w-]/g, '_').replace(/^(?=[\d-])/, '_');

/** Plain data as a Terraform expression, whose first line stands at this depth. */
function hcl(value: unknown, depth = 0): string {
  const inner = '  '.repeat(depth + 1);
  const end = '  '.repeat(depth);
  if (Array.isArray(value)) {
    const items = value.map((item) => `${inner}${hcl(item, depth + 1)},\n`);
    return `[\n${items.join('')}${end}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(
      ([key, item]) => [keyOf(key), hcl(item, depth + 1)] as const,
    );
    return `{\n${assignments(pairs, inner)}${end}}`;
  }
  return quoted(String(value));
}

const keyOf = (key: string) => (/^[A-Za-z_]\w*$/.test(key) ? key : quoted(key));

/** JSON's escapes are HCL's, but `${` and `%{` would begin a template. */
const quoted = (text: string) => JSON.stringify(text).replaceAll(/([$%])\{/g, '$1$1{');
