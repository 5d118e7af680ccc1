/** Where the bytes of a shortened text stand in the whole one. */
export class Shifts {
  /** From this place on, so many more bytes stand before. */
  readonly #from: number[] = [];
  readonly #by: number[] = [];

  /** What is at `kept` stands at `whole`, and so on from there. */
  note(kept: number, whole: number): void {
    const shift = whole - kept;
    if (shift === (this.#by.at(-1) ?? 0)) return;
    this.#from.push(kept);
    this.#by.push(shift);
  }

  placeOf(at: number): number {
    const index = this.#from.findLastIndex((from) => from <= at);
    return at + (this.#by[index] ?? 0);
  }
}
