import { LATENCY_COUNTERS, latencyCounter } from '../../store/latency';
import type { Rates } from '../contract/stats';
import { percentile, successRate } from '../stats/usage-totals';

/** What the meter needs to know of a finished request. */
export interface MeteredRequest {
  readonly status: number;
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
}

const SECONDS = 60;

/** The traffic of the last minute. Takes note in constant time and memory. */
export class RateMeter {
  readonly #seconds: Second[] = Array.from({ length: SECONDS }, emptySecond);

  constructor(private readonly now: () => number) {}

  note({ status, durationMs, promptTokens, completionTokens }: MeteredRequest): void {
    const second = this.#current();
    second.requests += 1;
    if (status < 400) second.succeeded += 1;
    else if (status === 429 || status >= 500) second.failed += 1;
    second.tokens += (promptTokens ?? 0) + (completionTokens ?? 0);
    const counter = latencyCounter(durationMs);
    second.latency[counter] = (second.latency[counter] ?? 0) + 1;
  }

  read(inFlight: number): Rates {
    const from = Math.floor(this.now() / 1000) - SECONDS;
    const recent = this.#seconds.filter(({ at }) => at > from);
    const sum = (pick: (second: Second) => number): number =>
      recent.reduce((total, second) => total + pick(second), 0);
    const latency = Array.from({ length: LATENCY_COUNTERS }, (_, index) =>
      sum((second) => second.latency[index] ?? 0),
    );
    return {
      requestsPerMinute: sum((second) => second.requests),
      tokensPerMinute: sum((second) => second.tokens),
      successRate: successRate(
        sum((second) => second.succeeded),
        sum((second) => second.failed),
      ),
      latencyP50Ms: percentile(latency, 0.5),
      latencyP95Ms: percentile(latency, 0.95),
      inFlight,
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
    latency: new Array<number>(LATENCY_COUNTERS).fill(0),
  };
}
