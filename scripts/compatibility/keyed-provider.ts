import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Arrival {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly key: string;
}

/**
 * A provider that has every path. Each of its keys is an account of its own: it answers 404 for an object that another
 * key owns.
 */
export class KeyedProvider {
  arrivals: Arrival[] = [];
  readonly #owners = new Map<string, string>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #made = 0;

  static async start(): Promise<KeyedProvider> {
    const provider = new KeyedProvider();
    provider.#server.listen(0, '127.0.0.1');
    await once(provider.#server, 'listening');
    return provider;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** A new object of this key. Its id does not tell whose it is. */
  own(key: string): string {
    this.#made += 1;
    const id = `obj_${(this.#made * 7_919).toString(36).padStart(8, '0')}`;
    this.#owners.set(id, key);
    return id;
  }

  ownerOf(id: string): string | undefined {
    return this.#owners.get(id);
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await request.toArray();
    const { method = '', url: path = '' } = request;
    const key = (request.headers.authorization ?? '').replace('Bearer ', '');
    this.arrivals.push({ method, path, key });
    const named = path.split(/[/?]/).filter((segment) => this.#owners.has(segment));
    const foreign = named.find((id) => this.#owners.get(id) !== key);
    if (foreign !== undefined) {
      const message = `No such object: ${foreign}`;
      return send(response, 404, {
        error: { message, type: 'invalid_request_error', param: 'id', code: null },
      });
    }
    if (method === 'POST') return send(response, 200, { id: named[0] ?? this.own(key), object: 'thing' });
    const [id] = named;
    send(
      response,
      200,
      id === undefined ? { object: 'list', data: [], has_more: false } : { id, object: 'thing' },
    );
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
