import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, StopSignal } from '../../lib/balancer/ports';

interface Event {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

/** Time that passes only when everything that could happen has happened: an hour takes as long as its work. */
export class VirtualTime implements Clock {
  /** A binary heap: the earliest event first, of several at one time the one that was planned first. */
  readonly #events: Event[] = [];
  #order = 0;

  constructor(private nowMs: number) {}

  now(): number {
    return this.nowMs;
  }

  /** Lets something happen at that time; at once if it is past. */
  at(time: number, happen: () => void): void {
    const event = { at: Math.max(time, this.nowMs), order: (this.#order += 1), happen };
    let place = this.#events.push(event) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!this.#isBefore(place, above)) break;
      this.#swap(place, above);
      place = above;
    }
  }

  sleep(ms: number, signal?: StopSignal): Promise<void> {
    return new Promise((resolve) => {
      this.at(this.nowMs + ms, resolve);
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Resolves when nothing is planned any more. */
  async run(): Promise<void> {
    for (let event = this.#take(); event !== undefined; event = this.#take()) {
      this.nowMs = event.at;
      event.happen();
      // What waited for it goes on before time does.
      await nextTurn();
    }
  }

  #take(): Event | undefined {
    const [first] = this.#events;
    const last = this.#events.pop();
    if (first === undefined || last === undefined || this.#events.length === 0) return first;
    this.#events[0] = last;
    for (let place = 0; ;) {
      const left = 2 * place + 1;
      if (left >= this.#events.length) return first;
      const right = left + 1;
      const below = right < this.#events.length && this.#isBefore(right, left) ? right : left;
      if (!this.#isBefore(below, place)) return first;
      this.#swap(place, below);
      place = below;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#events[a], this.#events[b]];
    if (one === undefined || other === undefined) return false;
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#events[a], this.#events[b]];
    if (one === undefined || other === undefined) return;
    this.#events[a] = other;
    this.#events[b] = one;
  }
}
