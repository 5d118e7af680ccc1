import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import type { TracingOptions } from './options';

/** How many spans the collector has taken, and how many were lost because it did not or because too many waited. */
export interface SpanCounts {
  readonly exported: number;
  readonly dropped: number;
}

/** Batches on their way at a time; further ones wait. */
const BATCHES_MAX = 8;
const CLOSE_MS = 3_000;
/** Code of a result that is a success. */
const TAKEN = 0;

/** Sends spans in batches behind the traffic. Nothing waits for it, and what it holds is bounded. */
export class SpanQueue {
  readonly #counts = { exported: 0, dropped: 0 };
  readonly #processor: BatchSpanProcessor;
  readonly #queueMax: number;
  /** Spans that are not on their way yet. */
  #waiting = 0;
  #underWay = 0;
  readonly #next: (() => void)[] = [];
  readonly #idle = new EventEmitter();
  #isFailing = false;

  constructor(
    { batch }: Pick<TracingOptions, 'batch'>,
    private readonly exporter: SpanExporter,
    private readonly on: {
      /** The collector has not taken a batch, and had taken the one before. */
      readonly failing: (reason: string) => void;
      /** It takes them again. */
      readonly taking: () => void;
    },
  ) {
    this.#queueMax = batch.queueMax;
    this.#processor = new BatchSpanProcessor({
      exporter: {
        export: (spans, done) => this.#whenItsTurn(spans, done),
        shutdown: () => Promise.resolve(),
      },
      scheduledDelayMillis: batch.delayMs,
      exportTimeoutMillis: batch.timeoutMs,
      maxQueueSize: batch.queueMax,
      maxExportBatchSize: batch.batchMax,
    });
  }

  get counts(): SpanCounts {
    return this.#counts;
  }

  /** Drops spans that find the queue full: the processor would do so too, and not tell. */
  add(spans: readonly ReadableSpan[]): void {
    for (const span of spans) {
      if (this.#waiting >= this.#queueMax) {
        this.#counts.dropped += 1;
        continue;
      }
      this.#waiting += 1;
      this.#processor.onEnd(span);
    }
  }

  /** Sends what waits, and gives up on that after a while. Never rejects. */
  async close(limitMs = CLOSE_MS): Promise<void> {
    const over = new AbortController();
    await Promise.race([this.#sendAll(over.signal), sleep(limitMs, undefined, over).catch(() => undefined)]);
    over.abort();
    void this.exporter.shutdown().catch(() => undefined);
  }

  async #sendAll(signal: AbortSignal): Promise<void> {
    // It gives up with the first batch that fails, when all of them have come here.
    await this.#processor.shutdown().catch(() => undefined);
    if (this.#underWay > 0) await once(this.#idle, 'idle', { signal }).catch(() => undefined);
  }

  #whenItsTurn(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    if (this.#underWay < BATCHES_MAX) this.#export(spans, done);
    else this.#next.push(() => this.#export(spans, done));
  }

  #export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.#waiting -= spans.length;
    this.#underWay += 1;
    this.exporter.export(spans, (result) => {
      const isTaken = Number(result.code) === TAKEN;
      this.#counts[isTaken ? 'exported' : 'dropped'] += spans.length;
      if (isTaken === this.#isFailing) this.#turn(isTaken, result.error);
      done(result);
      this.#ended();
    });
  }

  #ended(): void {
    this.#underWay -= 1;
    this.#next.shift()?.();
    if (this.#underWay === 0) this.#idle.emit('idle');
  }

  #turn(isTaken: boolean, error: Error | undefined): void {
    this.#isFailing = !isTaken;
    if (isTaken) this.on.taking();
    else this.on.failing(reasonOf(error));
  }
}

/** Its code or its status: whatever else the collector says is its own. */
function reasonOf(error: (Error & { readonly code?: unknown }) | undefined): string {
  const code = error?.code;
  if (typeof code === 'number') return `status ${code}`;
  return typeof code === 'string' ? code : (error?.message.slice(0, 200) ?? 'unknown');
}

/** Its own limit is never met: it looks at its own count of what is on its way a moment later. */
export function exporterOf({ url, isJson, headers, timeoutMs }: TracingOptions): SpanExporter {
  const options = {
    url,
    headers: { ...headers },
    timeoutMillis: timeoutMs,
    concurrencyLimit: 2 * BATCHES_MAX,
  };
  return isJson ? new JsonExporter(options) : new ProtobufExporter(options);
}
