import type { AttributionParts, AttributionRules } from './attribution-parts';
import type { EgressState } from '../egress/state';
import type { Lease } from '../pool/lease';
import type { Culprit } from './shared-cause';

/** Where half of the keys behind a proxy matters, it matters up to this number. */
const BEHIND_EGRESS_MAX = 20;
/** So many pairs of key and proxy may be compared to count them: a few milliseconds. */
const BINDINGS_COUNTED_MAX = 20_000;

/** What a key suffers that is given back. */
export const FORGIVEN = 'forgiven: several keys failed alike';

/** What several keys have in common. */
export interface AlikeFailure {
  /** What makes failures alike. */
  readonly signature: string;
  readonly status: number;
  /** In words, without secrets. */
  readonly failure: string;
}

/** Finds the common cause of keys that fail alike, and punishes it instead of them. */
export class Culprits {
  constructor(private readonly parts: AttributionParts) {}

  /** The cause of a rejection that is like others before it; undefined if it is the key's own. */
  culpritOf(
    { probe, egress }: Lease,
    signature: string,
    rules: AttributionRules,
    now: number,
  ): Culprit | undefined {
    const { breaker, membership, sharedCause } = this.parts;
    // What fails as the keys before it did, while that is being looked into, needs no further proof.
    if (egress?.isUnderSuspicion === true) return egress.egress;
    if (probe !== undefined && breaker.snapshot.cause === 'shared_cause') return 'provider';
    const active = {
      all: membership.rotation.length,
      behindWay: () => this.#countBehind(egress?.egress, rules, now),
    };
    return sharedCause.culprit(signature, egress?.egress, active, now);
  }

  /** Keys in rotation that go through the proxy, as far as that matters; estimated where counting would take long. */
  #countBehind(egress: EgressState | undefined, { egress: binding }: AttributionRules, now: number): number {
    const { egresses, membership } = this.parts;
    const keys = membership.rotation;
    const isShared = binding.mode === 'proxies';
    if (isShared && !binding.isSticky) return keys.length;
    const ways = isShared ? binding.egressIds.length : 1;
    const isCountable = Math.min(keys.length, ways * BEHIND_EGRESS_MAX) * ways <= BINDINGS_COUNTED_MAX;
    let behind = 0;
    let uncounted = 0;
    for (const { config } of keys) {
      if (config.egressId === undefined && !isCountable) uncounted += 1;
      else if (egresses.boundTo(config, binding, now) === egress) behind += 1;
      if (behind === BEHIND_EGRESS_MAX) return behind;
    }
    if (isShared && uncounted > 0) behind += Math.ceil(uncounted / egresses.countWell(binding, now));
    return Math.min(behind, BEHIND_EGRESS_MAX);
  }

  /** Opens the culprit's breaker, and gives the keys that failed alike their penalties back. */
  blame(
    culprit: Culprit,
    { model, asks }: Lease,
    { signature, status, failure }: AlikeFailure,
    { provider }: AttributionRules,
    now: number,
  ): void {
    const { breaker, egresses, events, outage, sharedCause } = this.parts;
    const forgiven = sharedCause.giveBack(signature, culprit);
    this.parts.keysChanged(forgiven);
    const reason = `several keys failed alike: ${failure}`;
    const egress = culprit === 'provider' ? undefined : culprit;
    if (egress === undefined) {
      outage.failed({ kind: 'keys_alike', status, detail: failure, model, asks }, {}, now);
      breaker.trip('shared_cause', reason, now);
    } else egresses.blame(egress, reason, now);
    events.sharedCause(provider, reason, forgiven, egress);
    for (const key of forgiven) events.keyChanged(provider, key, 'forgiven');
  }
}
