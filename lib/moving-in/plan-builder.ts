import { keyHint } from '../balancer/attribution/key-hint';
import { isTag, KEY_TAGS, withoutRepeats } from '../config/key-tags';
import { reasonAgainstSlug, slugFromName } from '../config/slug';
import { egressUrlSchema, normalizeEgressUrl } from '../config/values/egress-url';
import { headersSchema } from '../config/values/headers';
import { normalizeHttpUrl, reasonAgainstHttpUrl } from '../config/values/http-url';
import { keyConflict, reasonAgainstAuth, querySchema } from '../config/values/key-auth';
import { tokenSchema } from '../config/values/text';
import type { MovedKey, MovedProvider, MovingPlan } from './plan';
import { noteOf, plain, Remarks } from './remarks';
import { RouteBook } from './route-book';
import { TokenBook } from './token-book';
import { cleanLimits } from './limits';

export type NewProvider = Pick<MovedProvider, 'name' | 'baseUrl'> & Partial<Omit<MovedProvider, 'keys'>>;
export type NewKey = Pick<MovedKey, 'value'> & Partial<MovedKey>;

const NAME_MAX = 100;
const MODEL_MAX = 191;
const WEIGHT_MAX = 1_000;
/** The one that serves most is the first. */
const STATES: readonly MovedKey['state'][] = ['active', 'found_dead', 'disabled'];

/**
 * Puts a plan together from what readers find. What this gateway would not take is left out with a remark, so that a
 * plan can be carried out as it is.
 */
export class PlanBuilder {
  readonly remarks = new Remarks();
  readonly routes = new RouteBook(this.remarks);
  readonly tokens = new TokenBook(this.remarks);
  readonly #providers = new Map<string, MovedProvider & { readonly keys: MovedKey[] }>();
  /** Places of keys in their provider's list, by their value. */
  readonly #keysSeen = new Map<string, Map<string, number>>();

