import { Counter, type Registry } from 'prom-client';

interface TallyOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly registers: Registry[];
}

interface Series {
  readonly values: readonly string[];
  pending: number;
}

interface Branch {
  readonly next: Map<string, Branch>;
  series: Series | undefined;
}

/**
 * A counter for what happens with each request. prom-client puts the labels of a series together anew for each count,
 * which costs more than all the rest of it; here that is done when the metrics are asked for.
 */
export class Tally {
  readonly #root: Branch = { next: new Map(), series: undefined };
  readonly #all: Series[] = [];

  constructor(options: TallyOptions) {
    const counter: Counter = new Counter({
      ...options,
      collect: () => this.#passOn(counter, options.labelNames),
    });
  }

  /** The values of the labels, in the order of their names. `amount` is not negative. */
  add(amount: number, ...values: readonly string[]): void {
    let branch = this.#root;
    for (const value of values) {
      let next = branch.next.get(value);
      if (next === undefined) branch.next.set(value, (next = { next: new Map(), series: undefined }));
      branch = next;
    }
    if (branch.series === undefined) this.#all.push((branch.series = { values, pending: 0 }));
    branch.series.pending += amount;
  }

  #passOn(counter: Counter, labelNames: readonly string[]): void {
    for (const series of this.#all) {
      const labels = Object.fromEntries(labelNames.map((name, index) => [name, series.values[index] ?? '']));
      counter.inc(labels, series.pending);
      series.pending = 0;
    }
  }
}
