import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import type { Dialed } from '../../../lib/balancer/attempts/transport';
import { Stop } from '../../../lib/balancer/stop';
import type { BodyEnd, UpstreamAnswer } from '../../../lib/upstream/answer/answer';
import { UpstreamClient } from '../../../lib/upstream/client';
import type { EgressTarget } from '../../../lib/upstream/dial/dispatchers';
import type { UpstreamRequest, UpstreamTarget } from '../../../lib/upstream/target';

export const SECRET = 'sk-the-secret-key';
export const HINT = 'sk-...key';
/** What an answer says instead of the secret. */
export const MASK = 'sk-***********key';

export interface DialOptions {
  readonly target?: Partial<UpstreamTarget>;
  readonly request?: Partial<UpstreamRequest>;
  readonly signal?: Stop;
  readonly egress?: EgressTarget;
}

export interface Read {
  readonly text: string;
  readonly end: 'whole' | BodyEnd;
}

/** An upstream on a loopback port and a client to ask it with. */
export class Stand {
  readonly client = new UpstreamClient();
  #servers: (Server | ReturnType<typeof createServer>)[] = [];

  async close(): Promise<void> {
    await this.client.close();
    for (const server of this.#servers) {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
    }
  }

  async http(handler: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<number> {
    return this.#listen(createServer((request, response) => void handler(request, response)));
  }

  /** Says these bytes to whoever connects and sends something, then closes. */
  async raw(text: string): Promise<number> {
    return this.#listen(createTcpServer((socket) => void socket.once('data', () => socket.end(text))));
  }

  dial(port: number, { target, request, signal, egress }: DialOptions = {}): Promise<Dialed<UpstreamAnswer>> {
    return this.client.dial(
      {
        provider: `p${port}`,
        baseUrl: `http://127.0.0.1:${port}/v1`,
        customHeaders: {},
        timeoutMs: 20_000,
        idleTimeoutMs: 20_000,
        ...target,
      },
      { secret: SECRET, hint: HINT },
      {
        method: 'POST',
        path: '/chat/completions',
        rawHeaders: ['content-type', 'application/json'],
        body: Buffer.from('{}'),
        expects: 'answer',
        ...request,
      },
      signal ?? new Stop(),
      egress,
    );
  }

  async #listen(server: Server | ReturnType<typeof createServer>): Promise<number> {
    this.#servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }
}

/** Reads an answer as fast as it comes. */
export function readAll(answer: UpstreamAnswer | undefined): Promise<Read> {
  return new Promise((resolve, reject) => {
    if (answer === undefined) return reject(new Error('there is no answer'));
    const chunks: Buffer[] = [];
    const done = (end: Read['end']): void => resolve({ text: Buffer.concat(chunks).toString('utf8'), end });
    answer.attach({
      data(chunk) {
        chunks.push(chunk);
        return true;
      },
      end: () => done('whole'),
      fail: done,
    });
  });
}

export const SSE = { 'content-type': 'text/event-stream' };
export const JSON_TYPE = { 'content-type': 'application/json' };

/** `data:` of each. */
export function events(...values: unknown[]): string {
  return values
    .map((value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`)
    .join('');
}

export function delta(content: string, more: object = {}): object {
  return { id: 'c', choices: [{ index: 0, delta: { content }, finish_reason: null, ...more }] };
}

export const ROLE = {
  id: 'c',
  choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
};
