import { defineConfig } from 'tsup';
import { leaveOut } from './scripts/leave-out.ts';
import { writeLicenses } from './scripts/licenses.ts';
import { pruneSchemas } from './scripts/prune-schemas.ts';

/** `tsup` makes the program; `tsup --dts-only` adds the types, which take longer than all the rest. */
export default defineConfig(({ dts: types }) => ({
  entry: { ...(types ? {} : { main: 'src/main.ts' }), index: 'src/index.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // All but one are bundled: a user installs one small package, whose parts load when they are used.
  // cosmiconfig asks for the compiler to read TypeScript configurations; whoever has one has it.
  noExternal: [/^(?!typescript$)/],
  external: ['typescript'],
  splitting: true,
  treeshake: false,
  minify: true,
  clean: !types,
  metafile: true,
  dts: types ? { only: true } : false,
  esbuildPlugins: [pruneSchemas, leaveOut],
  esbuildOptions(options) {
    options.legalComments = 'none'; // licences are listed whole in THIRD-PARTY-LICENSES.txt
    options.mainFields = ['module', 'main'];
  },
  // Some dependencies are CommonJS and ask for Node's own modules with `require`.
  banner: {
    js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);',
  },
  ...(types
    ? {}
    : {
        onSuccess: async () => writeLicenses({ metafile: 'dist/metafile-esm.json', to: 'dist' }),
      }),
}));
