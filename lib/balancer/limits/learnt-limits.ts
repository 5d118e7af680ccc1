import type { CapacityNote } from './capacity';
import type { Drawn, Use } from './draws';
import { Pace, type Refused } from './pace';
import type { Answered } from './recent-answers';
import { SeenCounter } from './seen-counter';
import type { SeenLimit } from './seen-limits';

/** What a request drew, and when among the others. */
export interface Order {
  readonly cost: Drawn;
  readonly drawn: Drawn;
  readonly beside: Drawn;
  readonly drawnNow: Drawn;
  readonly silentNow: Drawn;
  readonly takenAt: number;
  /** The account's answers tell what is left, and not its refusals alone. */
  readonly areAnswersTelling: boolean;
}

/** A limit that answers tell of. */
interface Told {
  readonly of: SeenLimit['of'];
  /** 0 where no answer has told it. */
  readonly spanMs: number;
  /** Of several for one span, in the order in which answers tell them. */
  readonly place: number;
  readonly counter: SeenCounter;
}

const NOTHING_TOLD: readonly Told[] = [];

/** Of a told limit of tokens: with less left a refusal may be its doing, as nobody knows what a request uses. */
const TOKENS_LOW_SHARE = 0.5;
/** So many refusals that nothing explains, each soon after the one before, are the doing of a limit that is not told. */
const UNEXPLAINED = { atLeast: 3, withinMs: 60_000 };

/**
 * What answers have told of the limits of an account, or of one model in it; and the pace that it has been found to
 * bear, where refusals are not explained by what was told.
 */
export class LearntLimits {
  #told: Told[] | undefined;
  #pace: Pace | undefined;
  /** Answers tell what is left, and not refusals alone. */
  #areAnswersTelling = false;
  /** Refusals that nothing explains, and when the last of them came. */
  #unexplained = 0;
  #unexplainedAt = -Infinity;

  get pace(): Pace | undefined {
    return this.#pace;
  }

