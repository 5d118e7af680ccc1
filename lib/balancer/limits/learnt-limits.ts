import type { CapacityNote } from './capacity';
import { Pace, type Refused } from './pace';
import { SeenCounter } from './seen-counter';
import type { SeenLimit } from './seen-limits';

/** What has been drawn so far, the tokens as estimated. */
export interface Drawn {
  readonly requests: number;
  readonly tokens: number;
}

/** What answers have told of the limits of an account, or of one model in it. */
export class LearntLimits {
  /** By what they count, for which span, and which of several for that: `requests 60000 0`. */
  #counters: Map<string, SeenCounter> | undefined;
  #pace: Pace | undefined;

  get pace(): Pace | undefined {
    return this.#pace;
  }

  /** Answers tell what is left. */
  get isTold(): boolean {
    return this.#counters !== undefined;
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
    for (const limit of seen) {
      const counter = counterOf(limit, seen, this.#counters);
      counter.see(limit, cost[limit.of], drawn[limit.of], now);
    }
    // They know better.
    this.#pace = undefined;
  }

  accepted(tokens: number, now: number): void {
    this.#pace?.accepted(tokens, now);
  }

  /** A limit was met that no answer tells of; `perMinute`: how many requests were answered in the last minute. */
  refused(refused: Refused, perMinute: number, isWholeMinute: boolean, now: number): void {
    if (this.#counters !== undefined) return;
    this.#pace ??= new Pace();
    this.#pace.refused(refused, perMinute, isWholeMinute, now);
  }
}

/** Of one kind; more than any provider tells. */
const COUNTERS_MAX = 8;

/**
 * Limits of one kind are told apart by their spans, in whichever order an answer tells them. What span a limit is for
 * may be told by one answer and not by the next: the only one of its kind is the same either way.
 */
function counterOf(
  limit: SeenLimit,
  seen: readonly SeenLimit[],
  counters: Map<string, SeenCounter>,
): SeenCounter {
  const { of, spanMs = 0 } = limit;
  const ofKind = [...counters].filter(([name]) => name.startsWith(of));
  const [first] = ofKind;
  const alike = seen.filter((other) => other.of === of);
  if (first !== undefined && ofKind.length === 1 && alike.length === 1) return first[1];

  // Of several for one span the order is all there is to go by.
  const place = alike.filter((other) => other.spanMs === limit.spanMs).indexOf(limit);
  const name = `${of} ${spanMs} ${place}`;
  const known = counters.get(name);
  if (known !== undefined) return known;
  if (first !== undefined && ofKind.length >= COUNTERS_MAX) counters.delete(first[0]);
  const counter = new SeenCounter();
  counters.set(name, counter);
  return counter;
}

function isOfTokens(name: string): boolean {
  return name.startsWith('tokens');
}
