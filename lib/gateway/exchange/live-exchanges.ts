import { SHUTTING_DOWN } from '../answer/errors';
import type { Access } from '../request/access';
import { InFlight } from './in-flight';
import { refuse, type LiveExchange } from './live-exchange';

/** The requests that are being served, and how they end together. */
export class LiveExchanges {
  readonly #all = new InFlight<LiveExchange>();
  readonly #idleWaiters: (() => void)[] = [];

  get size(): number {
    return this.#all.size;
  }

  add(exchange: LiveExchange): void {
    this.#all.add(exchange);
  }

  remove(exchange: LiveExchange): void {
    this.#all.remove(exchange);
    if (this.#all.size === 0) for (const wake of this.#idleWaiters.splice(0)) wake();
  }

  /** Connections close behind the answers that have not begun yet. */
  closeConnections(): void {
    for (const { response } of this.#all.all()) response.closeAfter();
  }

  /** Ends conversations that have no end of their own, each as soon as nothing is being answered in it. */
  sendAway(): void {
    for (const exchange of this.#all.all()) {
      exchange.isGoing = true;
      exchange.goAway?.();
    }
  }

  /**
   * Ends the conversations of those who are not let in any more, and lets others go on by the rules that hold now; what
   * has an end of its own comes to it by those that it began with.
   */
  keepOnly(access: Access): void {
    for (const exchange of this.#all.all()) {
      const { request, route, revoke } = exchange;
      if (revoke === undefined) continue;
      const standing = access.standing((name) => request.header(name), route.query);
      if (standing.ok) exchange.rules = standing.rules;
      else revoke(standing.why);
    }
  }

  /**
   * Ends what is in flight: with an error event where events flow, with a 503 where nothing was sent, else visibly
   * unfinished.
   */
  cutOff(): void {
    for (const exchange of this.#all.all()) {
      if (exchange.cutAnswer !== undefined) exchange.cutAnswer();
      else refuse(exchange, SHUTTING_DOWN);
      exchange.request.signal.abort();
    }
  }

  /** Resolves as soon as nothing is in flight. */
  idle(): Promise<void> {
    if (this.#all.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }
}