  /** Milliseconds until a request of so many tokens may be sent; 0 if it may now. */
  waitMs(tokens: number, use: Use, now: number): number {
    let wait = this.#pace?.waitMs(now) ?? 0;
    if (this.#told === undefined) return wait;
    for (const { of, counter } of this.#told) {
      const amount = of === 'tokens' ? tokens : 1;
      wait = Math.max(wait, counter.waitMs(amount, of, use, now));
    }
    return wait;
  }

  /** Of each limit that answers tell of; what one tells in the next moment will hardly be news. */
  hasPlenty({ drawn, unanswered }: Use, now: number): boolean {
    if (this.#told === undefined || this.#pace !== undefined) return false;
    for (const { of, counter } of this.#told)
      if (!counter.hasPlenty(drawn[of], unanswered[of], now)) return false;
    return true;
  }

  /** The smallest share that is left of what answers have told: 1 is all of it; undefined if they have told nothing. */
  toldShare(drawn: Drawn, now: number): number | undefined {
    let smallest: number | undefined;
    for (const { of, counter } of this.#told ?? NOTHING_TOLD) {
      const share = counter.leftShare(drawn[of], now);
      if (share !== undefined && (smallest === undefined || share < smallest)) smallest = share;
    }
    return smallest;
  }

  /** What is left of the pace that has been found out: 1 is all of it. */
  pacedShare(now: number): number {
    return this.#pace?.leftShare(now) ?? 1;
  }

  /** Notes what is left of each limit. */
  note(into: CapacityNote, drawn: Drawn, now: number): void {
    const paced = this.#pace?.room(now);
    if (paced !== undefined) into.add('requestsPerMinute', paced);
    for (const { of, counter } of this.#told ?? []) counter.note(into, of, drawn[of], now);
  }

  take(now: number): void {
    this.#pace?.take(now);
  }

  /** An answer tells what is left. */
  see(seen: readonly SeenLimit[], order: Order, now: number): void {
    const { cost, drawn, beside, drawnNow, silentNow, takenAt, areAnswersTelling } = order;
    const told = (this.#told ??= []);
    const isAsBefore = isSameKinds(seen, told);
    for (let index = 0; index < seen.length; index += 1) {
      const limit = seen[index];
      if (limit === undefined) continue;
      const { of } = limit;
      const counter = (isAsBefore ? told[index]?.counter : undefined) ?? counterOf(limit, seen, told);
      const draw = {
        cost: cost[of],
        drawn: drawn[of],
        beside: beside[of],
        drawnNow: drawnNow[of],
        silentNow: silentNow[of],
        takenAt,
        areAnswersTelling,
      };
      counter.see(limit, draw, now);
    }
    if (this.#areAnswersTelling || !areAnswersTelling) return;
    // They know better.
    this.#areAnswersTelling = true;
    this.#pace = undefined;
  }

  /** A request that was sent then is no longer on its way to an answer. */
  ended(takenAt: number): void {
    this.#pace?.ended(takenAt);
  }

  accepted(tokens: number, takenAt: number, now: number): void {
    this.#pace?.accepted(tokens, takenAt, now);
  }

  /** A limit was met: a pace is learnt from that unless it is one that answers tell of. */
  refused(refused: Refused, answered: Answered, use: Use, now: number): void {
    if (this.#areAnswersTelling && !this.#isOfUntold(refused.tokens, use, now)) return;
    this.#pace ??= new Pace();
    this.#pace.refused(refused, answered, now);
  }

  /** A refusal shows that there is a limit beside those that answers tell of. */
  #isOfUntold(tokens: number, use: Use, now: number): boolean {
    if (this.#isExplained(tokens, use, now)) {
      this.#unexplained = 0;
      return false;
    }
    const isSoonAfter = now - this.#unexplainedAt < UNEXPLAINED.withinMs;
    this.#unexplained = isSoonAfter ? this.#unexplained + 1 : 1;
    this.#unexplainedAt = now;
    return this.#unexplained >= UNEXPLAINED.atLeast;
  }

  /** Of one of the limits that answers tell of there was too little left. */
  #isExplained(tokens: number, use: Use, now: number): boolean {
    for (const { of, counter } of this.#told ?? NOTHING_TOLD) {
      const amount = of === 'tokens' ? tokens : 1;
      if (counter.waitMs(amount, of, use, now) > 0) return true;
      if (of === 'tokens' && (counter.leftShare(use.drawn[of], now) ?? 1) < TOKENS_LOW_SHARE) return true;
    }
    return false;
  }
}

/** One answer is like the other: then each limit is where it was. */
function isSameKinds(seen: readonly SeenLimit[], told: readonly Told[]): boolean {
  if (seen.length !== told.length) return false;
  for (let index = 0; index < seen.length; index += 1) {
    const [one, other] = [seen[index], told[index]];
    if (one?.of !== other?.of || (one?.spanMs ?? 0) !== other?.spanMs) return false;
  }
  return true;
}

/** Of one kind; more than any provider tells. */
const TOLD_MAX = 8;

/**
 * Limits of one kind are told apart by their spans, in whichever order an answer tells them. What span a limit is for
 * may be told by one answer and not by the next: the only one of its kind is the same either way. Asked for each limit
 * of each answer.
 */
function counterOf(limit: SeenLimit, seen: readonly SeenLimit[], told: Told[]): SeenCounter {
  const { of, spanMs = 0 } = limit;
  const alike = countOf(of, seen);
  const first = told.find((one) => one.of === of);
  const known = countOf(of, told);
  if (first !== undefined && known === 1 && alike === 1) return first.counter;

  const place = alike === 1 ? 0 : placeOf(limit, seen);
  for (const one of told)
    if (one.of === of && one.spanMs === spanMs && one.place === place) return one.counter;
  if (first !== undefined && known >= TOLD_MAX) told.splice(told.indexOf(first), 1);
  const counter = new SeenCounter();
  told.push({ of, spanMs, place, counter });
  return counter;
}

function countOf(of: SeenLimit['of'], limits: readonly Pick<SeenLimit, 'of'>[]): number {
  let count = 0;
  for (const limit of limits) if (limit.of === of) count += 1;
  return count;
}

/** Of several for one span the order is all there is to go by. */
function placeOf(limit: SeenLimit, seen: readonly SeenLimit[]): number {
  return seen.filter(({ of, spanMs }) => of === limit.of && spanMs === limit.spanMs).indexOf(limit);
}
