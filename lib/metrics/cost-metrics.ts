import { Counter, type Registry } from 'prom-client';
import { NANO_USD } from '../pricing/rates';

type Label = 'provider' | 'model';

/** What requests that used tokens have cost. */
export class CostMetrics {
  readonly #cost;
  readonly #unpriced;

  constructor(registry: Registry) {
    const registers = [registry];
    const labelNames: readonly Label[] = ['provider', 'model'];
    this.#cost = new Counter({
      name: 'openai_balance_cost_usd_total',
      help: 'What requests have cost in US dollars, by list prices or MODEL_PRICES; without those of unknown price',
      labelNames,
      registers,
    });
    this.#unpriced = new Counter({
      name: 'openai_balance_unpriced_requests_total',
      help: 'Requests that used tokens whose price is not known: their cost is in no figure',
      labelNames,
      registers,
    });
  }

  /** In billionths of a US dollar; undefined if it is not known. */
  record(labels: Readonly<Record<Label, string>>, costNano: number | undefined): void {
    if (costNano === undefined) this.#unpriced.inc(labels);
    else this.#cost.inc(labels, costNano / NANO_USD);
  }
}
