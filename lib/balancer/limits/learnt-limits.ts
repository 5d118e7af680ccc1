import type { CapacityNote } from './capacity';
import { Pace } from './pace';
import { SeenCounter } from './seen-counter';
import type { SeenLimit } from './seen-limits';

/** What has been drawn so far, the tokens as estimated. */
export interface Drawn {
  readonly requests: number;
  readonly tokens: number;
}

/** What answers have told of the limits of an account, or of one model in it. */
export class LearntLimits {
  /** By what they count, and which of several for that: `requests 1`. */
  #counters: Map<string, SeenCounter> | undefined;
  #pace: Pace | undefined;

  get pace(): Pace | undefined {
    return this.#pace;
  }

  /** Milliseconds until a request of so many tokens may be sent; 0 if it may now. */
  waitMs(tokens: number, drawn: Drawn, now: number): number {
    let wait = this.#pace?.waitMs(now) ?? 0;
    if (this.#counters === undefined) return wait;
    for (const [name, counter] of this.#counters) {
      const ofCounter = isOfTokens(name)
        ? counter.waitMs(tokens, drawn.tokens, now)
        : counter.waitMs(1, drawn.requests, now);
      wait = Math.max(wait, ofCounter);
    }
    return wait;
  }

  /** The smallest share that is left of any of them: 1 is all of it. */
  leftShare(drawn: Drawn, now: number): number {
    let share = this.#pace?.leftShare(now) ?? 1;
    if (this.#counters === undefined) return share;
    for (const [name, counter] of this.#counters) {
      share = Math.min(share, counter.leftShare(isOfTokens(name) ? drawn.tokens : drawn.requests, now));
    }
    return share;
  }

  /** Notes what is left of each limit. */
  note(into: CapacityNote, drawn: Drawn, now: number): void {
    const paced = this.#pace?.room(now);
    if (paced !== undefined) into.add('requestsPerMinute', paced);
    for (const [name, counter] of this.#counters ?? []) {
      const of = isOfTokens(name) ? 'tokens' : 'requests';
      counter.note(into, of, drawn[of], now);
    }
  }

  take(now: number): void {
    this.#pace?.take(now);
  }

  /** An answer tells what is left: it cost so much, and was asked for when so much had been drawn. */
  see(seen: readonly SeenLimit[], cost: Drawn, drawn: Drawn, now: number): void {
    this.#counters ??= new Map();
    const told = { requests: 0, tokens: 0 };
    for (const limit of seen) {
      // By their order: what span a limit is for may be told by one answer and not by the next.
      const name = `${limit.of} ${(told[limit.of] += 1)}`;
      let counter = this.#counters.get(name);
      if (counter === undefined) {
        counter = new SeenCounter();
        this.#counters.set(name, counter);
      }
      counter.see(limit, cost[limit.of], drawn[limit.of], now);
    }
    // They know better.
    this.#pace = undefined;
  }

  accepted(): void {
    this.#pace?.accepted();
  }

  /** A limit was met that no answer tells of; `perMinute`: how many requests were answered in the last minute. */
  refused(dialedAt: number, perMinute: number, isWholeMinute: boolean, now: number): void {
    if (this.#counters !== undefined) return;
    this.#pace ??= new Pace();
    this.#pace.refused(dialedAt, perMinute, isWholeMinute, now);
  }
}

function isOfTokens(name: string): boolean {
  return name.startsWith('tokens');
}
