import { once } from 'node:events';
import { RouteTable } from '../../../../lib/balancer/routes/route-table';
import { ModelFilter } from '../../../../lib/openai/models/model-filter';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAccess } from '../../../../lib/gateway/request/access';
import { Gateway } from '../../../../lib/gateway/gateway';
import { handleNode } from '../../../../lib/gateway/node';
import type { RequestRecord } from '../../../../lib/gateway/record/record';
import { handleWeb } from '../../../../lib/gateway/web';
import { poolOf, SeededRandom, TestClock } from '../../balancer/support';
import { delta, events, JSON_TYPE, ROLE, SSE, Stand } from '../../upstream/dialled';
import { ManualTimers } from '../manual-timers';

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

const PATH = '/v1/chat/completions';
const HEADERS = { authorization: 'Bearer token', 'content-type': 'application/json', 'x-request-id': 'mine' };
const COMMENT = ': keep-alive\n\n';
const ERROR = { error: { message: 'no', type: 'invalid_request_error', param: null, code: 'bad' } };

let stand: Stand;
let timers: ManualTimers;
let records: RequestRecord[];
let servers: Server[];

beforeEach(() => {
  stand = new Stand();
  timers = new ManualTimers();
  records = [];
  servers = [];
});
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await stand.close();
});

async function gatewayTo(handler: Handler, keepAliveMs = 5_000): Promise<Gateway> {
  const port = await stand.http(handler);
  const provider = {
    slug: 'main',
    isEnabled: true,
    pool: poolOf('x', { provider: 'main', maxRetries: 0 }),
    target: {
      provider: 'main',
      baseUrl: `http://127.0.0.1:${port}/v1`,
      customHeaders: {},
      timeoutMs: 20_000,
      idleTimeoutMs: 20_000,
    },
    fallbacks: [],
    modelRequestKey: undefined,
    testModel: 'm',
  };
  return new Gateway(
    {
      providers: new Map([['main', provider]]),
      defaultProvider: 'main',
      access: createAccess([{ id: 't', value: 'token', hint: 't' }]),
      filteredModels: new ModelFilter(),
      routes: new RouteTable(),
      listsAllModels: false,
      bodyBytesMax: 2 ** 20,
      bodyLimitName: 'MAX_BODY_MB',
      bodiesBytesMax: 2 ** 24,
      bodiesOnDiskBytesMax: 0,
      streamKeepAliveMs: keepAliveMs,
      waiting: { waitMs: 0, queueMax: 0 },
      hedging: { afterMs: 0 },
    },
    {
      clock: new TestClock(),
      random: new SeededRandom(),
      timers,
      upstream: stand.client,
      load: { requestsMax: Infinity, shortOf: 'nothing' },
      recorder: { record: (record) => records.push(record) },
      onWrongTokens: () => 0,
      onBug: (error) => {
        throw error;
      },
    },
  );
}

interface Asked {
  readonly status: number;
  readonly type: string | undefined;
  readonly requestId: string | undefined;
  read(): Promise<{ readonly text: string; readonly isWhole: boolean }>;
}

const asks: [string, (gateway: Gateway, body: string, path: string) => Promise<Asked>][] = [
  [
    'node',
    async (gateway, body, path) => {
      const server = createServer((req, res) => void handleNode(gateway, req, res));
      servers.push(server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const outgoing = request({
        port,
        host: '127.0.0.1',
        path,
        method: 'POST',
        headers: HEADERS,
        agent: false,
      });
      outgoing.end(body);
      const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
      return {
        status: incoming.statusCode ?? 0,
        type: incoming.headers['content-type'],
        requestId: incoming.headers['x-request-id'] as string,
        read: async () => {
          let text = '';
          try {
            for await (const chunk of incoming) text += String(chunk);
          } catch {
            // `isWhole` tells.
          }
          return { text, isWhole: incoming.complete };
        },
      };
    },
  ],
  [
    'web',
    async (gateway, body, path) => {
      const response = await handleWeb(
        gateway,
        new Request(`http://gateway${path}`, { method: 'POST', headers: HEADERS, body }),
      );
      return {
        status: response.status,
        type: response.headers.get('content-type') ?? undefined,
        requestId: response.headers.get('x-request-id') ?? undefined,
        read: async () => {
          let text = '';
          const reader = response.body?.getReader();
          try {
            for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
              text += Buffer.from(part.value).toString();
            }
          } catch {
            return { text, isWhole: false };
          }
          return { text, isWhole: true };
        },
      };
    },
  ],
];

