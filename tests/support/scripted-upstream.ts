import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsFiles } from './tls';

/** One request as it arrived, recorded when its body was whole (or when the client gave up sending it). */
export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  /** Names and values alternating, in wire order and wire case. */
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The secret of `Authorization: Bearer`. */
  readonly key: string | undefined;
  /** The address that the connection came from. */
  readonly peer: string | undefined;
  /** Date.now() at arrival of the head. */
  readonly at: number;
  /** Resolves when the answer was sent whole, the client went away, or we hung up. */
  readonly closed: Promise<void>;
  /** True if the client went away before its answer was sent whole. Our own hanging up does not count. */
  wasAborted(): boolean;
}

/** Answers one request. A reply that breaks the connection does it with `hangUp` or `reset`. */
export type Reply = (request: RecordedRequest, response: ServerResponse) => void | Promise<void>;
export type Chunk = string | Buffer;

export interface SseOptions {
  status?: number;
  headers?: OutgoingHttpHeaders;
}

export interface SseControl {
  readonly reply: Reply;
  /** Resolves when a request has got this reply and its headers are on their way. */
  readonly opened: Promise<void>;
  /** Writes to the latest request that got this reply; false means that the buffer is full. */
  write(chunk: Chunk): boolean;
  end(): void;
  /** Closes the connection in the middle of the stream. */
  destroy(): void;
}

const hungUpByUs = new WeakSet<ServerResponse>();

/** Closes the connection (FIN), whatever has been answered so far. */
export function hangUp(response: ServerResponse): void {
  hungUpByUs.add(response);
  response.socket?.destroy();
}

/** Closes the connection with RST. */
export function reset(response: ServerResponse): void {
  hungUpByUs.add(response);
  response.socket?.resetAndDestroy();
}

/** Resolves with true once the chunk has been handed to the kernel, with false if the connection is gone. */
function writeOut(response: ServerResponse, chunk: Chunk): Promise<boolean> {
  return new Promise((resolve) => {
    const onClose = () => resolve(false);
    response.once('close', onClose);
    response.write(chunk, (error) => {
      response.off('close', onClose);
      resolve(!error);
    });
  });
}

async function writeAll(response: ServerResponse, chunks: readonly Chunk[]): Promise<void> {
  for (const chunk of chunks) if (!(await writeOut(response, chunk))) return;
}

function openSse(response: ServerResponse, { status = 200, headers }: SseOptions = {}): void {
  response.writeHead(status, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...headers,
  });
  response.flushHeaders();
}

// ---- what an upstream says -------------------------------------------------------------------------------------

/** One event of a chat stream; `extra` is merged into the top level. */
export function chatChunk(text: string, extra: Record<string, unknown> = {}): string {
  const chunk = {
    id: 'chatcmpl-test',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'gpt-test',
    choices: [{ index: 0, delta: { content: text }, logprobs: null, finish_reason: null }],
    ...extra,
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

/** A whole chat stream: one event for each text, the finish reason, the usage if given, `[DONE]`. */
export function chatStream(texts: readonly string[], { usage }: { usage?: object } = {}): string[] {
  const finish = { index: 0, delta: {}, logprobs: null, finish_reason: 'stop' };
  return [
    ...texts.map((text) => chatChunk(text)),
    chatChunk('', { choices: [finish] }),
    ...(usage ? [chatChunk('', { choices: [], usage })] : []),
    'data: [DONE]\n\n',
  ];
}

export const defaultUsage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

export function chatCompletion(text = 'Hello there', model = 'gpt-test'): object {
  return {
    id: 'chatcmpl-test',
    object: 'chat.completion',
    created: 1_700_000_000,
    model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: defaultUsage,
  };
}

/** The OpenAI clients ask for base64 unless told otherwise. */
function embeddings(body: Record<string, unknown>): object {
  const inputs: unknown[] = Array.isArray(body.input) ? body.input : [body.input];
  const vector = new Float32Array([0.25, -0.5, 1]);
  const embedding =
    body.encoding_format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector];
  return {
    object: 'list',
    data: inputs.map((_, index) => ({ object: 'embedding', index, embedding })),
    model: body.model,
    usage: { prompt_tokens: 3, total_tokens: 3 },
  };
}

function models(): object {
  const model = (id: string) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'test' });
  return { object: 'list', data: [model('gpt-test'), model('gpt-4o-mini')] };
}

