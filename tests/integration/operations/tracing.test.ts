import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { Collector, type CollectedSpan } from '../../support/collector';
import { freePort } from '../../support/free-port';
import { parsePrometheus, sumOf } from '../../support/prometheus';
import { chatChunk, reply, type ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { ADMIN_TOKEN, chat, envFile, secretKey, TOKEN, useParts } from './support';

const parts = useParts();
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const KEYS = [secretKey('aaa'), secretKey('bbb')] as const;

let upstream: ScriptedUpstream;
let collector: Collector;

beforeEach(async () => {
  upstream = await parts.upstream();
  collector = await new Collector().start();
  onTestFinished(() => collector.stop());
});

function start(
  env: Readonly<Record<string, string>>,
  more: Readonly<Record<string, unknown>> = {},
): Promise<RunningServer> {
  const settings = {
    BASE_URL: upstream.baseUrl,
    API_KEYS: KEYS,
    ALLOWED_TOKENS: [TOKEN],
    AUTH_TOKEN: ADMIN_TOKEN,
    SELECTION_POLICY: 'round_robin',
    DRAIN_SECONDS: 0,
    ...more,
  };
  return parts.server({
    env: { OTEL_BSP_SCHEDULE_DELAY: '10', ...env },
    envFile: envFile(settings),
  });
}

const endpoint = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
const parentsSent = () => upstream.requests.map(({ headers }) => headers['traceparent']);

/** The request's span and those of its attempts. */
function splitSpans(spans: readonly CollectedSpan[]) {
  const request = spans.find(({ attributes }) => attributes['openai_balance.request.id'] !== undefined)!;
  return { request, attempts: spans.filter((span) => span !== request) };
}

it.each(['http/json', 'http/protobuf'])(
  'a request and its attempts with two keys arrive by %s, in the trace of the client',
  async (OTEL_EXPORTER_OTLP_PROTOCOL) => {
    const server = await start({
      ...endpoint(),
      OTEL_EXPORTER_OTLP_PROTOCOL,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20for-the-collector',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=gateway,deployment.environment.name=test',
    });
    let asked = 0;
    upstream.fallbackReply = (...exchange) =>
      ((asked += 1) === 1 ? reply.error(429) : reply.healthy)(...exchange);
    const headers = { traceparent: `00-${TRACE}-${SPAN}-01`, 'x-request-id': 'mine' };
    const { status } = await chat(server.url, { headers });
    expect(status).toBe(200);
    const { request, attempts } = splitSpans(await collector.has(3));
    expect(attempts).toHaveLength(2);
    expect(new Set(attempts.map(({ attributes }) => attributes['openai_balance.key.id'])).size).toBe(2);
    expect(request).toMatchObject({
      traceId: TRACE,
      parentSpanId: SPAN,
      name: 'POST /v1/chat/completions',
      attributes: { 'openai_balance.request.id': 'mine', 'openai_balance.attempts': 2 },
      resource: { 'service.name': 'gateway', 'deployment.environment.name': 'test' },
    });
    expect(attempts.map(({ parentSpanId }) => parentSpanId)).toEqual(attempts.map(() => request.spanId));
    expect(parentsSent()).toEqual(attempts.map(({ spanId }) => `00-${TRACE}-${spanId}-01`));
    expect(attempts.at(-1)!.attributes).toMatchObject({
      'gen_ai.request.model': 'gpt-test',
      'gen_ai.operation.name': 'chat',
      'openai_balance.verdict': 'success',
    });
    const [exported] = collector.exports;
    expect(exported!.url).toBe('/v1/traces');
    expect(exported!.headers.authorization).toBe('Bearer for-the-collector');
    const sent = Buffer.concat(collector.exports.map(({ body }) => body)).toString();
    for (const secret of [...KEYS, TOKEN, ADMIN_TOKEN, 'Hello']) expect(sent).not.toContain(secret);
  },
);

it('a stream that is sent twice has both attempts, and the span of what came lasts as long as the stream', async () => {
  const server = await start(endpoint(), { HEDGE_SECONDS: 0.05 });
  const silent = reply.sseControlled();
  const talking = reply.sseControlled();
  let isFirst = true;
  upstream.fallbackReply = (request, response) => {
    const { reply: answer } = isFirst ? silent : talking;
    isFirst = false;
    return answer(request, response);
  };
  const answer = chat(server.url, { stream: true });
  await talking.opened;
  talking.write(chatChunk('Hello'));
  talking.write('data: [DONE]\n\n');
  talking.end();
  await answer;
  const { request, attempts } = splitSpans(await collector.has(3));
  const [first, second] = parentsSent();
  const byVerdict = new Map(attempts.map((span) => [span.attributes['openai_balance.verdict'], span]));
  expect(first).toContain(byVerdict.get('outrun')!.spanId);
  expect(second).toContain(byVerdict.get('success')!.spanId);
  expect(byVerdict.get('success')!.attributes).toMatchObject({ 'openai_balance.hedge': true });
  expect(request.attributes).toMatchObject({ 'gen_ai.request.stream': true });
});

it('a collector that is down holds nothing up, is spoken of once, and its spans are counted', async () => {
  const port = await freePort();
  const server = await start({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_TIMEOUT: '50',
    OTEL_BSP_MAX_QUEUE_SIZE: '20',
  });
  for (let i = 0; i < 40; i += 1) expect((await chat(server.url)).status).toBe(200);
  const dropped = async () => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const text = await (await fetch(`${server.url}/metrics`, { headers })).text();
    return sumOf(parsePrometheus(text), 'openai_balance_spans_total', { result: 'dropped' });
  };
  await waitFor(async () => (await dropped()) === 80, { what: () => '80 spans dropped' });
  expect(server.stdout().match(/the collector does not take spans/g)).toHaveLength(1);
});

it('what waits is sent when the program stops, and a collector that hangs does not keep it', async () => {
  const server = await start({ ...endpoint(), OTEL_BSP_SCHEDULE_DELAY: '600000' });
  await chat(server.url);
  expect(collector.spans).toEqual([]);
  collector.hangs();
  await server.stop();
  expect(collector.spans).toHaveLength(2);
});

it('without a collector what the client says of its trace passes as it is', async () => {
  const server = await start({});
  await chat(server.url, { headers: { traceparent: 'anything', tracestate: 'Any=thing' } });
  expect(parentsSent()).toEqual(['anything']);
  expect(upstream.requests[0]!.headers['tracestate']).toBe('Any=thing');
});

it('a protocol that is not spoken keeps it from starting, and says so', async () => {
  const server = await parts.server({
    env: { ...endpoint(), OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    waitUntil: 'spawned',
  });
  expect((await server.exited).code).toBe(1);
  expect(server.stdout()).toContain(
    'OTEL_EXPORTER_OTLP_PROTOCOL: must be one of http/protobuf, http/json, got "grpc"',
  );
});
