import type { Pool } from '../balancer/pool/pool';
import { Hedging } from '../balancer/attempts/hedging';
import { WaitingRoom } from '../balancer/waiting/waiting-room';
import { keptText } from '../openai/json/kept-text';
import type { RequestHead } from '../openai/request/request-head';
import type { UpstreamTarget } from '../upstream/target';
import { addressError, namesNoProvider, resolveProvider } from './request/admission';
import type { BodyFiles } from './body/body-folder';
import type { RequestBody } from './body/spooled-body';
import { Bodies, NO_BODY, wholeBytesMax } from './body/bodies';
import type { GatewayConfig, GatewayProvider } from './config';
import { gatewayError, overloaded, SHUTTING_DOWN, type GatewayError } from './answer/errors';
import type { ClientRequest, ClientResponse } from './exchange/exchange';
import { ExchangeLog } from './record/exchange-log';
import { forward, type ForwardPorts } from './forward';
import { LiveExchanges } from './exchange/live-exchanges';
import { filterOf, refuse, type LiveExchange } from './exchange/live-exchange';
import { isAllowedMethod } from './request/methods';
import { ModelLists } from './models/model-lists';
import type { Recorder } from './record/record';
import { withoutKeys } from './record/without-keys';
import { bindingOf } from './objects/binding';
import { NO_OWNERS, type ObjectOwners } from './objects/object-owners';
import { MergedLists } from './objects/serve-list';
import type { ForwardedHead } from './request/balanced-request';
import { readHead } from './request/request-head';
import { readSpooledHead } from './request/spooled-head';
import { planFor } from './routing/plan-for';
import { modelsInQuery } from './routing/renamed-address';
import { shownName } from './routing/shown-name';
import { serveSocket } from './sockets/serve-socket';
import { asksForSocket, type Upgrade } from './sockets/upgrade';
import { requestIdOf } from './request/request-id';
import type { GatewayRoute } from './request/route';
import { letIn, type LetInPorts } from './request/let-in';
import { admit } from './tokens/admit';
import type { TokenRules } from './tokens/token-rules';
import { TokenUses } from './tokens/token-uses';
import type { Tracing } from './tracing/request-span';
import { MODELS_PATH, serveModels } from './models/serve-models';

/** Endpoints that cannot do anything without a model. */
const NEEDS_MODEL = /^\/(chat\/completions|completions|embeddings)\/?$/;
const ENDPOINT_MAX = 500;
const NO_WAY_FOR_SOCKETS =
  'The way to the gateway takes no WebSocket: a proxy in front must pass on Upgrade and Connection.';

export interface GatewayPorts
  extends
    Omit<ForwardPorts, 'targetOf' | 'waitingRoom' | 'hedging' | 'owners' | 'lists' | 'tokens'>,
    LetInPorts {
  /** What client tokens use of their limits and budgets; without it that is not shared, and lost with the process. */
  readonly tokens?: TokenUses | undefined;
  /** Without it nothing is known of objects that live at providers. */
  readonly owners?: ObjectOwners;
  readonly recorder: Recorder;
  /** Without it requests belong to no trace, and what clients say of theirs passes as it is. */
  readonly tracing?: Tracing | undefined;
  readonly load: LoadLimit;
  /** Where large bodies find room; without it all stay in memory. */
  readonly bodyFiles?: BodyFiles;
  /** A programming error; the client gets a plain 500. */
  readonly onBug: (error: unknown, requestId: string) => void;
}

/** What the process has room for at this moment. */
export interface LoadLimit {
  /** Requests at a time. */
  readonly requestsMax: number;
  /** What there is too little of: "memory". */
  readonly shortOf: string;
}

/** One client request, from its route to its record. Needs nothing of the server it came through. */
export class Gateway {
  readonly #modelLists: ModelLists;
  readonly #forwarding: ForwardPorts;
  readonly #bodies: Bodies;
  readonly #waitingRoom: WaitingRoom;
  readonly #exchanges = new LiveExchanges();
  #config: GatewayConfig;
  #isDown = false;

