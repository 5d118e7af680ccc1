import {
  AggregatorRegistry,
  collectDefaultMetrics,
  Counter,
  Registry,
  type MetricObjectWithValues,
  type MetricValue,
} from 'prom-client';
import type { BalancerEvents } from '../balancer/events';
import type { Recorder } from '../gateway/record/record';
import { countEvents } from './event-metrics';
import { addSharingMetrics, type SharingSource } from './sharing-metrics';
import { addSpanMetrics, type SpanSource } from './span-metrics';
import { addStateMetrics, type StateSources } from './state-metrics';
import { addTokenNames, TokenMetrics, type NamedToken } from './token-metrics';
import { TrafficMetrics } from './traffic-metrics';

/** What one process counts, such that it adds up with what others do. */
export type MetricValues = readonly MetricObjectWithValues<MetricValue<string>>[];

/** The other processes of the same program. */
export interface MetricsOfOthers {
  metrics(): Promise<readonly MetricValues[]>;
}

/**
 * What Prometheus gets to see. No label holds a key, a client token or anything else that a client could fill without
 * end: see ModelLabels and TokenMetrics.
 */
export class Metrics {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #registry = new Registry();
  readonly #traffic = new TrafficMetrics(this.#registry);
  readonly #tokens = new TokenMetrics(this.#registry);
  readonly #refused = new Counter({
    name: 'openai_balance_refused_at_door_total',
    help: 'What was refused as no valid request before anybody looked into it, by status; no log has it',
    labelNames: ['status'],
    registers: [this.#registry],
  });

  readonly #alerts = new Counter({
    name: 'openai_balance_alerts_total',
    help: 'Messages to receivers of alerts, by whether they arrived',
    labelNames: ['result'],
    registers: [this.#registry],
  });

  constructor() {
    // Of the process: CPU, memory, garbage collection, event-loop delay.
    collectDefaultMetrics({ register: this.#registry });
  }

  /** The recorder, with each request counted as well. */
  counting(recorder: Recorder): Recorder {
    return {
      record: (request) => {
        this.#traffic.record(request);
        this.#tokens.record(request);
        recorder.record(request);
      },
    };
  }

  /** The status is one of our own, so there are few. */
  refusedAtDoor(status: number): void {
    this.#refused.inc({ status });
  }

  alertSent(hasArrived: boolean): void {
    this.#alerts.inc({ result: hasArrived ? 'sent' : 'failed' });
  }

  /** The events, counted and passed on. Call it once. */
  countingEvents(events: BalancerEvents): BalancerEvents {
    return countEvents(this.#registry, events);
  }

  /** Shows the state of these from now on. Call it once. */
  watch(sources: StateSources): void {
    addStateMetrics(this.#registry, sources);
  }

  /** Names client tokens from now on. Call it once. */
  watchTokens(source: () => readonly NamedToken[]): void {
    addTokenNames(this.#registry, source);
  }

  /** Shows how instances share from now on. Call it once. */
  watchSharing(source: () => SharingSource): void {
    addSharingMetrics(this.#registry, source);
  }

  /** Shows what becomes of spans from now on. Call it once, where requests are traced. */
  watchSpans(source: () => SpanSource): void {
    addSpanMetrics(this.#registry, source);
  }

  /** What this process counts. */
  async values(): Promise<MetricValues> {
    const values = await this.#registry.getMetricsAsJSON();
    // Such as the time of the start: that of whoever adds up, who comes first.
    return values.map((one) => (one.aggregator === 'omit' ? { ...one, aggregator: 'first' } : one));
  }

  /** Everything in the text format of Prometheus; with others, added up. */
  async render(others?: MetricsOfOthers): Promise<string> {
    if (others === undefined) return this.#registry.metrics();
    return addUp([await this.values(), ...(await others.metrics())]).metrics();
  }
}

/** What of it stands when the process has ended: of what it had under way nothing is left. */
export function counted(values: MetricValues): MetricValues {
  return values.filter(({ type }) => COUNTED.has(String(type)));
}

export function sumOf(values: readonly MetricValues[]): Promise<MetricValues> {
  return addUp(values).getMetricsAsJSON();
}

/** Prometheus takes a sum that has become less for a new start. */
const COUNTED: ReadonlySet<string> = new Set(['counter', 'histogram']);

function addUp(values: readonly MetricValues[]): Registry {
  return AggregatorRegistry.aggregate([...values] as object[]);
}
