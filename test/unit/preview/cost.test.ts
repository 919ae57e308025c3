import { describe, expect, it } from 'vitest';
import { costOf, costOver } from '../../../src/preview/cost.ts';
import { listPrices, pricesFor } from '../../../src/preview/prices.ts';
import { sizeOf, sizeTag, type TaskSize } from '../../../src/preview/size.ts';

const small: TaskSize = { cpu: 256, memory: 512, architecture: 'x86_64', disk: 20 };
const usage = { ...small, count: 1, spot: false, publicIp: false };
const monthOf = (perDay: number) => (perDay / 24) * 730;

describe('what a preview costs', () => {
  // The worked example of AWS's price list: 0.25 vCPU and 0.5 GB for 730 hours.
  it.each([
    ['x86_64', 9.01],
    ['arm64', 7.21],
  ] as const)('%s: %d dollars a month for the smallest task', (architecture, dollars) => {
    const { parts } = costOf({ ...usage, architecture }, listPrices);
    expect(monthOf(parts.fargate)).toBeCloseTo(dollars, 2);
  });

  it('an address is 3.65 dollars a month', () => {
    expect(monthOf(costOf({ ...usage, publicIp: true }, listPrices).parts.ipv4)).toBeCloseTo(
      3.65,
      2,
    );
  });

  it('is the sum of its parts, for each task', () => {
    const one = costOf({ ...usage, publicIp: true }, listPrices);
    const { fargate, ipv4, images, logs } = one.parts;
    expect(one.perDay).toBeCloseTo(fargate + ipv4 + images + logs, 10);
    expect(one.perHour).toBeCloseTo(one.perDay / 24, 10);
    const three = costOf({ ...usage, publicIp: true, count: 3 }, listPrices);
    expect(three.parts).toEqual({ fargate: 3 * fargate, ipv4: 3 * ipv4, images, logs: 3 * logs });
  });

  it('is little while it is stopped', () => {
    const { parts, perDay } = costOf({ ...usage, count: 0, publicIp: true }, listPrices);
    expect(parts).toMatchObject({ fargate: 0, ipv4: 0, logs: 0 });
    expect(perDay).toBe(parts.images);
  });

  it('is less on Spot, but for its disk', () => {
    const disk = { ...usage, disk: 120 };
    const extra = 100 * listPrices.diskGbHour * 24;
    const onDemand = costOf(disk, listPrices).parts.fargate - extra;
    const spot = costOf({ ...disk, spot: true }, listPrices).parts.fargate - extra;
    expect(spot).toBeCloseTo(onDemand * listPrices.spotShare, 10);
  });
});

describe('over time', () => {
  const rate = costOf(usage, listPrices);
  const now = Date.UTC(2030, 0, 15);
  const day = 86_400_000;

  it('so far, and until it expires', () => {
    const cost = costOver(rate, { now, createdAt: now - 10 * day, expiresAt: now + 2 * day });
    expect(cost.soFar).toBeCloseTo(10 * rate.perDay, 3);
    expect(cost.untilExpiry).toBeCloseTo(2 * rate.perDay, 3);
  });

  it('is not known without a beginning or an end, and never negative', () => {
    const open = costOver(rate, { now, createdAt: undefined, expiresAt: undefined });
    expect(open).toMatchObject({ soFar: null, untilExpiry: null });
    expect(costOver(rate, { now, createdAt: now, expiresAt: now - day }).untilExpiry).toBe(0);
  });
});

describe('prices', () => {
  it('are those of the list, and borrowed where the list has no such region', () => {
    expect(pricesFor('us-east-1')).toEqual({ prices: listPrices, borrowed: false });
    expect(pricesFor('eu-west-1')).toEqual({ prices: listPrices, borrowed: true });
  });

  it('are one’s own where the configuration says so', () => {
    const { prices, borrowed } = pricesFor('eu-west-1', {
      vcpuHour: 0.05,
      gbHour: 0.005,
      spotShare: 0.3,
    });
    expect(borrowed).toBe(false);
    expect(prices.vcpuHour).toEqual({ x86_64: 0.05, arm64: 0.05 });
    expect(prices).toMatchObject({ spotShare: 0.3, ipv4Hour: listPrices.ipv4Hour });
  });
});

describe('the size on the tags', () => {
  it('is read as it was written', () => {
    const size: TaskSize = { cpu: 32_768, memory: 249_856, architecture: 'arm64', disk: 200 };
    expect(sizeOf(sizeTag(size))).toEqual(size);
  });

  it.each(['', '512', '512/1024/x86_64', '512/1024/mips/20', '-1/1/arm64/20', 'a/b/arm64/c'])(
    '%j is none',
    (text) => {
      expect(sizeOf({ 'previewops:size': text })).toBeUndefined();
    },
  );
});
