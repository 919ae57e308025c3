import { readFile } from 'node:fs/promises';
import type { Options } from 'tsup';

/** Parts of dependencies that load on demand, and that nothing of ours demands. */
const unasked = [
  'node_modules/bowser/', // the SDK in a browser
  'node_modules/@colors/colors/', // cli-table3 paints borders and heads with it, where it is asked to
  'node_modules/js-yaml/', // cosmiconfig only loads the JavaScript files that --config names
  'node_modules/parse-json/',
  'credential-provider-cognito-identity/dist-es/loadCognitoIdentity', // for apps on phones
];
const filter = new RegExp(unasked.map((part) => part.replaceAll('/', '[\\\\/]')).join('|'));

/** Leaves them out of the package; whoever asks for one after all is told so. */
export const leaveOut: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'leave-out',
  setup(build) {
    build.onLoad({ filter }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(`${path.replace(/^.*node_modules./, '')} is not in this package`)});`,
      loader: 'js',
    }));
    // Of its own package each client of the SDK only tells its version to AWS.
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/][^\\/]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8')) as { version: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};