describe.each(asks)('a client that waits for a stream (%s)', (_adapter, ask) => {
  const BODY = JSON.stringify({ model: 'm', stream: true });

  /** What it gets of an upstream that answers only after the client has been told to wait. */
  async function late(handler: Handler) {
    let answer = (): unknown => undefined;
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let go = (): unknown => undefined;
    const gateway = await gatewayTo((req, res) => {
      go = () => handler(req, res);
      answer();
    });
    const asking = ask(gateway, BODY, PATH);
    await asked;
    timers.fire();
    const got = await asking;
    go();
    const read = await got.read();
    await vi.waitFor(() => expect(records).toHaveLength(1));
    expect(timers.waiting).toEqual([]);
    return { ...got, ...read, record: records[0] };
  }

  it('gets its head and a comment, and then the stream without a second head', async () => {
    const text = events(ROLE, delta('Hi'), '[DONE]');
    const got = await late((_req, res) => res.writeHead(200, SSE).end(text));
    expect(got).toMatchObject({
      status: 200,
      type: 'text/event-stream; charset=utf-8',
      requestId: 'mine',
      text: COMMENT + text,
      isWhole: true,
      record: { status: 200, outcome: 'success' },
    });
  });

  it('gets an answer in JSON as one event', async () => {
    const got = await late((_req, res) => res.writeHead(200, JSON_TYPE).end('{"choices":[\n{}]}'));
    expect(got).toMatchObject({
      text: `${COMMENT}data: {"choices":[\ndata: {}]}\n\ndata: [DONE]\n\n`,
      isWhole: true,
      record: { status: 200, outcome: 'success' },
    });
  });

  it.each<[string, Handler]>([
    ['with a status', (_req, res) => res.writeHead(400, JSON_TYPE).end(JSON.stringify(ERROR, null, 2))],
    ['in a body with 200', (_req, res) => res.writeHead(200, JSON_TYPE).end(JSON.stringify(ERROR))],
    ['in a stream', (_req, res) => res.writeHead(200, SSE).end(events(ROLE, ERROR, '[DONE]'))],
    ['without framing', (_req, res) => res.writeHead(200, SSE).end(JSON.stringify([ERROR], null, 2))],
  ])("gets the upstream's error as an event, and no clean end: %s", async (_how, handler) => {
    expect(await late(handler)).toMatchObject({
      text: COMMENT + events(ERROR),
      isWhole: false,
      record: { status: 400, outcome: 'client_error', errorMessage: '400 bad: no' },
    });
  });

  it('gets our own error as an event, and no clean end', async () => {
    const got = await late((_req, res) => res.destroy());
    expect(got.text).toMatch(
      /^: keep-alive\n\ndata: \{"error":\{.*"code":"upstream_connection_lost"\}\}\n\n$/,
    );
    expect(got).toMatchObject({
      isWhole: false,
      record: { status: 502, outcome: 'upstream_connection_lost' },
    });
  });

  it('gets the head of the answer if that comes in time', async () => {
    const gateway = await gatewayTo((_req, res) => res.writeHead(400, JSON_TYPE).end(JSON.stringify(ERROR)));
    const got = await ask(gateway, BODY, PATH);
    expect(got).toMatchObject({ status: 400, type: 'application/json' });
    expect(await got.read()).toEqual({ text: JSON.stringify(ERROR), isWhole: true });
    expect(timers.waiting).toEqual([]);
  });

  it.each<[string, string, string, number]>([
    ['no stream', '{"model":"m"}', PATH, 5_000],
    ['bare sound', BODY, '/v1/audio/speech', 5_000],
    ['a stream, where that is off', BODY, PATH, 0],
  ])('is left alone if it waits for %s', async (_what, body, path, ms) => {
    const waiting: number[][] = [];
    const gateway = await gatewayTo((_req, res) => {
      waiting.push(timers.waiting);
      res.writeHead(200, JSON_TYPE).end('{"choices":[{}]}');
    }, ms);
    await (await ask(gateway, body, path)).read();
    expect(waiting).toEqual([[]]);
  });
});

