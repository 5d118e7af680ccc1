export interface Turn {
  readonly order: readonly number[];
  /** It was not made use of. Call it once at most. */
  readonly giveBack: () => void;
}

/**
 * Smooth weighted round robin: of those that can be chosen each has its share, spread out evenly, so that 3 to 1 is
 * three of every four. After nginx's `ngx_http_upstream_round_robin`.
 */
export class Turns {
  readonly #credit: number[];

  constructor(private readonly weights: readonly number[]) {
    this.#credit = weights.map(() => 0);
  }

  /**
   * All places in order: the one whose turn it is, then the others that can be chosen, those with the most credit
   * first, then those that cannot, as they stand.
   */
  next(isAble: readonly boolean[]): Turn {
    const able: number[] = [];
    const unable: number[] = [];
    let total = 0;
    for (const [place, weight] of this.weights.entries()) {
      if (isAble[place] !== true) {
        unable.push(place);
        continue;
      }
      total += weight;
      this.#credit[place] = this.#of(place) + weight;
      able.push(place);
    }
    able.sort((a, b) => this.#of(b) - this.#of(a));
    const [chosen] = able;
    if (chosen !== undefined) this.#credit[chosen] = this.#of(chosen) - total;
    return {
      order: [...able, ...unable],
      giveBack: () => {
        for (const place of able) this.#credit[place] = this.#of(place) - (this.weights[place] ?? 0);
        if (chosen !== undefined) this.#credit[chosen] = this.#of(chosen) + total;
      },
    };
  }

  #of(place: number): number {
    return this.#credit[place] ?? 0;
  }
}
