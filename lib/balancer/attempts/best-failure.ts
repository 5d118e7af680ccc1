import type { Dialed } from './transport';
import type { Verdict } from './verdict';

export interface Failure<Answer> extends Dialed<Answer> {
  readonly verdict: Verdict;
  /** It refuses the request for what it says, and the next target is asked all the same. */
  readonly isOfRequest?: boolean;
}

/** The failure that is told to the client if nothing better comes. */
export class BestFailure<Answer> {
  #best: Failure<Answer> | undefined;

  constructor(private readonly discardAnswer: (answer: Answer) => void) {}

  get best(): Failure<Answer> | undefined {
    return this.#best;
  }

  /**
   * An answer of the upstream is worth more to the client than none, and what it says of the request more than other
   * troubles: of several targets that refuse it for that, what the first one says.
   */
  keep(failure: Failure<Answer>): void {
    const known = this.#best;
    const isWorthLess =
      known?.answer !== undefined &&
      (failure.answer === undefined ||
        known.isOfRequest === true ||
        (speaksOfRequest(known.verdict) && !speaksOfRequest(failure.verdict)));
    this.#discard(isWorthLess ? failure : known);
    if (!isWorthLess) this.#best = failure;
  }

  /** It will not be told. */
  discard(): void {
    this.#discard(this.#best);
  }

  #discard(failure: Failure<Answer> | undefined): void {
    if (failure?.answer !== undefined) this.discardAnswer(failure.answer);
  }
}

function speaksOfRequest({ blame }: Verdict): boolean {
  return blame === 'client';
}
