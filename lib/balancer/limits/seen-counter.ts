import type { CapacityNote } from './capacity';
import { EmptyTalk } from './empty-talk';
import type { Use } from './draws';
import { MovingWindow } from './moving-window';
import { Plenty } from './plenty';
import { Refill } from './refill';
import type { SeenLimit } from './seen-limits';
import { ToldWord } from './told-word';

/** What is left without a word about when it comes back is looked at again after so long. */
const RESET_UNKNOWN_MS = 5_000;
/** Nobody knows when a request will be answered: one is looked for again after so long. */
const UNTIL_ONE_ANSWERS_MS = 250;
/** A request that asks what is left, and has no answer after so long, does not keep the next one from asking. */
const ASK_AGAIN_MS = 1_000;
/** Of nearly all limits of this kind. */
const SPAN_MS = 60_000;
/** "Nothing left" for longer than a minute is put to the proof once after so long, as such a word may be wrong. */
const PROOF_MS = 5_000;
/** Resets of one window are told no further apart. */
const SAME_MS = 1_500;

/** What an answer's request drew, and what had been drawn when it was sent. */
export interface Draw {
  readonly cost: number;
  /** All, with its own. */
  readonly drawn: number;
  /** Of that, what had been sent just before it and was not answered: it may be counted after it. */
  readonly beside: number;
  /** All by now. */
  readonly drawnNow: number;
  /** All by now that has ended without a word. */
  readonly silentNow: number;
  readonly takenAt: number;
  /** Without answers that tell what is left nobody knows how much is back at a reset. */
  readonly areAnswersTelling: boolean;
}

/**
 * One of a key's limits, as its answers tell it. Between two answers it knows what is left at least: a bucket that
 * refills bit by bit is told from a window that ends by how the reset moves.
 */
export class SeenCounter {
  #remaining = Infinity;
  /** The most that it has been seen to give at once, never more than the limit it tells. */
  #most = 1;
  #at = 0;
  #resetAt = 0;
  /** All that had been drawn when the request was sent that told it, its own draw included, */
  #drawnThen = 0;
  /** what of that may not have been counted yet, */
  #uncertain = 0;
  /** and all that had been drawn when its answer came. */
  #drawnAtWord = 0;
  /** All that had ended without a word then. */
  #silentAtWord = 0;
  /** What an answer told last, for those who look on. */
  #word: ToldWord | undefined;
  readonly #emptyTalk = new EmptyTalk();
  /** What is known was told by a refusal. */
  #isProved = false;
  #areAnswersTelling = false;
  /** The reset has come since. */
  #isAllBack = false;
  /** What a refusal said of it. */
  #oneBackMs: number | undefined;
  /** How often in a row that has proved wrong: the time doubles each time. */
  #backsInVain = 0;
  readonly #plenty = new Plenty();
  readonly #refill = new Refill();
  readonly #moving = new MovingWindow();

