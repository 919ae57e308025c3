import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Bundled {
  name: string;
  version: string;
  license: string;
  text: string;
}

/**
 * Writes THIRD-PARTY-LICENSES.txt: every package of which code is in the bundle, each licence text
 * once. Throws when a package has no licence that may be passed on.
 */
export function writeLicenses(options: { metafile: string; to: string }): void {
  const { outputs } = JSON.parse(readFileSync(options.metafile, 'utf8')) as Metafile;
  const packages = packagesOf(outputs).map(readPackage);
  const byText = new Map<string, Bundled[]>();
  for (const one of packages) byText.set(one.text, [...(byText.get(one.text) ?? []), one]);
  const sections = [...byText].map(
    ([text, users]) =>
      `${users.map(({ name, version, license }) => `${name} ${version} (${license})`).join('\n')}\n\n${text}\n`,
  );
  const head = 'previewops contains code of these packages, under these licences.\n';
  const rule = `\n${'-'.repeat(78)}\n\n`;
  writeFileSync(join(options.to, 'THIRD-PARTY-LICENSES.txt'), [head, ...sections].join(rule));
}

interface Metafile {
  outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
}

/** Folders of the packages that left at least a byte in the output. */
function packagesOf(outputs: Metafile['outputs']): string[] {
  const folders = new Set<string>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  return [...folders].sort();
}

const shareable = [
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
];

function readPackage(folder: string): Bundled {
  const described = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { name, version, license } = described as Bundled;
  if (!shareable.includes(license)) throw new Error(`${name} is licensed ${license}: not bundled`);
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|-|$)/i.test(entry));
  // Some packages ship no text; the name of a licence of this list says which one it is.
  const text =
    file === undefined ? `(licence: ${license})` : readFileSync(join(folder, file), 'utf8').trim();
  return { name, version, license, text };
}
