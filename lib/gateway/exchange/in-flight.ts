/** What `InFlight` holds knows its place in it. */
export interface Placed {
  /** Only `InFlight` sets it; -1 outside. */
  place: number;
}

/**
 * The requests in flight. A `Set` would do the same, but each of its tables that has grown old keeps what was ever in
 * it alive, dead requests above all, until the next full collection: a third of the garbage collector's work.
 */
export class InFlight<T extends Placed> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  add(item: T): void {
    item.place = this.#items.length;
    this.#items.push(item);
  }

  /** Does nothing to what is not there. */
  remove(item: T): void {
    const { place } = item;
    const last = this.#items.at(-1);
    if (place === -1 || last === undefined) return;
    this.#items[place] = last;
    last.place = place;
    item.place = -1;
    this.#items.pop();
  }

  /** As of the call: later changes do not show in it. */
  all(): readonly T[] {
    return [...this.#items];
  }
}