function parseBody(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** What a healthy provider answers: chat (streamed on request), embeddings, models; anything else is `{"ok":true}`. */
const healthy: Reply = (request, response) => {
  const path = request.url.split('?')[0] ?? '';
  const body = parseBody(request.body);
  if (path.endsWith('/chat/completions') && body.stream === true) {
    const wantsUsage = (body.stream_options as { include_usage?: boolean } | undefined)?.include_usage;
    const events = chatStream(['Hello', ' there'], wantsUsage ? { usage: defaultUsage } : {});
    return reply.sse(events)(request, response);
  }
  if (path.endsWith('/chat/completions')) {
    const model = typeof body.model === 'string' ? body.model : undefined;
    return reply.json(200, chatCompletion('Hello there', model))(request, response);
  }
  if (path.endsWith('/embeddings')) return reply.json(200, embeddings(body))(request, response);
  if (path.endsWith('/models')) return reply.json(200, models())(request, response);
  return reply.json(200, { ok: true })(request, response);
};

export const reply = {
  healthy,

  /** `status`, content-length and exactly these bytes. */
  bytes:
    (status: number, body: Buffer, headers: OutgoingHttpHeaders = {}): Reply =>
    (_request, response) => {
      response.writeHead(status, { 'content-length': body.length, ...headers }).end(body);
    },

  json: (status: number, body: unknown, headers: OutgoingHttpHeaders = {}): Reply =>
    reply.bytes(status, Buffer.from(JSON.stringify(body)), {
      'content-type': 'application/json',
      ...headers,
    }),

  error: (
    status: number,
    {
      message = 'scripted error',
      type = 'server_error',
      code = null,
    }: { message?: string; type?: string; code?: string | null } = {},
    headers: OutgoingHttpHeaders = {},
  ): Reply => reply.json(status, { error: { message, type, param: null, code } }, headers),

  rateLimited: ({
    retryAfter,
    headers,
  }: { retryAfter?: string; headers?: OutgoingHttpHeaders } = {}): Reply =>
    reply.error(
      429,
      { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' },
      { ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }), ...headers },
    ),

  /** Each chunk is a write of its own. `end: false` leaves the stream open in silence. */
  sse:
    (chunks: readonly Chunk[], { end = true, ...options }: SseOptions & { end?: boolean } = {}): Reply =>
    async (_request, response) => {
      openSse(response, options);
      await writeAll(response, chunks);
      if (end) response.end();
    },

  /** A stream that the test drives by hand. */
  sseControlled(options: SseOptions = {}): SseControl {
    let latest: ServerResponse | undefined;
    let markOpened: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (markOpened = resolve));
    const live = () => {
      if (!latest) throw new Error('no request has got this reply yet: await `opened` first');
      return latest;
    };
    return {
      opened,
      reply: (_request, response) => {
        latest = response;
        openSse(response, options);
        markOpened();
      },
      write: (chunk) => live().write(chunk),
      end: () => void live().end(),
      destroy: () => hangUp(live()),
    };
  },

  /** Headers and these chunks, then the connection closes without the end of the body. */
  cutAfter:
    (chunks: readonly Chunk[], options: SseOptions = {}): Reply =>
    async (_request, response) => {
      openSse(response, options);
      await writeAll(response, chunks);
      hangUp(response);
    },

  /** Headers never come. */
  stall: (): Reply => () => undefined,

  /** Headers come, a body never does. */
  stallAfterHeaders:
    (options: SseOptions = {}): Reply =>
    (_request, response) =>
      openSse(response, options),

  sseStallAfter: (chunks: readonly Chunk[], options: SseOptions = {}): Reply =>
    reply.sse(chunks, { ...options, end: false }),

  /** Promises more bytes than it sends, then closes the connection. */
  wrongLength:
    (body: Chunk, declaredBytes: number, headers: OutgoingHttpHeaders = {}): Reply =>
    async (_request, response) => {
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': declaredBytes,
        ...headers,
      });
      await writeOut(response, body);
      hangUp(response);
    },

  /** A 200 stream that ends without an event. */
  emptySse: (): Reply => reply.sse([]),

  /** RST instead of an answer. */
  resetBeforeHeaders: (): Reply => (_request, response) => reset(response),

  /** FIN instead of an answer. */
  closeBeforeHeaders: (): Reply => (_request, response) => hangUp(response),

  /** Answers `{method, url, headers, rawHeaders, bodyBase64}` of the request. */
  echo: (): Reply => (request, response) => {
    const { method, url, headers, rawHeaders, body } = request;
    const seen = { method, url, headers, rawHeaders, bodyBase64: body.toString('base64') };
    return reply.json(200, seen)(request, response);
  },

  /** A body of this many bytes (0, 1, ... 255, 0, ...), written as fast as the client takes it. */
  large:
    (sizeBytes: number, headers: OutgoingHttpHeaders = {}): Reply =>
    async (_request, response) => {
      const block = Buffer.from(Array.from({ length: 65_536 }, (_, index) => index & 0xff));
      response.writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-length': sizeBytes,
        ...headers,
      });
      for (let leftBytes = sizeBytes; leftBytes > 0; leftBytes -= block.length) {
        if (!(await writeOut(response, block.subarray(0, Math.min(leftBytes, block.length))))) return;
      }
      response.end();
    },

  /** Nothing is sent until `until` resolves; then the other reply. */
  slowHeaders:
    (until: Promise<unknown>, then: Reply = healthy): Reply =>
    async (request, response) => {
      await until;
      await then(request, response);
    },
};

