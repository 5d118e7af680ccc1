import { resourceFromAttributes } from '@opentelemetry/resources';
import type { Recorder } from '../gateway/record/record';
import { presentedTokens } from '../gateway/request/access';
import { newSpanId, newTraceId, RequestSpan, type Tracing } from '../gateway/tracing/request-span';
import { isTraceState, parseTraceParent } from '../gateway/tracing/trace-context';
import { ModelNames, OTHER_MODELS } from '../store/logs/model-names';
import type { TracingOptions } from './options';
import { samplingOf, type Sampling } from './sampling';
import type { SpanCounts, SpanQueue } from './span-exporter';
import { spansOf, type SpanMaker } from './spans';

interface Clocks {
  readonly now: () => number;
  readonly wallOf: (at: number) => number;
}

/** Begins a span for each request, and sends it with those of its attempts when the request has ended. */
export class Tracer implements Tracing {
  readonly #sampling: Sampling;
  readonly #maker: SpanMaker;

  constructor(
    options: Pick<TracingOptions, 'sampler' | 'ratio' | 'attributes'>,
    private readonly clocks: Clocks,
    private readonly queue: Pick<SpanQueue, 'add' | 'counts' | 'close'>,
    version: string,
  ) {
    const models = new ModelNames();
    this.#sampling = samplingOf(options);
    this.#maker = {
      resource: resourceFromAttributes(options.attributes),
      scope: { name: 'openai-balance', version },
      wallOf: clocks.wallOf,
      modelName({ model, status, at }) {
        const name = models.of(model ?? null, status, at);
        return name === null || name === OTHER_MODELS ? undefined : name;
      },
    };
  }

  /** Continues the trace of the client, or begins one. */
  begin(header: (name: string) => string | undefined): RequestSpan {
    const parent = parseTraceParent(header('traceparent'));
    const traceId = parent?.traceId ?? newTraceId();
    const context = {
      traceId,
      spanId: newSpanId(),
      isSampled: this.#sampling(traceId, parent),
      parentId: parent?.spanId,
      state: parent && stateOf(header),
    };
    return new RequestSpan(context, this.clocks.now);
  }

  get counts(): SpanCounts {
    return this.queue.counts;
  }

  /** The recorder, with the spans of each request sent as well. */
  tracing(recorder: Recorder): Recorder {
    return {
      record: (request) => {
        if (request.span?.context.isSampled === true) this.queue.add(spansOf(request, this.#maker));
        recorder.record(request);
      },
    };
  }

  /** Sends what waits. Never rejects. */
  close(): Promise<void> {
    return this.queue.close();
  }
}

/** Spans carry it to the collector, so one that holds a token of the same request is left out. */
function stateOf(header: (name: string) => string | undefined): string | undefined {
  const state = header('tracestate');
  if (state === undefined || !isTraceState(state)) return undefined;
  return presentedTokens(header).some((token) => state.includes(token)) ? undefined : state;
}