  /**
   * A provider counts requests as they come, and answers in any order: the one that was sent last knows most. But those
   * of a burst reach it in another order than they were sent in: of these the one that tells least was counted last.
   */
  see(seen: SeenLimit, draw: Draw, now: number): void {
    const { remaining, resetAt, spanMs = SPAN_MS } = seen;
    const { cost, drawn, takenAt } = draw;
    if (remaining === undefined) return;
    this.#moving.use(cost, takenAt, now);
    const least = this.#isGoingOn(resetAt, now) ? Math.min(this.#remaining, remaining) : undefined;
    if (drawn < this.#drawnThen && now < this.#resetAt) {
      this.#uncertain = Math.max(0, this.#uncertain - cost);
      this.#remaining = least ?? this.#remaining;
      return;
    }
    if (this.#isEmptyTalk(seen, draw, now)) {
      this.#remaining = Infinity;
      this.#word = undefined;
      return;
    }
    this.#backsInVain = this.#backsInVainBy(draw);
    const taken = drawn - this.#drawnThen;
    const before = { at: this.#at, resetAt: this.#resetAt, missing: this.#most - this.#remaining };
    this.#refill.see(seen, before, taken, now);
    this.#most = Math.max(1, Math.min(seen.limit ?? Infinity, Math.max(this.#most, remaining + cost)));
    if (spanMs === SPAN_MS)
      this.#moving.see({ remaining, resetAt, thought: this.#thought(draw) }, this.#most, now);
    const isOfSameBurst = drawn <= this.#drawnAtWord;
    this.#remaining = (isOfSameBurst ? least : undefined) ?? remaining;
    this.#word = ToldWord.of(seen, remaining, this.#word, drawn, now);
    this.#noteDraw(draw);
    this.#noteTimes(seen, now);
    this.#plenty.told(seen, this.#most, now);
  }

  /** See `Plenty`; where a window may move each word counts. */
  hasPlenty(drawn: number, unanswered: number, now: number): boolean {
    const unknown = Math.max(drawn - this.#drawnThen, unanswered, this.#uncertain);
    return this.#plenty.isLeft(unknown, now) && !this.#moving.isSuspected;
  }

  #noteDraw({ cost, drawn, drawnNow, silentNow, beside, areAnswersTelling }: Draw): void {
    this.#isProved = cost === 0;
    this.#areAnswersTelling = areAnswersTelling;
    this.#isAllBack = false;
    this.#drawnThen = drawn;
    this.#uncertain = this.#refill.isLikely ? 0 : beside;
    this.#drawnAtWord = drawnNow;
    this.#silentAtWord = silentNow;
  }

  /** What is left if all has come back at the reset; undefined if none has come since the word before. */
  #thought({ drawn, beside }: Draw): number | undefined {
    const taken = drawn - this.#drawnThen;
    return this.#isAllBack && taken > 0 ? this.#most - taken - beside : undefined;
  }

