import { Gauge, type Registry } from 'prom-client';
import type { RequestRecord } from '../gateway/record/record';
import { NANO_USD } from '../pricing/rates';
import { requestClass } from '../store/logs/request-class';
import { OTHER } from './labels';
import { Tally } from './tally';

/** A client token that is known. */
export interface NamedToken {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
}

export const TOKENS_MAX = 500;

/** What finished requests say of the client tokens that let them in: of 500 at most, and of the rest together. */
export class TokenMetrics {
  readonly #known = new Set<string>();
  readonly #requests;
  readonly #tokens;
  readonly #cost;
  readonly #unpriced;

  constructor(registry: Registry) {
    const counter = (name: string, help: string, labelNames: readonly string[]) =>
      new Tally({ name, help, labelNames, registers: [registry] });
    this.#requests = counter(
      'openai_balance_token_requests_total',
      'Finished requests by the id of the client token that let them in, and by status as in requests_total',
      ['token', 'status'],
    );
    this.#tokens = counter(
      'openai_balance_token_tokens_total',
      'Tokens of the language models, by client token; cached ones are part of prompt, reasoning ones of completion',
      ['token', 'type'],
    );
    this.#cost = counter(
      'openai_balance_token_cost_usd_total',
      'What requests have cost in US dollars, by client token; without those of unknown price',
      ['token'],
    );
    this.#unpriced = counter(
      'openai_balance_token_unpriced_requests_total',
      'Requests that used tokens whose price is not known, by client token',
      ['token'],
    );
  }

  record({ tokenId, status, outcome, usage, costNano }: RequestRecord): void {
    if (tokenId === undefined) return;
    const token = this.#labelOf(tokenId);
    this.#requests.add(1, token, requestClass(status, outcome));
    if (costNano !== undefined) this.#cost.add(costNano / NANO_USD, token);
    if (usage === undefined) return;
    if (usage.promptTokens > 0) this.#tokens.add(usage.promptTokens, token, 'prompt');
    if (usage.completionTokens > 0) this.#tokens.add(usage.completionTokens, token, 'completion');
    if (costNano === undefined) this.#unpriced.add(1, token);
  }

  #labelOf(id: string): string {
    if (this.#known.has(id)) return id;
    if (this.#known.size >= TOKENS_MAX) return OTHER;
    this.#known.add(id);
    return id;
  }
}

/** Names the first 500 client tokens, so that what is counted by their ids can be read. */
export function addTokenNames(registry: Registry, source: () => readonly NamedToken[]): void {
  new Gauge({
    name: 'openai_balance_token_info',
    help: 'Always 1: the name and the hint of a client token, by its id',
    labelNames: ['token', 'name', 'hint'],
    aggregator: 'first',
    registers: [registry],
    collect() {
      this.reset();
      for (const { id, name, hint } of source().slice(0, TOKENS_MAX)) this.set({ token: id, name, hint }, 1);
    },
  });
}
