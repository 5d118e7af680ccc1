import { randomBytes } from 'node:crypto';

const SANE = /^[\w.:-]{1,128}$/;
const prefix = randomBytes(5).toString('hex');
let count = 0;

/** The client's own `x-request-id` if it is harmless, else a new one. */
export function requestIdFrom(presented: string | undefined): string {
  if (presented !== undefined && SANE.test(presented)) return presented;
  count = (count + 1) % 0x1_0000_0000;
  return `req_${prefix}${count.toString(16).padStart(8, '0')}`;
}
