import { Counter, Gauge, type Registry } from 'prom-client';

/** How this instance and the others know of each other, at this moment. */
export interface SharingSource {
  readonly state: 'off' | 'shared' | 'local';
  /** For how long it has been so; milliseconds. */
  readonly stateMs: number;
  /** That live, as far as this one hears of them; itself included. */
  readonly instances: number;
  /** Since the start. */
  readonly messages: Readonly<Record<'sent' | 'received' | 'dropped', number>>;
}

const STATES = ['off', 'shared', 'local'] as const;
const RESULTS = ['sent', 'received', 'dropped'] as const;

/** Read for each answer of /metrics. */
export function addSharingMetrics(registry: Registry, source: () => SharingSource): void {
  const registers = [registry];
  new Gauge({
    name: 'openai_balance_sharing',
    help: '1 for how this instance and others share: off (neither Redis nor workers), shared, or local (Redis is away)',
    labelNames: ['state'],
    aggregator: 'first',
    registers,
    collect() {
      const now = source();
      for (const state of STATES) this.set({ state }, now.state === state ? 1 : 0);
    },
  });
  new Gauge({
    name: 'openai_balance_sharing_state_seconds',
    help: 'For how long sharing has been as it is',
    aggregator: 'first',
    registers,
    collect() {
      this.set(source().stateMs / 1_000);
    },
  });
  new Gauge({
    name: 'openai_balance_instances',
    help: 'Instances that live, as far as this one hears of them, itself included',
    aggregator: 'first',
    registers,
    collect() {
      this.set(source().instances);
    },
  });
  new Counter({
    name: 'openai_balance_sharing_messages_total',
    help: 'Messages to and from other instances; those that were dropped found Redis away or too slow',
    labelNames: ['result'],
    registers,
    collect() {
      const { messages } = source();
      this.reset();
      for (const result of RESULTS) this.inc({ result }, messages[result]);
    },
  });
}
