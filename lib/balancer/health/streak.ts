import { Witnesses } from './witnesses';

const WINDOW_MS = 30_000;

/** Failures in a row, the first of them at most 30 s old; one that comes later starts a new streak. */
export class Streak {
  readonly #witnesses = new Witnesses();
  #count = 0;
  #firstAt = 0;

  add(witness: object, now: number): void {
    if (this.#count > 0 && now - this.#firstAt > WINDOW_MS) this.end();
    if (this.#count === 0) this.#firstAt = now;
    this.#count += 1;
    this.#witnesses.add(witness);
  }

  get count(): number {
    return this.#count;
  }

  /** That many failures, from at least three different requests. */
  isLong(failuresMin: number): boolean {
    return this.#count >= failuresMin && this.#witnesses.areEnough;
  }

  end(): void {
    this.#count = 0;
    this.#witnesses.clear();
  }
}
