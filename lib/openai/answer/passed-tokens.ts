/** How many tokens an answer may have had, of which nobody has told the number. */
export interface PassedTokens {
  readonly least: number;
  readonly most: number;
}

const BYTES_PER_TOKEN = 4;
/** Shorter events, such as `[DONE]`, are no part of an answer. */
const EVENT_BYTES_MIN = 64;
const COLON = 0x3a;

/** Of an answer that is no stream. */
export function tokensInBytes(bytes: number): PassedTokens {
  return { least: 0, most: Math.ceil(bytes / BYTES_PER_TOKEN) };
}

/**
 * Counts what events bring: a token each at least, as models speak, and no more than a fourth of the bytes that they
 * have beyond the shortest of them, which is nearly all wrapping.
 */
export class EventTokens {
  #events = 0;
  #bytes = 0;
  #shortest = Infinity;

  /** `raw`: an event as it came. */
  observe(raw: Buffer): void {
    const { length } = raw;
    if (length < EVENT_BYTES_MIN || raw[0] === COLON) return;
    this.#events += 1;
    this.#bytes += length;
    if (length < this.#shortest) this.#shortest = length;
  }

  get passed(): PassedTokens {
    const least = this.#events;
    if (least === 0) return { least, most: 0 };
    const { most } = tokensInBytes(this.#bytes - least * this.#shortest);
    return { least, most: Math.max(least, most) };
  }
}
