import { randomBytes } from 'node:crypto';
import { presentedTokens } from './access';

const SANE = /^[\w.:-]{1,128}$/;
const prefix = randomBytes(5).toString('hex');
let count = 0;

/** As `requestIdFrom`; one that holds a token of the same request is not kept, as ids are logged. */
export function requestIdOf(header: (name: string) => string | undefined): string {
  const presented = header('x-request-id');
  if (presented === undefined) return requestIdFrom(undefined);
  const isSecret = presentedTokens(header).some((token) => presented.includes(token));
  return requestIdFrom(isSecret ? undefined : presented);
}

/** The client's own `x-request-id` if it is harmless, else a new one. */
export function requestIdFrom(presented: string | undefined): string {
  if (presented !== undefined && SANE.test(presented)) return presented;
  count = (count + 1) % 0x1_0000_0000;
  return `req_${prefix}${count.toString(16).padStart(8, '0')}`;
}
