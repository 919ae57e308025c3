/** What a preview is made of, in US dollars. */
export interface Prices {
  /** Fargate on demand, Linux. */
  vcpuHour: Record<Architecture, number>;
  gbHour: Record<Architecture, number>;
  /** What Spot costs of the price on demand, 0 to 1: it floats. */
  spotShare: number;
  /** Of a task's disk beyond its first 20 GB. */
  diskGbHour: number;
  /** A public IPv4 address. */
  ipv4Hour: number;
  imageGbMonth: number;
  /** Taken in; what keeping them costs is less than a hundredth of it in two weeks. */
  logGb: number;
}

export type Architecture = 'x86_64' | 'arm64';

/** When the table below was last compared with what AWS publishes. */
export const pricesDate = '2026-09-30';
export const pricesSource =
  'the AWS Fargate, Amazon VPC, Amazon ECR and Amazon CloudWatch pricing pages';

/** The region of the table; elsewhere most things cost 10 to 30 % more. */
export const pricesRegion = 'us-east-1';

/** List prices, Linux. Spot has no list price: AWS says up to 70 % off, and half is on the careful side. */
export const listPrices: Prices = {
  vcpuHour: { x86_64: 0.04048, arm64: 0.03238 },
  gbHour: { x86_64: 0.004445, arm64: 0.00356 },
  spotShare: 0.5,
  diskGbHour: 0.000111,
  ipv4Hour: 0.005,
  imageGbMonth: 0.1,
  logGb: 0.5,
};

/** What a configuration says of its own prices: a discount, or another region's. */
export interface OwnPrices {
  vcpuHour?: number | undefined;
  gbHour?: number | undefined;
  spotShare?: number | undefined;
  ipv4Hour?: number | undefined;
}

/** The prices to reckon with, and whether those of Fargate are of another region than asked for. */
export function pricesFor(
  region: string,
  own: OwnPrices = {},
): { prices: Prices; borrowed: boolean } {
  const both = (price: number | undefined, list: Prices['vcpuHour']) =>
    price === undefined ? list : { x86_64: price, arm64: price };
  const known = own.vcpuHour !== undefined && own.gbHour !== undefined;
  return {
    prices: {
      ...listPrices,
      vcpuHour: both(own.vcpuHour, listPrices.vcpuHour),
      gbHour: both(own.gbHour, listPrices.gbHour),
      spotShare: own.spotShare ?? listPrices.spotShare,
      ipv4Hour: own.ipv4Hour ?? listPrices.ipv4Hour,
    },
    borrowed: region !== pricesRegion && !known,
  };
}
