import { Pool, type Dispatcher } from 'undici';
import type { UpstreamTarget } from './target';

const CONNECT_TIMEOUT_MS = 10_000;
/** Idle connections are given up before most servers do, so that a request seldom meets a closing one. */
const KEEP_ALIVE_MS = 20_000;

interface Route {
  readonly baseUrl: string;
  readonly dispatcher: Dispatcher;
  /** The path of the base URL, without a slash at the end. */
  readonly pathPrefix: string;
}

/** One connection pool for each provider; a changed address gets a new one, and the old one drains and closes. */
export class Dispatchers {
  readonly #routes = new Map<string, Route>();

  for({ provider, baseUrl }: UpstreamTarget): Route {
    const known = this.#routes.get(provider);
    if (known?.baseUrl === baseUrl) return known;
    if (known !== undefined) closeQuietly(known.dispatcher);
    const { origin, pathname } = new URL(baseUrl);
    const dispatcher = new Pool(origin, {
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      maxHeaderSize: 64 * 1024,
    });
    const route = { baseUrl, dispatcher, pathPrefix: pathname.replace(/\/+$/, '') };
    this.#routes.set(provider, route);
    return route;
  }

  /** Closes the pools of providers that are gone, once their requests are done. */
  keepOnly(providers: ReadonlySet<string>): void {
    for (const [provider, { dispatcher }] of this.#routes) {
      if (providers.has(provider)) continue;
      this.#routes.delete(provider);
      closeQuietly(dispatcher);
    }
  }

  /** Ends all connections, running requests included. */
  async close(): Promise<void> {
    const dispatchers = [...this.#routes.values()].map((route) => route.dispatcher);
    this.#routes.clear();
    await Promise.allSettled(dispatchers.map((dispatcher) => dispatcher.destroy()));
  }
}

/** `close` waits for running requests; that it may fail with them does not matter any more. */
function closeQuietly(dispatcher: Dispatcher): void {
  dispatcher.close().catch(() => undefined);
}