// ---- the server ------------------------------------------------------------------------------------------------

interface Waiter {
  readonly predicate: (request: RecordedRequest) => boolean;
  readonly resolve: (request: RecordedRequest) => void;
}

async function recordRequest(request: IncomingMessage, response: ServerResponse): Promise<RecordedRequest> {
  const at = Date.now();
  let aborted = false;
  const closed = new Promise<void>((resolve) => {
    response.once('close', () => {
      aborted = !response.writableFinished && !hungUpByUs.has(response);
      resolve();
    });
  });
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    // The client gave up within its body: what came counts as the body.
    await closed;
  }
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    rawHeaders: request.rawHeaders,
    headers: request.headers,
    body: Buffer.concat(chunks),
    peer: request.socket.remoteAddress,
    key: /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1],
    at,
    closed,
    wasAborted: () => aborted,
  };
}

/** A real HTTP server on 127.0.0.1 that behaves for each API key as scripted. */
export class ScriptedUpstream {
  /** Answers keys without a script. */
  fallbackReply: Reply = healthy;
  requests: RecordedRequest[] = [];
  #scripts = new Map<string, Reply[]>();
  #waiters = new Set<Waiter>();
  #server: Server | TlsServer | undefined;
  #port = 0;
  readonly #open = new Set<ServerResponse>();
  readonly #failures: unknown[] = [];

  constructor(private readonly tls?: TlsFiles) {}

  get port(): number {
    return this.#port;
  }

  get baseUrl(): string {
    return `${this.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.#port}/v1`;
  }

  /** Replaces the key's script: each reply is used once, the last one repeats. */
  forKey(key: string, ...replies: [Reply, ...Reply[]]): this {
    this.#scripts.set(key, [...replies]);
    return this;
  }

  requestsOf(key: string): RecordedRequest[] {
    return this.requests.filter((request) => request.key === key);
  }

  /** Resolves with the first request, past or to come, that satisfies the predicate. Rejects after the deadline. */
  waitForRequest(
    predicate: (request: RecordedRequest) => boolean = () => true,
    timeoutMs = 10_000,
  ): Promise<RecordedRequest> {
    const past = this.requests.find(predicate);
    if (past) return Promise.resolve(past);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        predicate,
        resolve: (request) => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve(request);
        },
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        const all = this.requests.map(({ method, url, key }) => `${method} ${url} (${key})`);
        const seen = `${all.length > 20 ? `${all.length}, the last are ` : ''}${all.slice(-20).join(', ') || 'none'}`;
        reject(new Error(`no such request came in ${timeoutMs} ms; seen: ${seen}`));
      }, timeoutMs);
      this.#waiters.add(waiter);
    });
  }

  /** Forgets scripts and requests; open connections stay. */
  reset(): void {
    this.requests = [];
    this.#scripts.clear();
    this.fallbackReply = healthy;
  }

  /** Stops listening and cuts every connection: from now on dials are refused. */
  async refuse(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    for (const response of this.#open) hungUpByUs.add(response);
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** Listens (again) on the same port. */
  async accept(): Promise<void> {
    if (this.#server) return;
    // Idle connections must outlive any test, and a large head must be refused by the gateway, not here.
    const options = { keepAliveTimeout: 600_000, requestTimeout: 0, maxHeaderSize: 1_048_576 };
    const answer = (request: IncomingMessage, response: ServerResponse) =>
      void this.#answer(request, response);
    const { tls } = this;
    const server =
      tls === undefined ? createServer(options, answer) : createTlsServer({ ...options, ...tls }, answer);
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Stops for good. Rejects with the first error that a reply threw, so that a broken script fails its test. */
  async stop(): Promise<void> {
    await this.refuse();
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
    const recorded = await recordRequest(request, response);
    this.requests.push(recorded);
    for (const waiter of [...this.#waiters]) if (waiter.predicate(recorded)) waiter.resolve(recorded);
    if (!request.complete) return;
    try {
      await this.#nextReply(recorded.key)(recorded, response);
    } catch (error) {
      this.#failures.push(error);
      reset(response);
    }
  }

  #nextReply(key: string | undefined): Reply {
    const script = key === undefined ? undefined : this.#scripts.get(key);
    return (script && script.length > 1 ? script.shift() : script?.[0]) ?? this.fallbackReply;
  }
}

export async function startScriptedUpstream(tls?: TlsFiles): Promise<ScriptedUpstream> {
  const upstream = new ScriptedUpstream(tls);
  await upstream.accept();
  return upstream;
}
