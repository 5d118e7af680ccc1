import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';

export interface Listed {
  readonly id: string;
  readonly created_at: number;
  readonly [name: string]: unknown;
}

type Reply = (request: IncomingMessage, response: ServerResponse) => void;

/** A provider of which each key has a list of its own, newest first, in pages. */
export class ListProvider {
  /** By key. */
  readonly lists = new Map<string, Listed[]>();
  /** What keys answer instead of their list. */
  readonly replies = new Map<string, Reply>();
  /** How a key's answers are compressed. */
  readonly encodings = new Map<string, 'gzip' | 'br'>();
  /** The most items of a page of a key, whatever is asked for. */
  readonly pageMax = new Map<string, number>();
  readonly asked: { readonly key: string; readonly url: string }[] = [];
  /** What the answer has besides its items. */
  extra: (list: readonly Listed[]) => object = () => ({});
  /** How the API calls its cursors. */
  names = { after: 'after', before: 'before' };
  /** It heeds neither cursor nor limit. */
  isPlain = false;
  readonly #server = createServer((request, response) => this.#answer(request, response));

  static async start(): Promise<ListProvider> {
    const provider = new ListProvider();
    provider.#server.listen(0, '127.0.0.1');
    await once(provider.#server, 'listening');
    return provider;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** Deletes it wherever it is. */
  delete(id: string): void {
    for (const [key, list] of this.lists)
      this.lists.set(
        key,
        list.filter((item) => item.id !== id),
      );
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const key = (request.headers.authorization ?? '').replace('Bearer ', '');
    const url = new URL(request.url ?? '', 'http://provider');
    this.asked.push({ key, url: url.pathname.replace('/v1', '') + url.search });
    const reply = this.replies.get(key);
    if (reply !== undefined) return reply(request, response);
    const id = url.pathname.split('/batches/')[1];
    const list = this.lists.get(key) ?? [];
    const json =
      id === undefined ? this.#page(key, list, url.searchParams) : list.find((one) => one.id === id);
    const isFound = json !== undefined;
    const body = isFound ? JSON.stringify(json) : '{"error":{"message":"No such object","code":null}}';
    this.#send(response, isFound ? 200 : 404, body, this.encodings.get(key));
  }

  #send(response: ServerResponse, status: number, body: string, encoding?: 'gzip' | 'br'): void {
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(encoding !== undefined && { 'content-encoding': encoding }),
    });
    if (encoding === undefined) response.end(body);
    else response.end(encoding === 'gzip' ? gzipSync(body) : brotliCompressSync(body));
  }

  #page(key: string, list: readonly Listed[], query: URLSearchParams): object | undefined {
    const by = query.get('order_by') ?? 'created_at';
    const rankOf = (item: Listed) => item[by] as number;
    const all = list.toSorted((a, b) => rankOf(b) - rankOf(a));
    if (query.get('order') === 'asc') all.reverse();
    if (this.isPlain) return { object: 'list', data: all };
    const after = query.get(this.names.after);
    const before = query.get(this.names.before);
    const cursor = after ?? before;
    const at = cursor === null ? -1 : all.findIndex(({ id }) => id === cursor);
    if (cursor !== null && at === -1) return undefined;
    const max = this.pageMax.get(key) ?? Infinity;
    const limit = Math.min(Number(query.get('limit') ?? 20), max);
    const start = before === null ? at + 1 : Math.max(0, at - limit);
    const end = before === null ? start + limit : at;
    const data = all.slice(start, end);
    const hasMore = before === null ? end < all.length : start > 0;
    return { object: 'list', data, ...this.extra(list), has_more: hasMore };
  }
}
