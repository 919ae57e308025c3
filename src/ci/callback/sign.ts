import { createHmac } from 'node:crypto';
import { version } from '../../version.ts';

export interface Signing {
  /** The exact bytes that are sent, as text. */
  body: string;
  /** Seconds since the Unix epoch. */
  timestamp: number;
  secret: string;
}

/**
 * `sha256=` and, in lower-case hex, the HMAC-SHA256 of `<timestamp>.<body>` (UTF-8) with the secret
 * (UTF-8, as it is). The timestamp is signed so that an old delivery cannot pass for a new one.
 */
export function signatureOf({ body, timestamp, secret }: Signing): string {
  const digest = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return `sha256=${digest}`;
}

export interface HeaderFacts {
  body: string;
  /** Milliseconds since the Unix epoch. */
  now: number;
  /** The same for each try of one delivery, so that a receiver can drop what it has already. */
  deliveryId: string;
  /** None, or an empty one: unsigned. */
  secret: string | undefined;
}

export function headersOf({ body, now, deliveryId, secret }: HeaderFacts): Record<string, string> {
  const timestamp = Math.floor(now / 1000);
  return {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    'User-Agent': `previewops/${version}`,
    'X-Previewops-Delivery': deliveryId,
    'X-Previewops-Timestamp': String(timestamp),
    ...(secret ? { 'X-Previewops-Signature-256': signatureOf({ body, timestamp, secret }) } : {}),
  };
}
