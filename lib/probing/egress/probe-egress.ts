import type { EgressState } from '../../balancer/egress/state';
import type { Egresses } from '../../balancer/egress/egresses';
import type { EgressCheckResult } from '../../upstream/egress/egress-check';
import type { Job } from '../../jobs/jobs';

/** Proxies tested at a time. */
export const EGRESS_CHECKS_AT_ONCE = 10;

/** How a test went, and at which addresses it was made, in order. */
export type EgressTest = EgressCheckResult & {
  readonly tried?: readonly { readonly address: string; readonly error: string | null }[];
};

export interface EgressProbing {
  readonly egresses: Egresses;
  /** Tests one address as the settings of this moment say. Never rejects. */
  readonly check: (address: string, signal: AbortSignal) => Promise<EgressTest>;
  /** Asks the addresses of providers that go through it alone, and not for long. Never rejects. */
  readonly reach: (egress: EgressState, signal: AbortSignal) => Promise<EgressTest>;
  readonly now: () => number;
  readonly failuresMax: () => number;
  /** A check has taken the proxy out of use, or brought it back. */
  readonly onChange: (egress: EgressState, change: 'disabled' | 'recovered') => void;
}

/**
 * Tests one proxy and notes how it went: at the last allowed failure it is disabled, and one that passes is back. What
 * may be the fault of what lies behind it counts neither way.
 */
export async function probeEgress(
  egress: EgressState,
  probing: EgressProbing,
  signal: AbortSignal,
): Promise<EgressTest> {
  const { egresses, check, now, failuresMax, onChange } = probing;
  const { egressId, url } = egress.config;
  const result = await check(url, signal);
  if (signal.aborted || result.isOwnTrouble === true) return result;
  const { latencyMs, status, error, at = 'egress' } = result;
  if (error !== undefined && at !== 'egress') {
    egresses.askedInVain(egressId, at, error, now());
    return result;
  }
  const change = egresses.checked(egressId, { at: now(), latencyMs, status, error }, failuresMax());
  if (change !== undefined) onChange(egress, change);
  return result;
}

/** Runs `work` on every item, at most `atOnce` at a time, until all are done or the signal fires. */
export async function forEachAtOnce<Item>(
  items: readonly Item[],
  atOnce: number,
  signal: AbortSignal,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (signal.aborted) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}

/**
 * Tests all proxies but those that a person has disabled, every PROXY_CHECK_INTERVAL_HOURS while the auto-check is on.
 * Any run can be asked for by hand.
 */
export function probeEgresses(
  probing: EgressProbing,
  intervalMs: () => number | undefined,
  signal: AbortSignal,
): Job {
  return {
    name: 'probe-egress',
    intervalMs,
    async run() {
      const tested = [...probing.egresses.states].filter(({ disabled }) => disabled?.by !== 'manual');
      let passed = 0;
      await forEachAtOnce(tested, EGRESS_CHECKS_AT_ONCE, signal, async (egress) => {
        const { error } = await probeEgress(egress, probing, signal);
        if (error === undefined) passed += 1;
      });
      return `${passed} of ${tested.length} proxies passed`;
    },
  };
}
