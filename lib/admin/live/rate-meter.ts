import { LATENCY_COUNTERS, latencyCounter } from '../../store/usage/latency';
import type { Rates } from '../contract/stats';
import { requestClass, type RequestClass } from '../../store/logs/request-class';
import { percentile } from '../stats/percentile';
import { successRate } from '../stats/usage-totals';

/** What the meter needs to know of a finished request. */
export interface MeteredRequest {
  readonly status: number;
  readonly outcome: string;
  readonly durationMs: number;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
}

interface Second {
  at: number;
  requests: number;
  succeeded: number;
  failed: number;
  tokens: number;
  readonly latency: number[];
  minMs: number;
  maxMs: number;
}

const SECONDS = 60;
const SUCCEEDED: ReadonlySet<RequestClass> = new Set(['1xx', '2xx', '3xx']);

/** The traffic of the last minute. Takes note in constant time and memory. */
export class RateMeter {
  readonly #seconds: Second[] = Array.from({ length: SECONDS }, emptySecond);

  constructor(private readonly now: () => number) {}

  note({ status, outcome, durationMs, promptTokens, completionTokens }: MeteredRequest): void {
    const second = this.#current();
    second.requests += 1;
    const found = requestClass(status, outcome);
    if (SUCCEEDED.has(found)) second.succeeded += 1;
    else if (found !== '4xx' && found !== '499') second.failed += 1;
    second.tokens += (promptTokens ?? 0) + (completionTokens ?? 0);
    const counter = latencyCounter(durationMs);
    second.latency[counter] = (second.latency[counter] ?? 0) + 1;
    second.minMs = Math.min(second.minMs, durationMs);
    second.maxMs = Math.max(second.maxMs, durationMs);
  }

  read(inFlight: number, waiting: number): Rates {
    const from = Math.floor(this.now() / 1000) - SECONDS;
    const recent = this.#seconds.filter(({ at }) => at > from);
    const sum = (pick: (second: Second) => number): number =>
      recent.reduce((total, second) => total + pick(second), 0);
    const latency = Array.from({ length: LATENCY_COUNTERS }, (_, index) =>
      sum((second) => second.latency[index] ?? 0),
    );
    const range = {
      minMs: Math.min(...recent.map(({ minMs }) => minMs)),
      maxMs: Math.max(...recent.map(({ maxMs }) => maxMs)),
    };
    return {
      requestsPerMinute: sum((second) => second.requests),
      tokensPerMinute: sum((second) => second.tokens),
      successRate: successRate(
        sum((second) => second.succeeded),
        sum((second) => second.failed),
      ),
      latencyP50Ms: percentile(latency, 0.5, range),
      latencyP95Ms: percentile(latency, 0.95, range),
      inFlight,
      waiting,
    };
  }

  #current(): Second {
    const at = Math.floor(this.now() / 1000);
    const place = at % SECONDS;
    const known = this.#seconds[place];
    if (known?.at === at) return known;
    const second = { ...emptySecond(), at };
    this.#seconds[place] = second;
    return second;
  }
}

function emptySecond(): Second {
  return {
    at: 0,
    requests: 0,
    succeeded: 0,
    failed: 0,
    tokens: 0,
    minMs: Infinity,
    maxMs: 0,
    latency: new Array<number>(LATENCY_COUNTERS).fill(0),
  };
}
