/** A probe that is still silent after this long lets another one out, so that a slow one cannot bar the way. */
const PROBE_MS = 4_000;

/** An answer that has streamed for this long counts as whole. */
const GOING_MS = 5_000;

type ProbeState =
  | { readonly name: 'out' | 'going'; /** Milliseconds since the epoch. */ readonly expiresAt: number }
  | { readonly name: 'answered' };

const ANSWERED: ProbeState = { name: 'answered' };

/**
 * Half-open is what has rested and may be healthy again or not. It lets one request at a time through as a probe to
 * find out. Its owner keeps the last probe that it gave out, and gives out another only when `waitMs` is 0.
 *
 * Where answers break off, the beginning of one tells nothing: such a probe is answered by its end.
 *
 * A probe is answered at most once: what its request tells later counts like that of any other request.
 */
export class HalfOpenProbe {
  #state: ProbeState;

  constructor(now: number) {
    this.#state = { name: 'out', expiresAt: now + PROBE_MS };
  }

  get isAnswered(): boolean {
    return this.#state.name === 'answered';
  }

  /** Its answer has begun, and is to be told by its end: there is another one to wait for until then, or for 5 s. */
  begun(now: number): void {
    if (this.#state.name === 'out') this.#state = { name: 'going', expiresAt: now + GOING_MS };
  }

  /** Its answer has gone on for so long that its end need not be waited for. */
  hasGoneWell(now: number): boolean {
    return this.#state.name === 'going' && now >= this.#state.expiresAt;
  }

  /** Milliseconds until another probe may be given out: 0 once this one is answered, at most 4 s until then. */
  waitMs(now: number): number {
    return this.#state.name === 'answered' ? 0 : Math.max(0, this.#state.expiresAt - now);
  }

  /** True for the first answer, even one that comes after another probe was given out; false for all later ones. */
  answer(): boolean {
    const isFirst = this.#state.name !== 'answered';
    this.#state = ANSWERED;
    return isFirst;
  }
}
