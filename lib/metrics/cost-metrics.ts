import type { Registry } from 'prom-client';
import { NANO_USD } from '../pricing/rates';
import { Tally } from './tally';

/** What requests that used tokens have cost. */
export class CostMetrics {
  readonly #cost;
  readonly #unpriced;

  constructor(registry: Registry) {
    const registers = [registry];
    const labelNames = ['provider', 'model'];
    this.#cost = new Tally({
      name: 'openai_balance_cost_usd_total',
      help: 'What requests have cost in US dollars, by list prices or MODEL_PRICES; without those of unknown price',
      labelNames,
      registers,
    });
    this.#unpriced = new Tally({
      name: 'openai_balance_unpriced_requests_total',
      help: 'Requests that used tokens whose price is not known: their cost is in no figure',
      labelNames,
      registers,
    });
  }

  /** In billionths of a US dollar; undefined if it is not known. */
  record(provider: string, model: string, costNano: number | undefined): void {
    if (costNano === undefined) this.#unpriced.add(1, provider, model);
    else this.#cost.add(costNano / NANO_USD, provider, model);
  }
}
