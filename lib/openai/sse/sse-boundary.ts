const CR = 0x0d;
const LF = 0x0a;

const BETWEEN_EVENTS = 0;
const IN_LINE = 1;
/** A line of the event ended with CR; a LF now still belongs to that line end. */
const AFTER_CR = 2;
const AFTER_LF = 3;
/** A blank line ended with CR where lines end with LF or CRLF: its LF is on the way. */
const AFTER_LF_CR = 4;

/**
 * Finds where the events of a stream start and end, remembering its place between chunks. The places are the same
 * however the stream is cut into chunks.
 *
 * Lines end with CR, LF or CRLF in any mix (WHATWG HTML, 9.2.5); a blank line ends an event and belongs to it. In
 * `\r\r\n` the event ends after the second CR, so that a stream of bare CRs never waits for a LF that does not come;
 * that LF then counts as a blank line between events, which means nothing.
 */
export class EventBoundary {
  #state = BETWEEN_EVENTS;

  /** True after a blank line whose CR may yet be followed by its LF: the event is whole. */
  get isAtBlankLine(): boolean {
    return this.#state === AFTER_LF_CR;
  }

  /** Skips blank lines between events. Offset of the next event's first byte, or the chunk's length. */
  enter(chunk: Buffer, from: number): number {
    let at = from;
    while (chunk[at] === LF || chunk[at] === CR) at++;
    if (at < chunk.length) this.#state = IN_LINE;
    return at;
  }

  /** Offset after the blank line that ends the event entered before, -1 when it goes on after this chunk. */
  findEnd(chunk: Buffer, from: number, hasCr: boolean): number {
    const isPlain = !hasCr && (this.#state === IN_LINE || this.#state === AFTER_LF);
    return isPlain ? this.#findPlainEnd(chunk, from) : this.#findAnyEnd(chunk, from);
  }

  reset(): void {
    this.#state = BETWEEN_EVENTS;
  }

  #leave(at: number): number {
    this.#state = BETWEEN_EVENTS;
    return at;
  }

  /** Lines that end with LF only, found by native search. */
  #findPlainEnd(chunk: Buffer, from: number): number {
    if (from === chunk.length) return -1;
    if (this.#state === AFTER_LF && chunk[from] === LF) return this.#leave(from + 1);
    let lf = chunk.indexOf(LF, from);
    while (lf !== -1) {
      if (chunk[lf + 1] === LF) return this.#leave(lf + 2);
      lf = chunk.indexOf(LF, lf + 2);
    }
    this.#state = chunk[chunk.length - 1] === LF ? AFTER_LF : IN_LINE;
    return -1;
  }

  #findAnyEnd(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at];
      if (this.#state === AFTER_LF_CR) return this.#leave(byte === LF ? at + 1 : at);
      if (byte === LF) {
        if (this.#state === AFTER_LF) return this.#leave(at + 1);
        this.#state = AFTER_LF;
      } else if (byte === CR) {
        if (this.#state === AFTER_CR) return this.#leave(at + 1);
        this.#state = this.#state === AFTER_LF ? AFTER_LF_CR : AFTER_CR;
      } else {
        this.#state = IN_LINE;
      }
    }
    return -1;
  }
}