  constructor(
    config: GatewayConfig,
    private readonly ports: GatewayPorts,
  ) {
    this.#config = config;
    this.#bodies = new Bodies(config, ports.timers, ports.bodyFiles);
    const { clock, owners = NO_OWNERS } = ports;
    this.#waitingRoom = new WaitingRoom(clock, () => this.#config.waiting);
    const waitingRoom = this.#waitingRoom;
    const hedging = new Hedging(() => this.#config.hedging);
    const tokens = ports.tokens ?? new TokenUses({ clock });
    const known = { ...ports, owners, tokens, targetOf: (pool: Pool) => this.#targetOf(pool) };
    this.#forwarding = { ...known, waitingRoom, hedging, lists: new MergedLists(known) };
    this.#modelLists = new ModelLists(this.#forwarding);
  }

  get config(): GatewayConfig {
    return this.#config;
  }

  /** Requests that arrive from now on obey the new configuration. */
  configure(config: GatewayConfig): void {
    this.#config = config;
    this.#bodies.configure(config);
    this.#modelLists.keepOnly(config.providers);
    this.#exchanges.keepOnly(config.access);
  }

  get inFlight(): number {
    return this.#exchanges.size;
  }

  /** Requests that wait for a key. */
  get waiting(): Pick<WaitingRoom, 'depth' | 'crowdOf'> {
    return this.#waitingRoom;
  }

  /** Bytes of request bodies in memory. */
  get bodyBytes(): number {
    return this.#bodies.bytes;
  }

  /** See `LiveExchanges`, as with the next three. */
  closeConnections(): void {
    this.#exchanges.closeConnections();
  }

  sendAway(): void {
    this.#exchanges.sendAway();
  }

  idle(): Promise<void> {
    return this.#exchanges.idle();
  }

  /** Requests that come are refused. */
  cutOff(): void {
    this.#isDown = true;
    this.#exchanges.cutOff();
  }

  /** From now on requests are refused; those in flight go on. */
  drain(): void {
    this.#isDown = true;
  }

  /**
   * Handles a request whose path `parseRoute` knows. `upgrade`: its connection is to become a WebSocket. Never throws.
   */
  async handle(
    route: GatewayRoute,
    request: ClientRequest,
    response: ClientResponse,
    upgrade?: Upgrade,
  ): Promise<void> {
    const requestId = requestIdOf((name) => request.header(name));
    const log = openLog(this.ports, route, request, requestId);
    const share = this.#bodies.share();
    const config = this.#config;
    const exchange: LiveExchange = {
      config,
      route,
      request,
      response,
      log,
      share,
      keepAlive: undefined,
      cutAnswer: undefined,
      place: -1,
    };
    this.#exchanges.add(exchange);
    try {
      const refusal = await this.#serve(exchange, upgrade);
      if (refusal !== undefined) refuse(exchange, refusal);
    } catch (error) {
      this.ports.onBug(error, requestId);
      refuse(
        exchange,
        gatewayError('internal_error', 'The gateway made a mistake. Its log has the details.'),
      );
    } finally {
      exchange.keepAlive?.stop();
      log.admission?.release();
      this.#bodies.release(exchange);
      this.#exchanges.remove(exchange);
    }
  }

  /** Where the keys that the pool has at this moment are for: a reload may change both during a request. */
  #targetOf(pool: Pool): UpstreamTarget | undefined {
    const provider = this.#config.providers.get(pool.config.provider);
    return provider?.pool === pool ? provider.target : undefined;
  }

  async #serve(exchange: LiveExchange, upgrade: Upgrade | undefined): Promise<GatewayError | undefined> {
    if (this.#isDown) return SHUTTING_DOWN;
    const { load } = this.ports;
    if (this.#exchanges.size > load.requestsMax) {
      exchange.response.closeAfter();
      return overloaded(`is short of ${load.shortOf}`);
    }
    const { config, route, request, log } = exchange;
    if (!isAllowedMethod(request.method)) {
      return gatewayError('method_not_allowed', 'The method is not allowed here.');
    }
    const client = letIn(exchange, this.ports);
    if ('code' in client) return client;

    const provider = resolveProvider(route, config);
    if ('code' in provider) return provider;
    log.provider = provider.slug;
    // What the name of a model leads to may be another provider's.
    const isNamed = !namesNoProvider(route, config);
    const misplaced =
      (isNamed ? exchange.rules?.providerError(provider.slug) : undefined) ?? addressError(route);
    if (misplaced !== undefined) return misplaced;
    if (upgrade !== undefined) {
      const open = { upgrade, provider, lists: this.#modelLists };
      return serveUpgrade(this.#forwarding, exchange, open, client.affinity);
    }
    return asksForSocket(request)
      ? gatewayError('websocket_unavailable', NO_WAY_FOR_SOCKETS)
      : this.#serveFrom(exchange, provider, client.affinity);
  }

  /** Reads the request as far as serving it depends on it, and hands it on. */
  async #serveFrom(
    exchange: LiveExchange,
    provider: GatewayProvider,
    clientAffinity: string,
  ): Promise<GatewayError | undefined> {
    const { route, log } = exchange;
    const body = await this.#bodies.read(exchange);
    if ('code' in body) return body;
    const reading = readAsked(exchange, body);
    const head = headAt(route, reading instanceof Promise ? await reading : reading);
    if ('code' in head) return notThere(exchange, head);
    const model = noteHead(log, head);
    const missing = missingPart(exchange, body, model);
    if (missing !== undefined) return missing;
    if (asksForModels(exchange)) {
      const answered = await serveModels(this.#modelLists, exchange, provider, this.ports.clock);
      if (answered !== 'forward') return answered;
    }
    const planning = planFor(exchange, provider, head, this.#modelLists, this.ports.clock);
    const plan = planning instanceof Promise ? await planning : planning;
    if ('code' in plan) return plan;
    const forwarded = forwardedHead(head, model, clientAffinity, exchange.rules);
    const refused = admit(this.#forwarding, exchange, plan, body, forwarded);
    const refusal = refused instanceof Promise ? await refused : refused;
    if (refusal !== undefined) return refusal;
    const bound = bindingOf(exchange, plan, body, head, this.#forwarding.owners);
    const binding = bound instanceof Promise ? await bound : bound;
    return forward(this.#forwarding, exchange, binding, body, forwarded);
  }
}

function readAsked(
  exchange: LiveExchange,
  body: RequestBody,
): RequestHead | GatewayError | Promise<RequestHead | GatewayError> {
  const { config, request, route, share } = exchange;
  const filter = filterOf(exchange);
  return Buffer.isBuffer(body)
    ? readHead({ request, route, filter, body })
    : readSpooledHead({ request, route, filter, body, share, wholeBytesMax: wholeBytesMax(config) });
}

/** Who looks for a model that its token may not use does not find it. */
function notThere(exchange: LiveExchange, error: GatewayError): GatewayError {
  const isHidden = error.code === 'model_not_allowed' && asksForModels(exchange);
  return isHidden ? { ...error, code: 'model_not_found' } : error;
}

interface SocketOpeningParts {
  readonly upgrade: Upgrade;
  readonly provider: GatewayProvider;
  readonly lists: ModelLists;
}

/** What is asked for stands in the address, or in messages later. */
async function serveUpgrade(
  ports: ForwardPorts,
  exchange: LiveExchange,
  { upgrade, provider, lists }: SocketOpeningParts,
  clientAffinity: string,
): Promise<GatewayError | undefined> {
  const { route, request, log, rules } = exchange;
  const reading = await readHead({ request, route, body: NO_BODY, filter: filterOf(exchange) });
  if ('code' in reading) return reading;
  const parameters = new URLSearchParams(route.query);
  const named = route.model ?? parameters.get('model') ?? parameters.get('deployment') ?? undefined;
  const isNamedTwice = route.model === undefined && modelsInQuery(route.query) > 1;
  const head: RequestHead = { ...reading, model: named, ...(isNamedTwice && { namesTwice: true }) };
  const model = noteHead(log, head);
  const plan = await planFor(exchange, provider, head, lists, ports.clock);
  if ('code' in plan) return plan;
  const forwarded = forwardedHead(head, model, clientAffinity, rules);
  const refusal = await admit(ports, exchange, plan, NO_BODY, forwarded);
  if (refusal !== undefined) return refusal;
  return serveSocket(ports, exchange, upgrade, plan, forwarded);
}

function openLog(
  { recorder, clock, tracing }: GatewayPorts,
  route: GatewayRoute,
  request: ClientRequest,
  requestId: string,
): ExchangeLog {
  const span = tracing?.begin((name) => request.header(name));
  const endpoint = keptEndpoint(route);
  return new ExchangeLog(recorder, () => clock.now(), request.method, endpoint, requestId, span);
}

function forwardedHead(
  head: RequestHead,
  model: string | undefined,
  clientAffinity: string,
  rules: TokenRules | undefined,
): ForwardedHead {
  const { isAmbiguous = false, affinity = clientAffinity, modelAt } = head;
  const { outputTokensMax, promptTokens, store } = head;
  const asksForAudio = head.mayName === 'audio';
  // What comes of a request that names several models says nothing of any of them.
  const named = isAmbiguous ? undefined : model;
  return {
    model: named,
    modelAt,
    affinity,
    client: clientAffinity,
    priority: rules?.priority ?? 0,
    outputTokensMax,
    promptTokens,
    store,
    asksForAudio,
  };
}

/** The address says which model is asked, whatever the body says. */
function headAt(
  { model, isStream }: GatewayRoute,
  head: RequestHead | GatewayError,
): RequestHead | GatewayError {
  if (model === undefined || 'code' in head) return head;
  return { ...head, model, stream: isStream ?? head.stream };
}

function asksForModels({ request: { method }, route }: LiveExchange): boolean {
  return method === 'GET' && route.place === undefined && MODELS_PATH.test(route.path);
}

/** What an endpoint that computes something cannot do without. */
function missingPart(
  { route, request }: LiveExchange,
  body: RequestBody,
  model: string | undefined,
): GatewayError | undefined {
  if (request.method !== 'POST' || !NEEDS_MODEL.test(route.path)) return undefined;
  if (body.length === 0) return gatewayError('missing_body', 'The request has no body.');
  const isNamed = model !== undefined && model !== '';
  return isNamed ? undefined : gatewayError('missing_model', "The request must have a 'model'.");
}

/** Short ones may be parts of an address that is short as well. */
function keptEndpoint({ path, query }: GatewayRoute): string {
  return withoutKeys(path.length + query.length <= ENDPOINT_MAX ? path : keptText(path, ENDPOINT_MAX));
}

/** The body keeps the whole name; everything that remembers it does with what may be shown of its beginning. */
function noteHead(log: ExchangeLog, { model, stream }: RequestHead): string | undefined {
  log.isStream = stream;
  log.model = model && shownName(model);
  return log.model;
}
