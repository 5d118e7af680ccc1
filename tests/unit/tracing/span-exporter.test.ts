import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { exporterOf, SpanQueue } from '../../../lib/tracing/span-exporter';
import { Collector } from '../../support/collector';
import { freePort } from '../../support/free-port';
import { waitFor } from '../../support/wait-for';

const HEADERS = { 'x-team': 'blue' };

let collector: Collector;
let told: string[];

beforeEach(async () => {
  told = [];
  collector = await new Collector().start();
  onTestFinished(() => collector.stop());
});

function queueTo(
  url: string,
  {
    isJson = true,
    timeoutMs = 10_000,
    queueMax = 100,
    batchMax = 10,
  }: {
    readonly isJson?: boolean;
    readonly timeoutMs?: number;
    readonly queueMax?: number;
    readonly batchMax?: number;
  } = {},
): SpanQueue {
  const batch = { delayMs: 1, timeoutMs: 30_000, queueMax, batchMax };
  const attributes = { 'service.name': 'x' };
  const options = { url, isJson, headers: HEADERS, timeoutMs, attributes, ratio: 1, batch };
  return new SpanQueue({ batch }, exporterOf({ ...options, sampler: 'always_on' }), {
    failing: (reason) => told.push(`failing: ${reason}`),
    taking: () => told.push('taking'),
  });
}

async function became(queue: SpanQueue, result: 'exported' | 'dropped', spans: number): Promise<void> {
  await waitFor(() => queue.counts[result] === spans, {
    what: () => `${spans} spans ${result}: ${JSON.stringify(queue.counts)}`,
  });
}

let count = 0;

function someSpans(howMany: number): ReadableSpan[] {
  return Array.from({ length: howMany }, () => {
    count += 1;
    const spanId = count.toString(16).padStart(16, '0');
    return {
      name: `span ${count}`,
      kind: 1,
      spanContext: () => ({ traceId: 'a'.repeat(32), spanId, traceFlags: 1 }),
      startTime: [1, 0],
      endTime: [2, 0],
      duration: [1, 0],
      status: { code: 0 },
      attributes: { 'a.text': 'text', 'a.number': 7, 'a.fraction': 0.5, 'a.truth': true },
      links: [],
      events: [],
      ended: true,
      resource: resourceFromAttributes({ 'service.name': 'x' }),
      instrumentationScope: { name: 'test' },
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    } satisfies ReadableSpan;
  });
}

describe('spans', () => {
  it.each([
    [true, 'application/json'],
    [false, 'application/x-protobuf'],
  ])('arrive whole, in batches, with the headers of the collector (JSON: %s)', async (isJson, type) => {
    const queue = queueTo(`${collector.url}/v1/traces`, { isJson });
    const spans = someSpans(25);
    queue.add(spans);
    const arrived = await collector.has(25);
    expect(arrived.map(({ spanId }) => spanId)).toEqual(spans.map((span) => span.spanContext().spanId));
    expect(arrived[0]).toMatchObject({
      traceId: 'a'.repeat(32),
      parentSpanId: '',
      attributes: { 'a.text': 'text', 'a.number': 7, 'a.fraction': 0.5, 'a.truth': true },
      resource: { 'service.name': 'x' },
    });
    expect(collector.exports.map(({ spans: batch }) => batch.length)).toEqual([10, 10, 5]);
    expect(collector.exports[0]).toMatchObject({
      url: '/v1/traces',
      headers: { 'content-type': type, ...HEADERS },
    });
    await became(queue, 'exported', 25);
    expect(queue.counts.dropped).toBe(0);
    expect(told).toEqual([]);
  });

  it('that find the queue full are dropped and counted', async () => {
    collector.hangs();
    const queue = queueTo(collector.url, { queueMax: 20 });
    queue.add(someSpans(50));
    // The first batch is on its way; the rest fills the queue.
    expect(queue.counts.dropped).toBe(20);
    collector.takes();
    queue.add(someSpans(5));
    expect(queue.counts.dropped).toBe(25);
  });

  it('that wait are sent at the end', async () => {
    const queue = queueTo(collector.url);
    queue.add(someSpans(3));
    await queue.close();
    expect(collector.spans).toHaveLength(3);
  });

  it('that wait are all sent at the end, however many batches they are, and whatever becomes of one', async () => {
    const queue = queueTo(collector.url, { queueMax: 300, batchMax: 10 });
    collector.answer = (response) => {
      if (collector.exports.length === 2) return void response.writeHead(400).end();
      setImmediate(() => response.end('{}'));
    };
    queue.add(someSpans(300));
    await queue.close();
    expect(collector.spans).toHaveLength(300);
    expect(queue.counts).toEqual({ exported: 290, dropped: 10 });
  });

  it('are not waited for longer than asked at the end', async () => {
    const queue = queueTo(collector.url);
    collector.hangs();
    queue.add(someSpans(300));
    await queue.close(1);
    expect(queue.counts.exported).toBe(0);
  });
});

describe('a collector', () => {
  it.each([400, 401, 413, 500])('that answers %s costs its spans, and is spoken of once', async (status) => {
    collector.refuses(status);
    const queue = queueTo(collector.url);
    queue.add(someSpans(20));
    await became(queue, 'dropped', 20);
    expect(told).toEqual([`failing: status ${status}`]);
    collector.takes();
    queue.add(someSpans(10));
    await became(queue, 'exported', 10);
    queue.add(someSpans(10));
    await became(queue, 'exported', 20);
    expect(told).toEqual([`failing: status ${status}`, 'taking']);
  });

  it('that is not there costs its spans', async () => {
    const queue = queueTo(`http://127.0.0.1:${await freePort()}/v1/traces`, { timeoutMs: 50 });
    queue.add(someSpans(10));
    await became(queue, 'dropped', 10);
    expect(told).toEqual(['failing: ECONNREFUSED']);
  });

  it('that hangs costs its spans', async () => {
    collector.hangs();
    const queue = queueTo(collector.url, { timeoutMs: 50 });
    queue.add(someSpans(10));
    await became(queue, 'dropped', 10);
    expect(told).toHaveLength(1);
  });

  it('that answers without end costs its spans', async () => {
    collector.answer = (response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', more).writeHead(200);
      more();
    };
    const queue = queueTo(collector.url);
    queue.add(someSpans(10));
    await became(queue, 'dropped', 10);
    expect(told).toHaveLength(1);
  });

  it('that hangs does not hold up the end for long', async () => {
    collector.hangs();
    const queue = queueTo(collector.url, { timeoutMs: 600_000 });
    queue.add(someSpans(10));
    await collector.has(10);
    await queue.close(20);
  });
});
