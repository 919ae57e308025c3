import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Options } from 'tsup';

/**
 * The SDK keeps the schemas of all a service's shapes in one module, as arrays with computed keys,
 * which a bundler dares not drop. They have no effects: said so, only those of our calls are kept,
 * and the EC2 client alone shrinks from half a megabyte to a few kilobytes. Of the errors it keeps
 * those that our source names; AWS's others arrive all the same, as the service's general error
 * with their own name and text.
 */
export const pruneSchemas: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'prune-schemas',
  setup(build) {
    const source = readSource();
    const isNamed = (error: string) => source.includes(error);
    build.onLoad({ filter: /@aws-sdk\/.*\/schemas\/schemas_\d+\.js$/ }, async ({ path }) => ({
      contents: markPure(dropErrors(await readFile(path, 'utf8'), isNamed)),
      loader: 'js',
    }));
  },
};

const src = fileURLToPath(new URL('../src', import.meta.url));
const readSource = () =>
  (readdirSync(src, { recursive: true, encoding: 'utf8' }) as string[])
    .filter((file) => file.endsWith('.ts') && !file.startsWith('sandbox'))
    .map((file) => readFileSync(`${src}/${file}`, 'utf8'))
    .join('\n');

/** `var X = [...];` -> `var X = /* @__PURE__ *\/ (() => [...])();`, at the top level only. */
export function markPure(text: string): string {
  return text.replace(
    /^((?:export )?(?:var|const) [\w$]+ = )(\[(?:.|\n)*?\n?\]);$/gm,
    '$1/* @__PURE__ */ (() => $2)();',
  );
}

/** Leaves the errors of the model that nobody names unregistered, but for each service's base. */
export function dropErrors(text: string, isNamed: (error: string) => boolean): string {
  return text.replace(/^n0_registry\.registerError\(\w+\$, (\w+)\);$/gm, (line, error: string) =>
    isNamed(error) ? line : '',
  );
}
