import { Counter, Histogram, type Registry } from 'prom-client';
import type { RequestRecord } from '../gateway/record/record';
import { requestClass } from '../store/logs/request-class';
import { latencyOf } from '../store/usage/latency';
import { CostMetrics } from './cost-metrics';
import { endpointLabel, ModelLabels } from './labels';
import { Tally } from './tally';

/** Upper bounds; answers of a model take from a fraction of a second to minutes. */
const BUCKETS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** What finished requests say. */
export class TrafficMetrics {
  readonly #models = new ModelLabels();
  readonly #requests;
  readonly #attempts;
  readonly #durations;
  readonly #firstBytes;
  readonly #tokens;
  readonly #costs;
  readonly #lookups;
  readonly #waits;
  readonly #hedges;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#requests = new Tally({
      name: 'openai_balance_requests_total',
      help:
        'Finished client requests, by the provider that each ended with (empty: refused before it had one) and what became of it: ' +
        '1xx to 5xx, 429, 499 for a client that left, broken for a 200 whose answer did not come whole',
      labelNames: ['provider', 'model', 'endpoint', 'status'],
      registers,
    });
    this.#attempts = new Tally({
      name: 'openai_balance_attempts_total',
      help: 'Attempts of client requests, by the provider that each was made at and its verdict',
      labelNames: ['provider', 'verdict'],
      registers,
    });
    this.#durations = histogram(
      registry,
      'openai_balance_request_duration_seconds',
      'From the first byte of the request to the last of the answer; of a WebSocket until it is open',
      ['provider', 'endpoint'],
    );
    this.#firstBytes = histogram(
      registry,
      'openai_balance_first_byte_seconds',
      'From the first byte of the request to the first of the answer',
      ['provider', 'endpoint'],
    );
    this.#tokens = new Tally({
      name: 'openai_balance_tokens_total',
      help: 'Tokens as providers count them; cached ones are part of prompt, reasoning ones of completion',
      labelNames: ['provider', 'model', 'type'],
      registers,
    });
    this.#costs = new CostMetrics(registry);
    this.#lookups = lookupCounter(registry);
    this.#hedges = hedgeCounter(registry);
    this.#waits = histogram(
      registry,
      'openai_balance_wait_seconds',
      'How long requests waited for a key, by its provider and how that ended: served, shortage or left',
      ['provider', 'end'],
    );
  }

  record(request: RequestRecord): void {
    const provider = request.provider ?? '';
    const model = this.#models.of(request.model, request.outcome === 'success');
    const endpoint = endpointLabel(request.endpoint);
    this.#requests.add(1, provider, model, endpoint, requestClass(request.status, request.outcome));
    for (const { provider: at, verdict, isHedge } of request.trace.attempts) {
      this.#attempts.add(1, at, verdict);
      if (isHedge === true) this.#hedges.inc({ provider: at, verdict });
    }
    const { status, durationMs, firstByteMs: ttfbMs = null } = request;
    this.#durations.observe({ provider, endpoint }, latencyOf({ status, durationMs, ttfbMs }) / 1000);
    if (request.firstByteMs !== undefined) {
      this.#firstBytes.observe({ provider, endpoint }, request.firstByteMs / 1000);
    }
    for (const { provider: of, end, durationMs } of request.trace.waits ?? []) {
      this.#waits.observe({ provider: of, end }, durationMs / 1000);
    }
    if (request.ownerLookup !== undefined) this.#lookups.inc({ result: request.ownerLookup });
    const { usage, costNano } = request;
    if (usage !== undefined || costNano !== undefined) this.#costs.record(provider, model, costNano);
    if (usage === undefined) return;
    this.#count(provider, model, 'prompt', usage.promptTokens);
    this.#count(provider, model, 'cached', usage.cachedTokens);
    this.#count(provider, model, 'completion', usage.completionTokens);
    this.#count(provider, model, 'reasoning', usage.reasoningTokens);
  }

  #count(provider: string, model: string, type: string, tokens: number | undefined): void {
    if (tokens !== undefined && tokens > 0) this.#tokens.add(tokens, provider, model, type);
  }
}

function lookupCounter(registry: Registry): Counter<'result'> {
  return new Counter({
    name: 'openai_balance_owner_lookups_total',
    help:
      'Requests that name an object which lives at a provider, by where the key that owns it was found: ' +
      'memory, database, or unknown',
    labelNames: ['result'],
    registers: [registry],
  });
}

function hedgeCounter(registry: Registry): Counter<'provider' | 'verdict'> {
  return new Counter({
    name: 'openai_balance_hedges_total',
    help:
      'Requests sent with a second key because the first was silent, by provider and how the second attempt ended: ' +
      'success, outrun if the first was faster after all, or the verdict that it failed with',
    labelNames: ['provider', 'verdict'],
    registers: [registry],
  });
}

function histogram<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly Label[],
): Histogram<Label> {
  return new Histogram({ name, help, labelNames, buckets: BUCKETS_SECONDS, registers: [registry] });
}
