/** Whoever stands in a line. */
export interface Standing {
  /** Whose turn counts as one, however many of its requests wait. */
  readonly client: string;
  /** Whoever has a higher one goes first; 0 by default. */
  readonly priority?: number;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

/** Those of one client, in the order of arrival. */
interface OfClient<T> {
  readonly items: Set<T>;
  lastDeadline: number;
  /** Nobody's time ends before that of one who came earlier: so it is as long as all may wait equally long. */
  areDeadlinesInOrder: boolean;
}

/** The highest priority first; within one by turns between clients, and of one client in the order of arrival. */
export class Line<T extends Standing> {
  /** In the order of their turns; none is empty. */
  readonly #byClient = new Map<string, OfClient<T>>();
  #size = 0;
  /** Of these it is to be asked who goes first; most often there are none. */
  #prioritised = 0;

  get size(): number {
    return this.#size;
  }

  /** Whose turn it is. */
  get first(): T | undefined {
    let first: T | undefined;
    for (const item of this.firsts()) {
      if (this.#prioritised === 0) return item;
      if (first === undefined || priorityOf(item) > priorityOf(first)) first = item;
    }
    return first;
  }

  add(item: T): void {
    const { client, deadline } = item;
    const waiting = this.#byClient.get(client) ?? newClient<T>();
    this.#byClient.set(client, waiting);
    waiting.items.add(item);
    waiting.areDeadlinesInOrder &&= deadline >= waiting.lastDeadline;
    waiting.lastDeadline = deadline;
    this.#size += 1;
    if (priorityOf(item) !== 0) this.#prioritised += 1;
  }

  /** It has left. Others keep their turns. */
  remove(item: T): void {
    const waiting = this.#byClient.get(item.client);
    if (waiting?.items.delete(item) !== true) return;
    this.#size -= 1;
    if (priorityOf(item) !== 0) this.#prioritised -= 1;
    if (waiting.items.size === 0) this.#byClient.delete(item.client);
  }

  /** The client has had its turn, here or elsewhere: its next one comes after everybody else's. */
  hadTurn(client: string): void {
    const waiting = this.#byClient.get(client);
    if (waiting === undefined) return;
    this.#byClient.delete(client);
    this.#byClient.set(client, waiting);
  }

  /** Those whose time is over. */
  *expired(now: number): Generator<T> {
    for (const { items, areDeadlinesInOrder } of [...this.#byClient.values()]) {
      for (const item of items) {
        if (item.deadline <= now) yield item;
        else if (areDeadlinesInOrder) break;
      }
    }
  }

  /** The longest waiting of each client. */
  *firsts(): Generator<T> {
    for (const { items } of this.#byClient.values()) {
      for (const item of items) {
        yield item;
        break;
      }
    }
  }

  /** When the first one's time is over; Infinity if nobody waits. */
  get firstDeadline(): number {
    let earliest = Infinity;
    for (const { items, areDeadlinesInOrder } of this.#byClient.values()) {
      for (const { deadline } of items) {
        earliest = Math.min(earliest, deadline);
        if (areDeadlinesInOrder) break;
      }
    }
    return earliest;
  }
}

export const priorityOf = ({ priority = 0 }: Standing): number => priority;

function newClient<T>(): OfClient<T> {
  return { items: new Set(), lastDeadline: -Infinity, areDeadlinesInOrder: true };
}
