/** So many different client requests must tell the same before anything is concluded from it. */
const WITNESSES_MIN = 3;

/**
 * Counts different client requests: one request is one witness, however many attempts it makes. A witness is any
 * object that stands for its request, compared by identity. It is not kept alive by being counted.
 */
export class Witnesses {
  #seen = new WeakSet<object>();
  #count = 0;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** At least three different requests have told the same. */
  get areEnough(): boolean {
    return this.#count >= WITNESSES_MIN;
  }

  /** Has no effect for a request that is counted already. */
  add(witness: object): void {
    if (this.areEnough || this.#seen.has(witness)) return;
    this.#seen.add(witness);
    this.#count += 1;
  }

  clear(): void {
    if (this.isEmpty) return;
    this.#seen = new WeakSet();
    this.#count = 0;
  }
}