  #noteTimes({ resetAt, remaining, spanMs = Infinity, unitMs, oneBackAt }: SeenLimit, now: number): void {
    this.#at = now;
    this.#resetAt = Math.max(resetAt ?? now + Math.min(RESET_UNKNOWN_MS, spanMs), now);
    const isLikeBucket = remaining === 0 && unitMs !== undefined && !this.#refill.isUnlikely;
    const backAt = oneBackAt ?? (isLikeBucket ? now + unitMs : Infinity);
    const isSooner = backAt > now && backAt < this.#resetAt;
    this.#oneBackMs = isSooner ? (backAt - now) * 2 ** this.#backsInVain : undefined;
  }

  /** One more if a refusal had said when one would be taken, and then it was refused all the same. */
  #backsInVainBy({ cost, drawn }: Draw): number {
    const wasSaid = this.#isProved && this.#oneBackMs !== undefined;
    return cost === 0 && wasSaid && drawn > this.#drawnAtWord ? this.#backsInVain + 1 : 0;
  }

  /** Whether an answer tells of the window that is known already, in which nothing comes back. */
  #isGoingOn(resetAt: number | undefined, now: number): boolean {
    if (resetAt === undefined || now >= this.#resetAt || this.#refill.isLikely) return false;
    return Math.abs(resetAt - this.#resetAt) <= SAME_MS;
  }

  /** See `EmptyTalk`; a window that moves gives back one by one. */
  #isEmptyTalk({ remaining, resetAt, limit }: SeenLimit, { cost, drawn }: Draw, now: number): boolean {
    if (remaining !== 0 || cost === 0 || this.#moving.isShown) {
      this.#emptyTalk.end();
      return false;
    }
    const wasEmpty = this.#remaining === 0 && this.#unitMs === undefined && drawn > this.#drawnAtWord;
    return this.#emptyTalk.hear({
      wasEarly: wasEmpty && now < this.#resetAt - SAME_MS,
      usedSince: this.#isAllBack ? drawn - this.#drawnThen : undefined,
      limit,
      hasReset: resetAt !== undefined,
    });
  }

  /** Milliseconds until so much more may be used; 0 if it may now. */
  waitMs(amount: number, of: SeenLimit['of'], use: Use, now: number): number {
    const [drawn, unanswered] = [use.drawn[of], use.unanswered[of]];
    const left = this.#left(drawn, now);
    // What is more than it ever gave needs all of it.
    const needed = Math.min(amount, this.#most);
    if (left >= needed) {
      return left - Math.min(this.#uncertain, unanswered) >= needed ? 0 : UNTIL_ONE_ANSWERS_MS;
    }
    const since = Math.max(0, drawn - this.#drawnThen);
    // What has ended without a word may not have been counted.
    const isDoubtful = left + Math.min(since, use.silent[of] - this.#silentAtWord) >= needed;
    if (isDoubtful) return askMs(use, now);
    if (this.#moving.isShown) {
      const backMs = this.#moving.waitMs(needed + since, now);
      if (this.#moving.knowsAll(now)) return backMs;
      // At the reset one request may ask what is back.
      return Math.min(backMs, Math.max(unanswered > 0 ? UNTIL_ONE_ANSWERS_MS : 0, this.#resetAt - now));
    }
    const unitMs = this.#unitMs;
    const backMs =
      unitMs === undefined ? this.#proofMs(unanswered, now) : Math.ceil((needed - left) * unitMs);
    return Math.min(this.#resetAt - now, backMs);
  }

  /** Milliseconds until one request may show whether nothing is left in truth; Infinity if that is shown, or soon. */
  #proofMs(unanswered: number, now: number): number {
    if (this.#isProved || this.#resetAt - this.#at <= SPAN_MS + SAME_MS) return Infinity;
    return unanswered > 0 ? UNTIL_ONE_ANSWERS_MS : Math.max(0, this.#at + PROOF_MS - now);
  }

  /** 1 is all of it; undefined while nothing is told of what is left. */
  leftShare(drawn: number, now: number): number | undefined {
    const left = this.#left(drawn, now);
    return left === Infinity ? undefined : Math.max(0, left / this.#most);
  }

  /** Notes what is left, as far as answers have told; nothing if what they told is over. */
  note(into: CapacityNote, of: SeenLimit['of'], drawn: number, now: number): void {
    this.#word?.note(into, of, drawn, this.#unitMs, now);
  }

  /** How much may be used now, as far as is known. */
  #left(drawn: number, now: number): number {
    if (this.#remaining === Infinity) return Infinity;
    const isMoving = this.#moving.isShown;
    if (isMoving ? this.#moving.isOver(now) : now >= this.#resetAt) this.#turn(drawn, now);
    else if (isMoving)
      return Math.min(this.#most, this.#moving.left(now)) - Math.max(0, drawn - this.#drawnThen);
    const unitMs = this.#unitMs;
    const refilled = unitMs === undefined ? 0 : (now - this.#at) / unitMs;
    return Math.min(this.#most, this.#remaining + refilled) - Math.max(0, drawn - this.#drawnThen);
  }

  /** All of it is back. If no answer tells more, it will be again in a while. */
  #turn(drawn: number, now: number): void {
    this.#word = this.#word?.turned(drawn, now);
    this.#remaining = this.#areAnswersTelling ? this.#most : Infinity;
    this.#uncertain = 0;
    this.#isAllBack = true;
    this.#drawnAtWord = drawn;
    this.#drawnThen = drawn;
    this.#at = now;
    this.#resetAt = now + SPAN_MS;
    this.#oneBackMs = undefined;
  }

  /** How long one more takes to come back; undefined if it comes back at once with all the others. */
  get #unitMs(): number | undefined {
    if (this.#oneBackMs !== undefined) return this.#oneBackMs;
    const missing = this.#most - this.#remaining;
    return this.#refill.isSure && missing > 0 ? (this.#resetAt - this.#at) / missing : undefined;
  }
}

/** Milliseconds until one request may ask: none is on its way, or it takes too long. */
function askMs({ unanswered, sentAt }: Use, now: number): number {
  return unanswered.requests === 0 ? 0 : Math.max(0, sentAt + ASK_AGAIN_MS - now);
}
