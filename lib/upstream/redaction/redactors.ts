import type { EgressTarget } from '../dial/dispatchers';
import type { UpstreamKey, UpstreamTarget } from '../target';
import { Redactor } from './redactor';
import { secretsOf } from './secrets';

/** Some kilobytes each; what is thrown away is made again in microseconds. */
const KEPT_MAX = 2_000;

interface Kept {
  readonly customHeaders: UpstreamTarget['customHeaders'];
  readonly query: UpstreamTarget['query'];
  readonly baseUrl: string;
  readonly egressUrl: string | undefined;
  readonly redactor: Redactor;
}

/** The redactors of the keys in use, each made once for a key, its provider and its way out. */
export class Redactors {
  readonly #kept = new Map<UpstreamKey, Kept>();

  for({ customHeaders, query, baseUrl }: UpstreamTarget, key: UpstreamKey, egress?: EgressTarget): Redactor {
    const known = this.#kept.get(key);
    const egressUrl = egress?.url;
    const isSame =
      known?.customHeaders === customHeaders &&
      known.query === query &&
      known.baseUrl === baseUrl &&
      known.egressUrl === egressUrl;
    if (isSame) return known.redactor;
    const redactor = new Redactor(secretsOf({ key, baseUrl, customHeaders, query, egressUrl }));
    if (known === undefined && this.#kept.size >= KEPT_MAX) this.#kept.clear();
    this.#kept.set(key, { customHeaders, query, baseUrl, egressUrl, redactor });
    return redactor;
  }
}
