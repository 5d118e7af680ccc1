/**
 * The end of a port that several share. Connections on their way to one that has closed it go to the others, so the
 * last of them closes it when all the others have: then only those are lost that come within that moment.
 */
export class PortEnd {
  readonly #open = new Set<object>();
  readonly #closing = new Set<object>();
  #lastMayClose: (() => void) | undefined;

  opened(sharer: object): void {
    this.#open.add(sharer);
  }

  /** Resolves at once for all but the last one that asks, and for that one when the others have closed. */
  mayClose(sharer: object): Promise<void> {
    this.#closing.add(sharer);
    const isLast = [...this.#open].every((one) => this.#closing.has(one));
    if (!isLast || this.#open.size <= 1) return Promise.resolve();
    return new Promise((resolve) => (this.#lastMayClose = resolve));
  }

  /** It does not take connections any more, or has ended. */
  closed(sharer: object): void {
    this.#open.delete(sharer);
    if (this.#open.size <= 1) this.#lastMayClose?.();
  }
}
