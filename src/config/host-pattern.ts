import * as field from './fields.ts';

const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const pattern = new RegExp(`^(?:\\*\\.)?(?:${label}\\.){0,20}${label}$`);

/** A host name, or `*.` and what the names of all meant hosts end with. Gives lower case. */
export const hostPattern = () =>
  field
    .text('a host name such as ci.example.com, or *.example.com for all below it', pattern)
    .max(253, { error: 'must have at most 253 characters' })
    .transform((written) => written.toLowerCase());
