/**
 * The end of a port that several share: none of them stops taking connections before the port itself is closed and
 * those that have come by it are at one of them. That is when all want to stop.
 */
export class PortEnd {
  readonly #open = new Set<object>();
  readonly #closing = new Set<object>();
  #isOver = false;
  readonly #mayClose: Promise<void>;
  #allow = (): void => undefined;

  constructor(private readonly closePort: () => Promise<void>) {
    this.#mayClose = new Promise((resolve) => (this.#allow = resolve));
  }

  opened(sharer: object): void {
    this.#open.add(sharer);
  }

  /** Resolves when all that are there have asked, and the port is closed. */
  mayClose(sharer: object): Promise<void> {
    this.#closing.add(sharer);
    this.#look();
    return this.#mayClose;
  }

  ended(sharer: object): void {
    this.#open.delete(sharer);
    this.#look();
  }

  #look(): void {
    const areAllClosing = [...this.#open].every((one) => this.#closing.has(one));
    if (this.#isOver || this.#closing.size === 0 || !areAllClosing) return;
    this.#isOver = true;
    void this.closePort().then(this.#allow);
  }
}
