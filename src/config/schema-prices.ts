import * as z from 'zod';
import * as field from './fields.ts';

/** US dollars, with as many decimals as AWS has. */
function dollars(description: string, note: string) {
  const wanted = { error: 'must be a price in US dollars from 0 to 1000' };
  return field.optional(z.number(wanted).min(0, wanted).max(1000, wanted), description, note);
}

const share = { error: 'must be a number from 0 to 1' };
const list = 'the list price in us-east-1';

export const prices = field.section({
  vcpuHour: dollars('Fargate, on demand: one vCPU for an hour.', `${list}, by architecture`),
  gbHour: dollars('Fargate, on demand: one GB of memory for an hour.', `${list}, by architecture`),
  spotShare: field.optional(
    z.number(share).min(0, share).max(1, share),
    'What Fargate Spot costs of that, 0 to 1.',
    'half',
  ),
  ipv4Hour: dollars('A public IPv4 address for an hour.', list),
});
