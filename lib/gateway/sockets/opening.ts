import { judge, type Outcome } from '../../balancer/attempts/verdict';
import type { Frame } from '../../upstream/socket/socket-end';
import type { Timers } from '../exchange/timers';
import { closedWith, closeKind, closeReasonText, errorTextIn, eventKind } from './events';
import { outcomeOfText } from './said';

/** What the first words of a provider come to. `said`: the error in which they ended. */
export type OpeningEnd =
  | { readonly kind: 'open'; readonly held: readonly Frame[] }
  | { readonly kind: 'failed'; readonly outcome: Outcome; readonly said?: Frame };

interface OpeningParts {
  readonly timers: Timers;
  /** From what the client asks to the first word. */
  readonly timeoutMs: number;
  readonly model: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onEnd: (end: OpeningEnd) => void;
}

const HELD_MAX = 64;
/** What only announces an answer is held back for so long. */
const HOLD_MS = 10_000;

/**
 * The beginning of a conversation, up to the first content from the provider: nothing of it reaches the client before,
 * so that the same can still be said to another key.
 */
export class SocketOpening {
  readonly #held: Frame[] = [];
  #stopTimer: (() => void) | undefined;
  #stopHolding: (() => void) | undefined;
  #isOver = false;

  constructor(private readonly parts: OpeningParts) {}

  /** The client has said something, and an answer is due. */
  asked(): void {
    if (this.#stopTimer !== undefined || this.#isOver) return;
    this.#stopTimer = this.parts.timers.after(this.parts.timeoutMs, () =>
      this.#fail({ kind: 'timeout', phase: 'first_event' }),
    );
  }

  heard(frame: Frame): void {
    if (this.#isOver) return;
    const error = errorTextIn(frame);
    const outcome = error === undefined ? undefined : this.#read(error);
    // What another key would say as well is the answer.
    if (outcome !== undefined && judge(outcome).next !== 'pass_through') return this.#fail(outcome, frame);
    this.#held.push(frame);
    this.#stopTimer?.();
    this.#stopTimer = ignore;
    this.#stopHolding ??= this.parts.timers.after(HOLD_MS, () => this.begin());
    const kind = eventKind(frame);
    const isContent = kind !== 'created' && kind !== 'begun';
    if (isContent || this.#held.length > HELD_MAX) this.begin();
  }

  /** The provider has closed the connection. Returns whether there is nothing wrong with that. */
  closed(code: number, reason: string): boolean {
    const isSilent = this.#held.length === 0 && this.#stopTimer === undefined;
    if (isSilent && closeKind(code) === 'usual') return true;
    const message = closedWith(code, reason);
    const isTold = reason !== '' && closeKind(code) !== 'trouble';
    this.#fail(isTold ? this.#read(closeReasonText(reason)) : { kind: 'lost', message });
    return false;
  }

  /** Another key is not an option any more. */
  begin(): void {
    this.#end({ kind: 'open', held: this.#held });
  }

  /** It will not be heard any more. */
  leave(): void {
    this.#isOver = true;
    this.#stopTimer?.();
    this.#stopHolding?.();
  }

  #fail(outcome: Outcome, said?: Frame): void {
    this.#end({ kind: 'failed', outcome, ...(said !== undefined && { said }) });
  }

  #end(end: OpeningEnd): void {
    if (this.#isOver) return;
    this.leave();
    this.parts.onEnd(end);
  }

  #read(body: string): Outcome {
    const { model, now } = this.parts;
    return outcomeOfText(body, model, now());
  }
}

function ignore(): void {
  // It has run out already.
}
