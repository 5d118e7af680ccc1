import { buildConnector, Pool, type Dispatcher } from 'undici';
import { egressConnector, type EgressConnector } from '../egress/egress-connector';
import type { UpstreamTarget } from '../target';

const CONNECT_TIMEOUT_MS = 10_000;
/** Idle connections are given up before most servers do, so that a request seldom meets a closing one. */
const KEEP_ALIVE_MS = 20_000;

/** Through a proxy two connections have to be made. */
const EGRESS_CONNECT_TIMEOUT_MS = 10_000;

/** What is needed of an egress proxy to go through it. */
export interface EgressTarget {
  readonly egressId: string;
  /** With user and password. */
  readonly url: string;
}

interface Way {
  readonly egressUrl: string | undefined;
  readonly dispatcher: Dispatcher;
  readonly connector: EgressConnector | undefined;
}

interface Route {
  readonly baseUrl: string;
  /** The path of the base URL, without a slash at the end. */
  readonly pathPrefix: string;
  readonly origin: string;
  /** By egress proxy; '' is the direct one. */
  readonly ways: Map<string, Way>;
}

/**
 * One connection pool for each provider and way to it, direct or through an egress proxy. A changed address, of either,
 * gets a new one, and the old one drains and closes.
 */
export class Dispatchers {
  readonly #routes = new Map<string, Route>();
  readonly #direct = buildConnector({ timeout: CONNECT_TIMEOUT_MS });

  for(
    target: UpstreamTarget,
    egress: EgressTarget | undefined,
  ): { readonly dispatcher: Dispatcher; readonly pathPrefix: string } {
    const route = this.#routeTo(target);
    const id = egress?.egressId ?? '';
    let way = route.ways.get(id);
    if (way === undefined || way.egressUrl !== egress?.url) {
      if (way !== undefined) closeQuietly(way);
      way = createWay(route.origin, egress);
      route.ways.set(id, way);
    }
    return { dispatcher: way.dispatcher, pathPrefix: route.pathPrefix };
  }

  /** Makes connections of their own, for what is not HTTP any more once it has begun. */
  connectorFor(target: UpstreamTarget, egress: EgressTarget | undefined): buildConnector.connector {
    this.for(target, egress);
    return this.#routeTo(target).ways.get(egress?.egressId ?? '')?.connector?.connect ?? this.#direct;
  }

  /** Closes the pools of providers and egress proxies that are gone, once their requests are done. */
  keepOnly(providers: ReadonlySet<string>, egressIds: ReadonlySet<string>): void {
    for (const [provider, { ways }] of this.#routes) {
      for (const [id, way] of ways) {
        if (providers.has(provider) && (id === '' || egressIds.has(id))) continue;
        ways.delete(id);
        closeQuietly(way);
      }
      if (!providers.has(provider)) this.#routes.delete(provider);
    }
  }

  /** Ends all connections, running requests included. */
  async close(): Promise<void> {
    const ways = [...this.#routes.values()].flatMap((route) => [...route.ways.values()]);
    this.#routes.clear();
    await Promise.allSettled(
      ways.map(async ({ dispatcher, connector }) => {
        await dispatcher.destroy();
        await connector?.close();
      }),
    );
  }

  #routeTo({ provider, baseUrl }: UpstreamTarget): Route {
    const known = this.#routes.get(provider);
    if (known?.baseUrl === baseUrl) return known;
    for (const way of known?.ways.values() ?? []) closeQuietly(way);
    const { origin, pathname } = new URL(baseUrl);
    const route = { baseUrl, origin, pathPrefix: pathname.replace(/\/+$/, ''), ways: new Map<string, Way>() };
    this.#routes.set(provider, route);
    return route;
  }
}

function createWay(origin: string, egress: EgressTarget | undefined): Way {
  const connector = egress && egressConnector(egress.url, EGRESS_CONNECT_TIMEOUT_MS);
  const dispatcher = new Pool(origin, {
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connect: connector?.connect ?? { timeout: CONNECT_TIMEOUT_MS },
    maxHeaderSize: 64 * 1024,
  });
  return { egressUrl: egress?.url, dispatcher, connector };
}

/** `close` waits for running requests; that it may fail with them does not matter any more. */
function closeQuietly({ dispatcher, connector }: Way): void {
  dispatcher
    .close()
    .catch(() => undefined)
    .then(() => connector?.close())
    .catch(() => undefined);
}
