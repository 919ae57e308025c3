import { readFile } from 'node:fs/promises';
import { schemaLine } from '../../src/config/schema-url.ts';
import { costOf, type Usage } from '../../src/preview/cost.ts';
import { listPrices, pricesDate, pricesRegion, pricesSource } from '../../src/preview/prices.ts';
import { freeDisk } from '../../src/preview/size.ts';
import { type Blocks, fence, fillBlocks, row } from './blocks.ts';

/** Pages written by hand, with what code knows better in made blocks. */
export const prosePages = ['docs/getting-started.md', 'docs/costs.md', 'README.md'];

export async function makeProsePage(path: string): Promise<string> {
  const reference = new URL('../../fixtures/configs/valid/reference.yml', import.meta.url);
  const example = (await readFile(reference, 'utf8')).replaceAll(
    / # (?:required|optional).*$/gm,
    '',
  );
  const blocks: Blocks = new Map([
    ['config example', () => fence('yaml', `${schemaLine}\n${example}`)],
    ['prices tasks', taskPrices],
    ['prices parts', partPrices],
  ]);
  return fillBlocks(path, blocks);
}

const sizes: readonly (readonly [label: string, size: Partial<Usage>])[] = [
  ['256 CPU units, 512 MiB', { cpu: 256, memory: 512 }],
  ['512 CPU units, 1 GB: the default', {}],
  ['the default on arm64', { architecture: 'arm64' }],
  ['the default on Spot', { spot: true }],
  ['1024 CPU units, 2 GB', { cpu: 1024, memory: 2048 }],
  ['2048 CPU units, 4 GB', { cpu: 2048, memory: 4096 }],
];

const usual: Usage = {
  cpu: 512,
  memory: 1024,
  architecture: 'x86_64',
  disk: freeDisk,
  count: 1,
  spot: false,
  publicIp: true,
};

function taskPrices(): string {
  const rows = sizes.map(([label, size]) => {
    const { parts } = costOf({ ...usual, ...size }, listPrices);
    const day = parts.fargate + parts.ipv4;
    return row(label, (day / 24).toFixed(4), day.toFixed(2), (day * 30).toFixed(2));
  });
  return [
    row('task, with a public address', 'an hour', 'a day', '30 days'),
    row('---', '---', '---', '---'),
    ...rows,
    '',
    `US dollars, ${pricesRegion}, Linux, list prices of ${pricesDate}; source: ${pricesSource}. Elsewhere most things cost more. Spot has no list price: ${listPrices.spotShare * 100} % is reckoned with.`,
  ].join('\n');
}

function partPrices(): string {
  const { vcpuHour, gbHour, diskGbHour, ipv4Hour, imageGbMonth, logGb } = listPrices;
  return [
    row('what', 'price'),
    row('---', '---'),
    row('vCPU', `${vcpuHour.x86_64} an hour; on arm64 ${vcpuHour.arm64}`),
    row('memory', `${gbHour.x86_64} per GB and hour; on arm64 ${gbHour.arm64}`),
    row(`disk beyond ${freeDisk} GB`, `${diskGbHour} per GB and hour`),
    row('public address (`task.assignPublicIp`)', `${ipv4Hour} an hour`),
    row('images in ECR', `${imageGbMonth} per GB and month`),
    row('log lines', `${logGb} per GB taken in`),
  ].join('\n');
}
