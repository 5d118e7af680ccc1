import { Counter, Gauge, type Aggregator, type Registry } from 'prom-client';
import type { BreakerState } from '../balancer/health/breaker';
import type { EgressState } from '../balancer/egress/state';
import type { KeyState } from '../balancer/pool/key-state';
import type { Pool } from '../balancer/pool/pool';
import type { LogWriterStats } from '../store/write-behind/log-writer';

/** Where the current state is read from, on each request. */
export interface StateSources {
  readonly now: () => number;
  readonly inFlight: () => number;
  /** Of them those that wait for a key. */
  readonly waiting: () => number;
  readonly pools: () => Iterable<Pool>;
  readonly egresses: () => Iterable<EgressState>;
  readonly logStats: () => LogWriterStats;
}

const BREAKER_STATES: readonly BreakerState[] = ['closed', 'open', 'half_open'];
const KEY_STATES = ['available', 'cooling', 'cooling_model', 'disabled_auto', 'disabled_manual'] as const;
const EGRESS_STATES = ['available', 'resting', 'disabled_auto', 'disabled_manual'] as const;

/** Read for each answer of /metrics, so it costs nothing otherwise: about 2 ms for 50,000 keys. */
export function addStateMetrics(registry: Registry, sources: StateSources): void {
  addPools(registry, sources);
  addEgresses(registry, sources);
  addLogWriter(registry, sources.logStats);
  gauge(registry, 'openai_balance_requests_in_flight', 'Client requests in flight', [], (metric) =>
    metric.set(sources.inFlight()),
  );
  gauge(registry, 'openai_balance_requests_waiting', 'Client requests that wait for a key', [], (metric) =>
    metric.set(sources.waiting()),
  );
}

function addPools(registry: Registry, { pools, now }: StateSources): void {
  gauge(
    registry,
    'openai_balance_keys',
    'Keys by their state',
    ['provider', 'state'],
    (metric) => {
      for (const pool of pools()) {
        const { provider } = pool.config;
        const counts = count(KEY_STATES, pool.keys, (key) => stateOfKey(key, now()));
        for (const [state, keys] of counts) metric.set({ provider, state }, keys);
      }
    },
    // All processes have the same keys.
    'first',
  );
  gauge(
    registry,
    'openai_balance_attempts_in_flight',
    'Attempts in flight, that is keys in use',
    ['provider'],
    (metric) => {
      for (const pool of pools()) {
        const inFlight = pool.keys.reduce((sum, key) => sum + key.inFlight, 0);
        metric.set({ provider: pool.config.provider }, inFlight);
      }
    },
  );
  gauge(
    registry,
    'openai_balance_provider_breaker',
    '1 for the state that the breaker of the provider is in; with several workers, for that of any',
    ['provider', 'state'],
    (metric) => {
      for (const pool of pools()) {
        for (const state of BREAKER_STATES) {
          metric.set({ provider: pool.config.provider, state }, pool.breaker.state === state ? 1 : 0);
        }
      }
    },
    'max',
  );
}

function addEgresses(registry: Registry, { egresses, now }: StateSources): void {
  gauge(
    registry,
    'openai_balance_proxies',
    'Proxies by their state',
    ['state'],
    (metric) => {
      const counts = count(EGRESS_STATES, egresses(), (egress) => stateOfEgress(egress, now()));
      for (const [state, proxies] of counts) metric.set({ state }, proxies);
    },
    'first',
  );
}

function addLogWriter(registry: Registry, stats: () => LogWriterStats): void {
  gauge(
    registry,
    'openai_balance_log_rows_queued',
    'Log rows that are not in the database yet',
    [],
    (metric) => metric.set(stats().queued),
  );
  new Counter({
    name: 'openai_balance_log_rows_total',
    help: 'Log rows by what became of them',
    labelNames: ['result'],
    registers: [registry],
    collect() {
      const { written, dropped } = stats();
      this.reset();
      this.inc({ result: 'written' }, written);
      this.inc({ result: 'dropped' }, dropped);
    },
  });
}

/** A gauge whose values are set again each time; what is gone has no value any more. */
function gauge(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  collect: (metric: Gauge) => void,
  aggregator: Aggregator = 'sum',
): void {
  new Gauge({
    name,
    help,
    labelNames,
    aggregator,
    registers: [registry],
    collect() {
      this.reset();
      collect(this);
    },
  });
}

function stateOfKey(key: KeyState, now: number): (typeof KEY_STATES)[number] {
  if (key.disabled !== undefined) return `disabled_${key.disabled.by}`;
  if (key.cooldown.until > now) return 'cooling';
  for (const { until } of key.modelCooldowns?.values() ?? []) if (until > now) return 'cooling_model';
  return 'available';
}

function stateOfEgress(egress: EgressState, now: number): (typeof EGRESS_STATES)[number] {
  if (egress.disabled !== undefined) return `disabled_${egress.disabled.by}`;
  return egress.breaker.waitMs(now) > 0 ? 'resting' : 'available';
}

/** How many are in each state; 0 is told too. */
function count<State extends string, Item>(
  states: readonly State[],
  items: Iterable<Item>,
  stateOf: (item: Item) => State,
): Map<State, number> {
  const counts = new Map(states.map((state) => [state, 0]));
  for (const item of items) {
    const state = stateOf(item);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}
