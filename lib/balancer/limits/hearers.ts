import type { Taken } from './company';

/** Nobody waits longer for an answer: whoever gives none may be gone. */
const SILENT_MS = 1_000;

interface Hearer {
  requests: number;
  tokens: number;
  /** Before it has heard of so many requests, it may not know what was taken before it was seen here. */
  toCatchUp: number;
  /** Since when it has been seen to owe an answer; undefined if it owes none. */
  owesSince: number | undefined;
}

export interface Unheard {
  /** What may not be known to all of them, but for the silent. */
  readonly unheard: Taken;
  readonly silent: number;
}

const NOTHING: Unheard = { unheard: { requests: 0, tokens: 0 }, silent: 0 };

/** What others have heard of what was taken here so far. */
export class Hearers {
  /** Undefined until the first, which most accounts never have. */
  #byId: Map<string, Hearer> | undefined;
  /** These have heard of so many requests, and of all before. */
  #allOf: { readonly ids: readonly string[]; readonly requests: number } | undefined;

  heard(id: string, [requests, tokens]: readonly [requests: number, tokens: number]): void {
    const hearer = this.#of(id);
    if (requests >= hearer.toCatchUp) hearer.toCatchUp = 0;
    if (requests <= hearer.requests && tokens <= hearer.tokens) return;
    hearer.requests = Math.max(hearer.requests, requests);
    hearer.tokens = Math.max(hearer.tokens, tokens);
    hearer.owesSince = undefined;
  }

  /** It is no more. */
  forget(id: string): void {
    this.#allOf = undefined;
    this.#byId?.delete(id);
  }

  /** They may not know any more what they have heard. */
  forgetAll(): void {
    this.#allOf = undefined;
    for (const id of this.#byId?.keys() ?? []) this.#byId?.set(id, newHearer(0));
  }

  /** What of that these may not know. A call that finds nothing costs as little as can be. */
  unheard(ids: readonly string[], taken: Taken, now: number): Unheard {
    if (this.#allOf?.ids === ids && this.#allOf.requests === taken.requests) return NOTHING;
    let { requests, tokens } = taken;
    let silent = 0;
    for (const id of ids) {
      const hearer = this.#of(id, taken);
      if (isSilent(hearer, taken, now)) silent += 1;
      else {
        requests = Math.min(requests, hearer.requests);
        tokens = Math.min(tokens, hearer.tokens);
      }
    }
    if (silent === 0 && requests === taken.requests && tokens === taken.tokens) {
      this.#allOf = { ids, requests };
      return NOTHING;
    }
    return { unheard: { requests: taken.requests - requests, tokens: taken.tokens - tokens }, silent };
  }

  /** One that comes while so much is taken already is not waited for: its part is left to it, until it knows. */
  #of(id: string, taken: Taken = NOTHING.unheard): Hearer {
    const known = this.#byId?.get(id);
    if (known !== undefined) return known;
    const hearer = newHearer(taken.requests);
    (this.#byId ??= new Map<string, Hearer>()).set(id, hearer);
    return hearer;
  }
}

function newHearer(toCatchUp: number): Hearer {
  return { requests: 0, tokens: 0, toCatchUp, owesSince: undefined };
}

function isSilent(hearer: Hearer, taken: Taken, now: number): boolean {
  if (hearer.toCatchUp > 0) return true;
  if (hearer.requests >= taken.requests && hearer.tokens >= taken.tokens) return false;
  hearer.owesSince ??= now;
  return now - hearer.owesSince > SILENT_MS;
}
