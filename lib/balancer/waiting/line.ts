/** Whoever stands in a line. */
export interface Standing {
  /** Whose turn counts as one, however many of its requests wait. */
  readonly client: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

/** Served by turns between clients, and of one client in the order of arrival. */
export class Line<T extends Standing> {
  /** In the order of their turns; none is empty. */
  readonly #byClient = new Map<string, Set<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Whose turn it is. */
  get first(): T | undefined {
    for (const item of this.firsts()) return item;
    return undefined;
  }

  add(item: T): void {
    const waiting = this.#byClient.get(item.client);
    if (waiting === undefined) this.#byClient.set(item.client, new Set([item]));
    else waiting.add(item);
    this.#size += 1;
  }

  /** It has left. Others keep their turns. */
  remove(item: T): void {
    const waiting = this.#byClient.get(item.client);
    if (waiting?.delete(item) !== true) return;
    this.#size -= 1;
    if (waiting.size === 0) this.#byClient.delete(item.client);
  }

  /** The client has had its turn, here or elsewhere: its next one comes after everybody else's. */
  hadTurn(client: string): void {
    const waiting = this.#byClient.get(client);
    if (waiting === undefined) return;
    this.#byClient.delete(client);
    this.#byClient.set(client, waiting);
  }

  /** Those whose time is over; of one client the deadlines are in the order of arrival. */
  *expired(now: number): Generator<T> {
    for (const waiting of [...this.#byClient.values()]) {
      for (const item of waiting) {
        if (item.deadline > now) break;
        yield item;
      }
    }
  }

  /** The longest waiting of each client. */
  *firsts(): Generator<T> {
    for (const waiting of this.#byClient.values()) {
      for (const item of waiting) {
        yield item;
        break;
      }
    }
  }

  /** When the first one's time is over; Infinity if nobody waits. */
  get firstDeadline(): number {
    let earliest = Infinity;
    for (const { deadline } of this.firsts()) earliest = Math.min(earliest, deadline);
    return earliest;
  }
}
