import type { Resolution, UsageDelta } from '../rows';
import { usageApart } from './usage-apart';

/**
 * Statistics by proxy and by verdict. They are rows of the table of all statistics, with resolutions of their own
 * (`att_min`, and with age the others of their chain: see usage-chains.ts), and two columns of such a row, and of no
 * other, hold something else: `keyId` the proxy, `token` the verdict. A proxy is its id, DIRECT_PROXY for a connection
 * without one, or '' where no attempt was made. A request is in one row: at the proxy of its last attempt, with the
 * outcome that the log has. Each attempt is in one row: at its own proxy, with its own verdict.
 */
export const ATTEMPT_COLUMNS = { proxy: 'keyId', verdict: 'token' } as const;

const OF_ATTEMPTS: Partial<Record<Resolution, true>> = {
  att_min: true,
  att_quar: true,
  att_hour: true,
  att_6h: true,
};

/** Whether the columns of such a row hold a proxy and a verdict. */
export function isByAttempt(resolution: Resolution): boolean {
  return OF_ATTEMPTS[resolution] === true;
}

/** The same for one proxy and verdict. */
export function usageAtProxy(usage: UsageDelta, proxy: string, verdict: string) {
  return usageApart(usage, 'att_min', proxy, verdict);
}
