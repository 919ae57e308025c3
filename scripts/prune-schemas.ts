import { readFile } from 'node:fs/promises';
import type { Options } from 'tsup';

/**
 * The SDK keeps the schemas of all a service's shapes in one module, as arrays with computed keys,
 * which a bundler dares not drop. They have no effects: said so, only those of our calls are kept,
 * and the EC2 client alone shrinks from half a megabyte to a few kilobytes.
 */
export const pruneSchemas: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'prune-schemas',
  setup(build) {
    build.onLoad({ filter: /@aws-sdk\/.*\/schemas\/schemas_\d+\.js$/ }, async ({ path }) => ({
      contents: markPure(await readFile(path, 'utf8')),
      loader: 'js',
    }));
  },
};

/** `var X = [...];` -> `var X = /* @__PURE__ *\/ (() => [...])();`, at the top level only. */
export function markPure(source: string): string {
  return source.replace(
    /^((?:export )?(?:var|const) [\w$]+ = )(\[(?:.|\n)*?\n?\]);$/gm,
    '$1/* @__PURE__ */ (() => $2)();',
  );
}
