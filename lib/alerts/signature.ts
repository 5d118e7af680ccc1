import { createHmac } from 'node:crypto';

/**
 * What proves to a receiver who sent a message, and when. `x-balance-signature` is `v1=` and the hex digits of
 * HMAC-SHA256, by the secret, over the timestamp, a full stop and the body.
 *
 * @param timestamp seconds since the epoch
 */
export function signed(secret: string, timestamp: number, body: string): Record<string, string> {
  if (secret === '') return {};
  const digest = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'x-balance-timestamp': String(timestamp), 'x-balance-signature': `v1=${digest}` };
}
