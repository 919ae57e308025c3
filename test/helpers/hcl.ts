/** One block of Terraform: `resource "type" "name" { ... }`. */
export interface HclBlock {
  labels: string[];
  body: Record<string, unknown>;
}

/**
 * Reads the part of Terraform's language that the tests meet: blocks, strings, lists, objects,
 * `jsonencode(...)` as what it encodes, and references as text. Throws on anything else.
 */
export function readHcl(text: string): HclBlock[] {
  const tokens = [...text.matchAll(/"(?:[^"\\]|\\.)*"|[A-Za-z_][\w.]*|[{}[\](),=]|\S/g)].map(
    String,
  );
  let at = 0;
  const next = () => tokens[at++] ?? '';
  const take = (wanted: string) => {
    const token = next();
    if (token !== wanted) throw new Error(`${wanted} expected at token ${at}, not ${token}`);
  };
  const word = (token: string) => {
    if (!token.startsWith('"')) return token;
    if (/(?<![$%])[$%]\{/.test(token.replaceAll(/\$\$\{|%%\{/g, '')))
      throw new Error(`template: ${token}`);
    return String(JSON.parse(token.replaceAll(/([$%])\1\{/g, '$1{')));
  };
  const object = () => {
    const found: Record<string, unknown> = {};
    while (tokens[at] !== '}') {
      const key = word(next());
      take('=');
      found[key] = value();
    }
    take('}');
    return found;
  };
  const list = () => {
    const found: unknown[] = [];
    while (tokens[at] !== ']') {
      found.push(value());
      if (tokens[at] !== ']') take(',');
    }
    take(']');
    return found;
  };
  const value = (): unknown => {
    const token = next();
    if (token === '{') return object();
    if (token === '[') return list();
    if (token !== 'jsonencode') return word(token);
    take('(');
    const inner = value();
    take(')');
    return inner;
  };
  const blocks: HclBlock[] = [];
  while (at < tokens.length) {
    take('resource');
    const labels = [word(next()), word(next())];
    take('{');
    blocks.push({ labels, body: object() });
  }
  return blocks;
}
