/** No provider gives more choices at a time. */
const CHOICES_MAX = 128;

/** Where a request says how long its answer may be, as its members pass. 0 is absent: a brace comes before any value. */
export class AnswerLength {
  #maxTokens = 0;
  #maxCompletionTokens = 0;
  #maxOutputTokens = 0;
  #choices = 0;

  member(name: string, valueAt: number): void {
    switch (name) {
      case 'max_tokens':
        this.#maxTokens = valueAt;
        break;
      case 'max_completion_tokens':
        this.#maxCompletionTokens = valueAt;
        break;
      case 'max_output_tokens':
        this.#maxOutputTokens = valueAt;
        break;
      case 'n':
        this.#choices = valueAt;
    }
  }

  /**
   * The most tokens that it asks for, in all choices together; undefined if it names no limit. The names are those of
   * one and the same limit in different APIs: of several the largest counts.
   */
  tokensMax(body: Buffer): number | undefined {
    const most = Math.max(
      wholeNumberAt(body, this.#maxTokens),
      wholeNumberAt(body, this.#maxCompletionTokens),
      wholeNumberAt(body, this.#maxOutputTokens),
    );
    if (most === 0) return undefined;
    const choices = wholeNumberAt(body, this.#choices);
    return choices > 0 && choices <= CHOICES_MAX ? most * choices : most;
  }
}

const ZERO = 0x30;
const DIGITS_MAX = 9;
const DOT = 0x2e;
const LETTER_E = 0x65;
const CAPITAL_E = 0x45;

/** 0 for what is absent, no number, broken, negative or too large to be meant. */
function wholeNumberAt(body: Buffer, place: number): number {
  if (place === 0) return 0;
  let number = 0;
  for (let at = place; at - place <= DIGITS_MAX; at++) {
    const byte = body[at] ?? 0;
    if (byte === DOT || byte === LETTER_E || byte === CAPITAL_E) return 0;
    if (byte < ZERO || byte > ZERO + 9) return number;
    number = number * 10 + byte - ZERO;
  }
  return 0;
}