describe.each(asks)('an error within a stream (%s)', (_adapter, ask) => {
  it.each<[string, string, string]>([
    ['as an event passes as it is', events(ERROR), events(ERROR)],
    ['as bare JSON becomes an event', JSON.stringify(ERROR, null, 2), events(ERROR)],
  ])('%s, and is no success in the log', async (how, error, told) => {
    const begun = events(ROLE, delta('Hi'));
    const gateway = await gatewayTo((_req, res) => res.writeHead(200, SSE).end(begun + error));
    const got = await ask(gateway, '{"model":"m","stream":true}', PATH);
    expect(await got.read()).toEqual({ text: begun + told, isWhole: how.startsWith('as an event') });
    await vi.waitFor(() => expect(records).toMatchObject([{ status: 200, outcome: 'cut' }]));
  });
});

describe.each(asks)('a stream that ends cleanly before its finish (%s)', (_adapter, ask) => {
  const own = {
    message: 'The upstream broke off in the middle of its answer.',
    type: 'server_error',
    param: null,
    code: 'stream_cut',
  };
  const typed = (type: string): string => `event: ${type}\ndata: ${JSON.stringify({ type })}\n\n`;

  it.each<[string, string, string, string]>([
    ['chat', PATH, events(ROLE, delta('Hi')), events({ error: own })],
    ['response', '/v1/responses', typed('response.output_text.delta'), events({ error: own })],
    [
      'message of Anthropic',
      '/v1/messages',
      typed('content_block_delta'),
      `event: error\n${events({ type: 'error', error: own })}`,
    ],
  ])('never looks complete: a %s ends with an error event, and is cut in the log', async (...of) => {
    const [, path, begun, told] = of;
    const gateway = await gatewayTo((_req, res) => res.writeHead(200, SSE).end(begun));
    const got = await ask(gateway, '{"model":"m","stream":true}', path);
    expect(await got.read()).toEqual({ text: begun + told, isWhole: false });
    await vi.waitFor(() =>
      expect(records).toMatchObject([
        { status: 200, outcome: 'cut', trace: { attempts: [{ verdict: 'cut' }] } },
      ]),
    );
  });

  it('is told as the failure of the run that it is', async () => {
    const run = {
      object: 'thread.run',
      status: 'failed',
      last_error: { code: 'server_error', message: 'Sorry' },
    };
    const text = `event: thread.message.delta\ndata: {}\n\nevent: thread.run.failed\n${events(run)}event: done\n${events('[DONE]')}`;
    const gateway = await gatewayTo((_req, res) => res.writeHead(200, SSE).end(text));
    const got = await ask(gateway, '{"assistant_id":"a","stream":true}', '/v1/threads/t/runs');
    expect(await got.read()).toEqual({ text, isWhole: true });
    await vi.waitFor(() => expect(records).toMatchObject([{ outcome: 'cut', errorMessage: 'Sorry' }]));
  });
});

describe.each(asks)('a page of HTML instead of an answer (%s)', (_adapter, ask) => {
  it('is told as an error of ours', async () => {
    const gateway = await gatewayTo((_req, res) =>
      res.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>'),
    );
    const got = await ask(gateway, '{"model":"m"}', PATH);
    expect(got.status).toBe(502);
    expect(JSON.parse((await got.read()).text)).toMatchObject({ error: { code: 'upstream_invalid_answer' } });
    expect(records).toMatchObject([{ outcome: 'upstream_invalid_answer' }]);
  });
});
