import { randomUUID } from 'node:crypto';
import type { UpstreamRequest, UpstreamTarget } from '../../upstream/target';
import { formatTraceParent, type TraceParent } from './trace-context';

/** Where a request's spans belong. */
export interface SpanContext extends TraceParent {
  /** The client's span; undefined if the trace begins here. */
  readonly parentId: string | undefined;
  /** The client's `tracestate`, if it is valid. */
  readonly state: string | undefined;
}

/** One dial of a request. */
export interface DialSpan {
  readonly spanId: string;
  readonly keyId: string;
  readonly baseUrl: string;
  /** By the clock of the gateway. */
  readonly at: number;
}

/** Begins the span of each request, where tracing is on. */
export interface Tracing {
  begin(header: (name: string) => string | undefined): RequestSpan;
}

/** A request's place in its trace, and that of each attempt. */
export class RequestSpan {
  readonly dials: DialSpan[] = [];

  constructor(
    readonly context: SpanContext,
    private readonly now: () => number,
  ) {}

  /** Notes a dial; returns the client's headers with what leads to the span of this dial instead of its parent. */
  dial(keyId: string, baseUrl: string, rawHeaders: readonly string[]): readonly string[] {
    const { traceId, isSampled, state } = this.context;
    const spanId = newSpanId();
    if (isSampled) this.dials.push({ spanId, keyId, baseUrl, at: this.now() });
    const headers = ['traceparent', formatTraceParent({ traceId, spanId, isSampled })];
    if (state !== undefined) headers.push('tracestate', state);
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      const name = rawHeaders[i] ?? '';
      if (!isOfTrace(name)) headers.push(name, rawHeaders[i + 1] ?? '');
    }
    return headers;
  }
}

function isOfTrace(name: string): boolean {
  const lower = name.toLowerCase();
  return lower === 'traceparent' || lower === 'tracestate';
}

// A UUID comes from a store of random bytes, which is several times as fast as asking for a few bytes.

/** The parts of a UUID in which every digit is random. */
export function newSpanId(): string {
  const id = randomUUID();
  return id.slice(0, 8) + id.slice(28);
}

export function newTraceId(): string {
  return randomUUID().replaceAll('-', '');
}

/** The request as an attempt sends it; the same while tracing is off. */
export function inSpan(
  request: UpstreamRequest,
  { keyId }: { readonly keyId: string },
  { baseUrl }: UpstreamTarget,
  span: RequestSpan | undefined,
): UpstreamRequest {
  if (span === undefined) return request;
  return { ...request, rawHeaders: span.dial(keyId, baseUrl, request.rawHeaders) };
}
