import type { EgressBinding } from '../balancer/egress/binding';
import type { Egresses } from '../balancer/egress/egresses';
import type { Failed } from '../upstream/own-connection';

const PROXIES_MAX = 3;

export interface SharedWays {
  readonly egresses: Egresses;
  readonly sharedBinding: () => EgressBinding;
}

/** Through the shared proxies, one after the other, as requests go; directly only if there are none. */
export async function throughSharedProxies<T extends { readonly ok: true }>(
  { egresses, sharedBinding }: SharedWays,
  signal: AbortSignal,
  go: (egressUrl: string | undefined) => Promise<T | Failed>,
): Promise<T | Failed> {
  const binding = sharedBinding();
  if (binding.mode === 'direct') return go(undefined);
  const proxies = binding.egressIds
    .map((id) => egresses.get(id))
    .filter((egress) => egress !== undefined)
    .filter(({ disabled }) => disabled === undefined)
    .toSorted((a, b) => Number(a.breaker.state !== 'closed') - Number(b.breaker.state !== 'closed'));
  let answer: T | Failed = { ok: false, why: 'no proxy can be used' };
  for (const { config } of proxies.slice(0, PROXIES_MAX)) {
    answer = await go(config.url);
    if (answer.ok || signal.aborted) return answer;
  }
  return answer;
}
