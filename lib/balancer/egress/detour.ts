import type { Verdict, VerdictName } from '../attempts/verdict';
import type { EgressLease } from './lease';
import type { EgressState } from './state';

/** So many dead proxies in a row are tried for one request without counting; then each costs an attempt. */
const UNCOUNTED_MAX = 10;
/** Another proxy may do better, but this one may not be to blame. */
const AVOIDED: ReadonlySet<VerdictName> = new Set(['upstream_unreachable', 'connection_lost', 'timed_out']);

const NONE: ReadonlySet<EgressState> = new Set();

/** One request's way around egress proxies that fail it. */
export class EgressDetour {
  // Most requests need neither.
  #tried: Set<EgressState> | undefined;
  #avoided: Set<EgressState> | undefined;
  #uncounted = 0;

  /** Proxies that this request must not go through. */
  get tried(): ReadonlySet<EgressState> {
    return this.#tried ?? NONE;
  }

  /**
   * Takes note of the verdict on an attempt: a proxy that cannot be reached, or whose address the provider refuses,
   * is never taken again for this request. True if the attempt never got past its proxy, so that it need not count
   * as one.
   */
  isUncounted({ egress }: { readonly egress: EgressLease | undefined }, { name, blame }: Verdict): boolean {
    if (egress === undefined) return false;
    if (blame === 'egress') {
      this.#try(egress.egress);
      this.#uncounted += 1;
      return this.#uncounted <= UNCOUNTED_MAX;
    }
    if (name === 'egress_blocked') this.#try(egress.egress);
    if (AVOIDED.has(name)) {
      this.#try(egress.egress);
      (this.#avoided ??= new Set()).add(egress.egress);
    }
    return false;
  }

  /** No proxy is left: allows those again that were only avoided. False if there are none. */
  giveSecondChance(): boolean {
    const avoided = this.#avoided;
    this.#avoided = undefined;
    for (const egress of avoided ?? NONE) this.#tried?.delete(egress);
    return avoided !== undefined;
  }

  #try(egress: EgressState): void {
    (this.#tried ??= new Set()).add(egress);
  }
}
