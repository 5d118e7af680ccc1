import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tokensOf, type NightKey, type NightRequest, type World, type WorldAnswer } from './world';

/** What a key's secret is, as the gateway gets it. */
export function secretOf({ keyId }: NightKey): string {
  return `sk-night-${keyId.padStart(40, '0')}`;
}

/** The most bytes of a body that are not its prompt. */
const ENVELOPE_BYTES = 200;
const BYTES_PER_TOKEN = 4;

/** What a client sends for a request of the night: so long that the gateway expects as many tokens of it. */
export function bodyOf({ model, promptTokens, askedTokens }: NightRequest, index: number): string {
  const content = 'abc '.repeat(Math.max(1, promptTokens - ENVELOPE_BYTES / BYTES_PER_TOKEN));
  return JSON.stringify({
    model,
    stream: true,
    stream_options: { include_usage: true },
    ...(askedTokens > 0 && { max_tokens: askedTokens }),
    metadata: { request: String(index) },
    messages: [{ role: 'user', content }],
  });
}

/** The world of a night as a provider that listens on a port, in real time. */
export class WorldServer {
  readonly #server: Server;
  readonly #keys: ReadonlyMap<string, NightKey>;

  /** `now` is the night's time. */
  constructor(
    private readonly world: World,
    keys: readonly NightKey[],
    private readonly requests: readonly NightRequest[],
    private readonly now: () => number,
  ) {
    this.#keys = new Map(keys.map((key) => [`Bearer ${secretOf(key)}`, key]));
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** Resolves with the address of the API. */
  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = this.#keys.get(request.headers.authorization ?? '');
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const asked = this.#requestIn(Buffer.concat(chunks));
    if (key === undefined || asked === undefined) {
      response.writeHead(200, JSON_TYPE).end('{"object":"list","data":[]}');
      return;
    }
    const answer = this.world.answer(key, asked, this.now());
    const timer = setTimeout(() => this.#send(response, answer, asked), answer.afterMs);
    response.once('close', () => clearTimeout(timer));
  }

  #requestIn(body: Buffer): NightRequest | undefined {
    if (body.length === 0) return undefined;
    const { metadata } = JSON.parse(body.toString('utf8')) as { metadata?: { request: string } };
    return this.requests[Number(metadata?.request)];
  }

  #send(response: ServerResponse, { status, headers, body }: WorldAnswer, asked: NightRequest): void {
    if (status !== 200) {
      response.writeHead(status, { ...JSON_TYPE, ...headers }).end(body);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', ...headers }).write(event(CONTENT));
    const timer = setTimeout(() => response.end(event(FINISH) + event(usageOf(asked)) + END), asked.restMs);
    response.once('close', () => clearTimeout(timer));
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };
const CHUNK = { id: 'night', object: 'chat.completion.chunk' };
const CONTENT = { ...CHUNK, choices: [{ index: 0, delta: { content: 'hi' }, finish_reason: null }] };
const FINISH = { ...CHUNK, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
const END = 'data: [DONE]\n\n';

function usageOf(request: NightRequest): object {
  const { promptTokens: prompt_tokens, completionTokens: completion_tokens } = request;
  const usage = { prompt_tokens, completion_tokens, total_tokens: tokensOf(request) };
  return { ...CHUNK, choices: [], usage };
}

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
