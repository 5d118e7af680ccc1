import { LATENCY_COUNTERS, latencyCounter, latencyOf } from '../../store/usage/latency';
import type { Rates } from '../contract/stats';
import { requestClass, type RequestClass } from '../../store/logs/request-class';
import { percentile } from '../stats/percentile';
import { successRate } from '../stats/usage-totals';

/** What the meter needs to know of a finished request. */
export interface MeteredRequest {
  readonly status: number;
  readonly outcome: string;
  readonly durationMs: number;
  readonly ttfbMs: number | null;
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

/** Sums over the last minute, which add up. */
export interface Minute {
  readonly requests: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly tokens: number;
  /** Requests by how long they took, as `latencyCounter` says. */
  readonly latency: readonly number[];
  /** The shortest and the longest; null without any. */
  readonly minMs: number | null;
  readonly maxMs: number | null;
}

const SECONDS = 60;
const SUCCEEDED: ReadonlySet<RequestClass> = new Set(['1xx', '2xx', '3xx']);

/** The traffic of the last minute. Takes note in constant time and memory. */
export class RateMeter {
  readonly #seconds: Second[] = Array.from({ length: SECONDS }, emptySecond);

  constructor(private readonly now: () => number) {}

  note(request: MeteredRequest): void {
    const { status, outcome, promptTokens, completionTokens } = request;
    const latencyMs = latencyOf(request);
    const second = this.#current();
    second.requests += 1;
    const found = requestClass(status, outcome);
    if (SUCCEEDED.has(found)) second.succeeded += 1;
    else if (found !== '4xx' && found !== '499') second.failed += 1;
    second.tokens += (promptTokens ?? 0) + (completionTokens ?? 0);
    const counter = latencyCounter(latencyMs);
    second.latency[counter] = (second.latency[counter] ?? 0) + 1;
    second.minMs = Math.min(second.minMs, latencyMs);
    second.maxMs = Math.max(second.maxMs, latencyMs);
  }

  minute(): Minute {
    const from = Math.floor(this.now() / 1000) - SECONDS;
    const recent = this.#seconds.filter(({ at }) => at > from);
    return addUp(recent.map((second) => ({ ...second, ...(second.requests === 0 && NO_RANGE) })));
  }

  /** What others have done in the last minute counts as well. */
  read(inFlight: number, waiting: number, others: readonly Minute[] = []): Rates {
    const sum = addUp([this.minute(), ...others]);
    return {
      requestsPerMinute: sum.requests,
      tokensPerMinute: sum.tokens,
      successRate: successRate(sum.succeeded, sum.failed),
      latencyP50Ms: percentile(sum.latency, 0.5, sum),
      latencyP95Ms: percentile(sum.latency, 0.95, sum),
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

const NO_RANGE = { minMs: null, maxMs: null };

function addUp(all: readonly Minute[]): Minute {
  const sum = (pick: (one: Minute) => number): number => all.reduce((total, one) => total + pick(one), 0);
  const known = (times: readonly (number | null)[]): number[] => times.filter((ms) => ms !== null);
  const mins = known(all.map(({ minMs }) => minMs));
  const maxes = known(all.map(({ maxMs }) => maxMs));
  return {
    requests: sum((one) => one.requests),
    succeeded: sum((one) => one.succeeded),
    failed: sum((one) => one.failed),
    tokens: sum((one) => one.tokens),
    latency: Array.from({ length: LATENCY_COUNTERS }, (_, index) => sum((one) => one.latency[index] ?? 0)),
    minMs: mins.length === 0 ? null : Math.min(...mins),
    maxMs: maxes.length === 0 ? null : Math.max(...maxes),
  };
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