  /** Returns what names the provider in the plan; undefined if it cannot come over. */
  addProvider(given: NewProvider): string | undefined {
    const name = plain(given.name).slice(0, NAME_MAX) || 'provider';
    const reason = reasonAgainstHttpUrl(given.baseUrl);
    if (reason !== undefined) {
      this.remarks.add(`provider left out: its address ${reason}`, name);
      return undefined;
    }
    const ref = given.ref ?? `${this.#providers.size + 1}`;
    const auth = given.auth ?? 'bearer';
    this.#providers.set(ref, {
      ref,
      slug: usableSlug(given.slug ?? name),
      name,
      baseUrl: normalizeHttpUrl(given.baseUrl),
      auth: reasonAgainstAuth(auth) === undefined ? auth : 'bearer',
      ...this.#sent(name, auth, given),
      ...this.#wayOut(name, given),
      timeoutSeconds: this.#number('time-out in seconds', given.timeoutSeconds, [1, 86_400], name),
      maxFailures: this.#number('number of failures', given.maxFailures, [1, 1_000], name),
      maxRetries: this.#number('number of retries', given.maxRetries, [0, 100], name),
      testModel: given.testModel ? plain(given.testModel).slice(0, MODEL_MAX) || null : null,
      limits: cleanLimits(given.limits, this.remarks, name),
      fallbacks: [...new Set(given.fallbacks ?? [])].filter((one) => one !== ref),
      selectionPolicy: null,
      keys: [],
    });
    this.#keysSeen.set(ref, new Map());
    return ref;
  }

  setFallbacks(ref: string, fallbacks: readonly string[]): void {
    const known = this.#providers.get(ref);
    if (known === undefined) return;
    const all = [...known.fallbacks, ...fallbacks].filter((one) => one !== ref);
    this.#providers.set(ref, { ...known, fallbacks: [...new Set(all)] });
  }

  /** The same key again is left out, with a remark; if it does more than the first, that one is. */
  addKey(ref: string, given: NewKey): void {
    const provider = this.#providers.get(ref);
    const seen = this.#keysSeen.get(ref);
    if (provider === undefined || seen === undefined) return;
    const value = given.value.trim();
    if (!tokenSchema.safeParse(value).success) {
      this.remarks.add(
        'key left out: it cannot be sent in a header',
        `${provider.name}: ${plain(keyHint(value))}`,
      );
      return;
    }
    const key: MovedKey = {
      value,
      weight: this.weight(given.weight ?? 1, provider.name),
      note: noteOf(given.note ?? ''),
      tags: this.#tags(given.tags ?? [], provider.name),
      limits: cleanLimits(given.limits, this.remarks, `${provider.name}: ${keyHint(value)}`),
      state: given.state ?? 'active',
    };
    const place = seen.get(value);
    const known = place === undefined ? undefined : provider.keys[place];
    if (place === undefined || known === undefined) {
      seen.set(value, provider.keys.push(key) - 1);
      return;
    }
    this.remarks.add('key left out: its provider has it twice', `${provider.name}: ${keyHint(value)}`);
    if (STATES.indexOf(key.state) < STATES.indexOf(known.state)) provider.keys[place] = key;
  }

  /** A comma would make it two of them, and longer ones are cut. */
  #tags(tags: readonly string[], item: string): string[] {
    return withoutRepeats(
      tags.flatMap((tag) => {
        const text = plain(tag).replaceAll(',', ' ').slice(0, KEY_TAGS.lengthMax).trim();
        if (text !== tag.trim()) this.remarks.add('tag of a channel is written otherwise here', item);
        return isTag(text) ? [text] : [];
      }),
    );
  }

  /** A share from 1 to 1000. */
  weight(weight: number, item: string): number {
    if (weight > WEIGHT_MAX) this.remarks.add(`weight is ${WEIGHT_MAX} here, which is the most`, item);
    return Math.min(WEIGHT_MAX, Math.max(1, Math.round(weight)));
  }

  build(): MovingPlan {
    return {
      providers: [...this.#providers.values()].map(withPolicy),
      routes: this.routes.list(),
      tokens: this.tokens.list(),
      remarks: this.remarks.list(),
    };
  }

  #sent(name: string, auth: string, given: NewProvider): Pick<MovedProvider, 'headers' | 'query'> {
    const kept = (kind: 'headers' | 'query'): Record<string, string> => {
      const schema = kind === 'headers' ? headersSchema : querySchema;
      const good: Record<string, string> = {};
      for (const [key, value] of Object.entries(given[kind] ?? {})) {
        const one = { [key]: value };
        const isKeys =
          keyConflict(auth, kind === 'headers' ? one : {}, kind === 'query' ? one : {}) !== undefined;
        if (!isKeys && schema.safeParse({ ...good, ...one }).success) good[key] = value;
        else {
          const what = kind === 'headers' ? 'header' : 'parameter';
          this.remarks.add(`${what} left out: it is not allowed here`, `${name}: ${plain(key)}`);
        }
      }
      return good;
    };
    return { headers: kept('headers'), query: kept('query') };
  }

  /** What was set and is no such number (NaN too) is left out, so that the usual one counts. */
  #number(
    what: string,
    given: number | null | undefined,
    [min, max]: readonly [number, number],
    item: string,
  ): number | null {
    if (given === null || given === undefined) return null;
    const value = Math.round(given);
    if (Number.isNaN(value) || value < min) {
      this.remarks.add(`${what} left out: it is none from ${min} to ${max}`, item);
      return null;
    }
    if (value > max) this.remarks.add(`${what} is ${max} here, which is the most`, item);
    return Math.min(max, value);
  }

  /** Whoever has set a proxy may rely on it to stay unknown: without any that is supported the provider is disabled. */
  #wayOut(
    name: string,
    { proxies: urls = [], isEnabled = true }: NewProvider,
  ): Pick<MovedProvider, 'proxies' | 'isEnabled'> {
    const proxies = this.#proxies(name, urls);
    if (proxies.length > 0 || urls.every((url) => url.trim() === '')) return { proxies, isEnabled };
    this.remarks.add('provider comes over disabled: it would go out without the proxy that it had', name);
    return { proxies, isEnabled: false };
  }

  #proxies(name: string, urls: readonly string[]): string[] {
    const good = urls.flatMap((url) => {
      const read = egressUrlSchema.safeParse(url.trim());
      if (read.success) return [normalizeEgressUrl(read.data)];
      this.remarks.add('proxy left out: its address is none that is supported', name);
      return [];
    });
    return [...new Set(good)];
  }
}

/** Weights count under one policy alone. */
function withPolicy(provider: MovedProvider): MovedProvider {
  const isWeighed = new Set(provider.keys.map(({ weight }) => weight)).size > 1;
  return { ...provider, selectionPolicy: isWeighed ? 'weighted' : null };
}

function usableSlug(name: string): string {
  const slug = slugFromName(name);
  if (slug === '') return 'provider';
  return reasonAgainstSlug(slug) === undefined ? slug : `${slug.slice(0, 50)}-provider`;
}
