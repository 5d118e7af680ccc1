import { Counter, type Registry } from 'prom-client';

/** Spans since the start. */
export interface SpanSource {
  readonly exported: number;
  readonly dropped: number;
}

/** Read for each answer of /metrics. */
export function addSpanMetrics(registry: Registry, source: () => SpanSource): void {
  new Counter({
    name: 'openai_balance_spans_total',
    help: 'Spans by what became of them; those that were dropped found the collector away or too slow',
    labelNames: ['result'],
    registers: [registry],
    collect() {
      const { exported, dropped } = source();
      this.reset();
      this.inc({ result: 'exported' }, exported);
      this.inc({ result: 'dropped' }, dropped);
    },
  });
}
