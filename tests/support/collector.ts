import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from './wait-for';

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** '' for none. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

export interface CollectedExport {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly spans: readonly CollectedSpan[];
}

/** Answers an export; the default takes it. */
type Answer = (response: ServerResponse) => void;

const take: Answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}');

/** A collector of OpenTelemetry that speaks OTLP over HTTP, JSON and protobuf. */
export class Collector {
  readonly exports: CollectedExport[] = [];
  answer: Answer = take;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        const { url = '', headers } = request;
        const isJson = headers['content-type'] === 'application/json';
        this.exports.push({ url, headers, body, spans: isJson ? spansInJson(body) : spansInProtobuf(body) });
        this.answer(response);
      });
    });
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get spans(): readonly CollectedSpan[] {
    return this.exports.flatMap(({ spans }) => spans);
  }

  takes(): void {
    this.answer = take;
  }

  refuses(status: number): void {
    this.answer = (response) => response.writeHead(status).end('what the collector says');
  }

  hangs(): void {
    this.answer = () => undefined;
  }

  async has(count: number): Promise<readonly CollectedSpan[]> {
    await waitFor(() => this.spans.length >= count, {
      what: () => `${count} spans, not ${this.spans.length}`,
    });
    return this.spans;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

interface JsonAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface JsonExport {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly JsonAttribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly name: string;
        readonly attributes: readonly JsonAttribute[];
      }[];
    }[];
  }[];
}

function spansInJson(body: Buffer): CollectedSpan[] {
  const { resourceSpans } = JSON.parse(body.toString()) as JsonExport;
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ traceId, spanId, parentSpanId = '', name, attributes }) => ({
        traceId,
        spanId,
        parentSpanId,
        name,
        attributes: attributesInJson(attributes),
        resource: attributesInJson(resource.attributes),
      })),
    ),
  );
}

function attributesInJson(attributes: readonly JsonAttribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

// By the numbers of the fields in opentelemetry-proto, trace/v1/trace.proto and common/v1/common.proto.

function spansInProtobuf(body: Buffer): CollectedSpan[] {
  return messages(body, 1).flatMap((resourceSpans) => {
    const resource = attributesIn(messages(resourceSpans, 1)[0] ?? Buffer.alloc(0), 1);
    return messages(resourceSpans, 2)
      .flatMap((scopeSpans) => messages(scopeSpans, 2))
      .map((span) => ({
        traceId: hexOf(span, 1),
        spanId: hexOf(span, 2),
        parentSpanId: hexOf(span, 4),
        name: messages(span, 5)[0]?.toString() ?? '',
        attributes: attributesIn(span, 9),
        resource,
      }));
  });
}

const hexOf = (message: Buffer, field: number): string => messages(message, field)[0]?.toString('hex') ?? '';

function attributesIn(message: Buffer, field: number): Record<string, unknown> {
  return Object.fromEntries(
    messages(message, field).map((pair): [string, unknown] => {
      const key = messages(pair, 1)[0]?.toString() ?? '';
      const [value] = fieldsOf(messages(pair, 2)[0] ?? Buffer.alloc(0));
      if (value === undefined) return [key, undefined];
      if (Buffer.isBuffer(value.value)) {
        return [key, value.number === 4 ? value.value.readDoubleLE() : value.value.toString()];
      }
      return [key, value.number === 2 ? value.value === 1n : Number(value.value)];
    }),
  );
}

const messages = (message: Buffer, field: number): Buffer[] =>
  fieldsOf(message).flatMap(({ number, value }) =>
    number === field && Buffer.isBuffer(value) ? [value] : [],
  );

interface Field {
  readonly number: number;
  /** What is no number of variable length is bytes. */
  readonly value: Buffer | bigint;
}

function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < message.length;) {
    const [tag, afterTag] = varint(message, at);
    const number = Number(tag >> 3n);
    const type = Number(tag & 7n);
    const [first, start] = type === 0 || type === 2 ? varint(message, afterTag) : [0n, afterTag];
    const length = type === 0 ? 0 : type === 1 ? 8 : type === 5 ? 4 : Number(first);
    fields.push({ number, value: type === 0 ? first : message.subarray(start, start + length) });
    at = start + length;
  }
  return fields;
}

/** The number, and where it ends. */
function varint(message: Buffer, from: number): [bigint, number] {
  let value = 0n;
  for (let at = from, shift = 0n; ; at += 1, shift += 7n) {
    const byte = message[at]!;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at + 1];
  }
}
