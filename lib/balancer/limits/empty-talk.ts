const WORDS_MAX = 3;

/** An answer that was given, and says that nothing is left. */
interface EmptyWord {
  /** It was sent when nothing was to be left for a while yet. */
  readonly wasEarly: boolean;
  /** How much has been used since all came back, with its own; undefined if the reset has not come since. */
  readonly usedSince: number | undefined;
  readonly limit: number | undefined;
  readonly hasReset: boolean;
}

/**
 * Some relays say "0 left" with each answer, and go on answering: that is no limit, until a refusal says that it is.
 */
export class EmptyTalk {
  #words = 0;

  /** Something else was said. */
  end(): void {
    this.#words = 0;
  }

  /** Whether such a word is empty, by now. */
  hear(word: EmptyWord): boolean {
    this.#words += weightOf(word);
    return this.#words >= WORDS_MAX;
  }
}

function weightOf({ wasEarly, usedSince, limit = 0, hasReset }: EmptyWord): number {
  if (wasEarly) return WORDS_MAX;
  if (usedSince === undefined) return hasReset ? 0 : 1;
  if (limit === 0) return 1;
  // It was sent after all had come back, and little of it was used.
  return usedSince > 0 && usedSince < limit / 2 ? WORDS_MAX : 0;
}
