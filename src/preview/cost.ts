import type { Prices } from './prices.ts';
import { freeDisk, type TaskSize } from './size.ts';

export interface Usage extends TaskSize {
  /** Tasks that run. */
  count: number;
  spot: boolean;
  publicIp: boolean;
}

/** US dollars. What every preview shares, the load balancer and builds, is not in it. */
export interface Rate {
  perHour: number;
  perDay: number;
  /** The parts of `perDay`. */
  parts: { fargate: number; ipv4: number; images: number; logs: number };
}

// What a preview keeps and writes is not measured: an image of half a GB, and 20 MB of lines a day.
const imageGb = 0.5;
const logGbPerDay = 0.02;
const hoursPerDay = 24;
const daysPerMonth = 30;

/** What a preview costs while it runs so. Stopped (`count` 0), only its images cost anything. */
export function costOf(usage: Usage, prices: Prices): Rate {
  const { count, publicIp } = usage;
  const perDay = (hourly: number) => hourly * hoursPerDay * count;
  const parts = {
    fargate: perDay(taskHour(usage, prices)),
    ipv4: publicIp ? perDay(prices.ipv4Hour) : 0,
    images: (imageGb * prices.imageGbMonth) / daysPerMonth,
    logs: logGbPerDay * prices.logGb * count,
  };
  const day = parts.fargate + parts.ipv4 + parts.images + parts.logs;
  return { perHour: day / hoursPerDay, perDay: day, parts };
}

function taskHour(usage: Usage, prices: Prices): number {
  const { cpu, memory, architecture, disk, spot } = usage;
  const onDemand =
    (cpu / 1024) * prices.vcpuHour[architecture] + (memory / 1024) * prices.gbHour[architecture];
  // Disk has one price, on Spot too.
  const more = Math.max(0, disk - freeDisk) * prices.diskGbHour;
  return onDemand * (spot ? prices.spotShare : 1) + more;
}

/** US dollars, in cents' hundredths: what lies behind is no more than noise. */
export interface Cost {
  perDay: number;
  /** Since it was created, as if it had always run as it does now; null when nobody knows since when. */
  soFar: number | null;
  /** From now on; null when it does not expire. */
  untilExpiry: number | null;
}

export interface Span {
  now: number;
  createdAt: number | undefined;
  expiresAt: number | undefined;
}

/** Milliseconds since the epoch go in. */
export function costOver(rate: Rate, { now, createdAt, expiresAt }: Span): Cost {
  const over = (ms: number) => round((rate.perHour * Math.max(0, ms)) / 3_600_000);
  return {
    perDay: round(rate.perDay),
    soFar: createdAt === undefined ? null : over(now - createdAt),
    untilExpiry: expiresAt === undefined ? null : over(expiresAt - now),
  };
}

const round = (amount: number) => Math.round(amount * 10_000) / 10_000;
