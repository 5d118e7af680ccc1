import { runAttempts, type LoopResult } from '../balancer/attempt-loop';
import type { Lease } from '../balancer/lease';
import type { Pool } from '../balancer/pool';
import type { Clock, Random } from '../balancer/ports';
import { createsSomethingLasting } from '../balancer/retry';
import { keptText } from '../openai/kept-text';
import { notServed } from '../openai/model-filter';
import type { UpstreamAnswer } from '../upstream/answer';
import type { UpstreamClient } from '../upstream/client';
import type { UpstreamRequest, UpstreamTarget } from '../upstream/target';
import { BodyBudget, type BodyShare } from './body-budget';
import type { GatewayConfig, GatewayProvider } from './config';
import { GATEWAY_ERRORS, gatewayError, type GatewayError } from './errors';
import type { ClientRequest, ClientResponse } from './exchange';
import { ExchangeLog } from './exchange-log';
import { deliver } from './deliver';
import { KeepAlive } from './keep-alive';
import { isAllowedMethod } from './methods';
import { ModelLists } from './model-lists';
import { isUnsafePath, isUnsendableQuery } from './path-safety';
import type { Recorder } from './record';
import { errorOfFailure, sendError, sendErrorEvent } from './refuse';
import { readHead } from './request-head';
import { requestIdFrom } from './request-id';
import type { GatewayRoute } from './route';
import type { Timers } from './timers';

/** Endpoints that cannot do anything without a model. */
const NEEDS_MODEL = /^\/(chat\/completions|completions|embeddings)\/?$/;
const MODELS_PATH = /^\/models(\/|$)/;
/** Its streams are bare sound, into which no comment can be put. */
const SPEECH_PATH = /^\/audio\/speech\/?$/;
/** Longer names of models are forwarded as they are, and known by so many characters. */
const MODEL_MAX = 191;
const SLUG_SHOWN_MAX = 64;
const UPSTREAM_BODY_MAX = 16 * 1024;
const ENDPOINT_MAX = 500;
const NO_BODY = Buffer.alloc(0);

export interface GatewayPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly upstream: UpstreamClient;
  readonly recorder: Recorder;
  readonly load: LoadLimit;
  /** Counts wrong tokens; returns the seconds in which their sender gets no further one looked at, 0 for none. */
  readonly onWrongTokens: (request: ClientRequest, count: number) => number;
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
  readonly #bodies: BodyBudget;
  readonly #exchanges = new Set<Exchange>();
  #config: GatewayConfig;
  #isDown = false;
  readonly #idleWaiters: (() => void)[] = [];

  constructor(
    config: GatewayConfig,
    private readonly ports: GatewayPorts,
  ) {
    this.#config = config;
    this.#bodies = new BodyBudget(config.bodiesBytesMax, ports.timers);
    this.#modelLists = new ModelLists({ ...ports, targetOf: (pool) => this.#targetOf(pool) });
  }

  get config(): GatewayConfig {
    return this.#config;
  }

  /** Requests that arrive from now on obey the new configuration. */
  configure(config: GatewayConfig): void {
    this.#config = config;
    this.#bodies.resize(config.bodiesBytesMax);
    this.#modelLists.keepOnly(config.providers);
  }

  get inFlight(): number {
    return this.#exchanges.size;
  }

  /** Bytes of request bodies in memory. */
  get bodyBytes(): number {
    return this.#bodies.held;
  }

  /** Connections close behind the answers that have not begun yet. */
  closeConnections(): void {
    for (const { response } of this.#exchanges) response.closeAfter();
  }

  /** From now on requests are refused; those in flight go on. */
  drain(): void {
    this.#isDown = true;
  }

  /**
   * Ends what is in flight: with an error event where events flow, with a 503 where nothing was sent, else visibly
   * unfinished.
   */
  cutOff(): void {
    this.#isDown = true;
    for (const exchange of this.#exchanges) {
      if (exchange.cutAnswer !== undefined) exchange.cutAnswer();
      else refuse(exchange, SHUTTING_DOWN);
      exchange.request.signal.abort();
    }
  }

  /** Resolves as soon as no request is in flight. */
  idle(): Promise<void> {
    if (this.#exchanges.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Handles a request whose path `parseRoute` knows. Never throws. */
  async handle(route: GatewayRoute, request: ClientRequest, response: ClientResponse): Promise<void> {
    const requestId = requestIdFrom(request.header('x-request-id'));
    const { recorder, clock } = this.ports;
    const log = new ExchangeLog(recorder, () => clock.now(), request.method, keptEndpoint(route), requestId);
    const share = this.#bodies.share();
    const config = this.#config;
    const exchange: Exchange = {
      config,
      route,
      request,
      response,
      log,
      share,
      keepAlive: undefined,
      cutAnswer: undefined,
    };
    this.#exchanges.add(exchange);
    try {
      const refusal = await this.#serve(exchange);
      if (refusal !== undefined) refuse(exchange, refusal);
    } catch (error) {
      this.ports.onBug(error, requestId);
      refuse(
        exchange,
        gatewayError('internal_error', 'The gateway made a mistake. Its log has the details.'),
      );
    } finally {
      exchange.keepAlive?.stop();
      share.release();
      this.#exchanges.delete(exchange);
      if (this.#exchanges.size === 0) for (const wake of this.#idleWaiters.splice(0)) wake();
    }
  }

  /** Where the keys that the pool has at this moment are for: a reload may change both during a request. */
  #targetOf(pool: Pool): UpstreamTarget | undefined {
    const provider = this.#config.providers.get(pool.config.provider);
    return provider?.pool === pool ? provider.target : undefined;
  }

  async #serve(exchange: Exchange): Promise<GatewayError | undefined> {
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
    const access = config.access.check((name) => request.header(name));
    if (!access.ok) return this.#accessError(request, access.wrongTokens);
    log.tokenHint = access.tokenHint;

    const provider = resolveProvider(route, config);
    if ('code' in provider) return provider;
    log.provider = provider.slug;
    if (route.path === '' || route.path === '/') {
      return gatewayError(
        'unknown_path',
        'There is no such endpoint. Try /v1/chat/completions or /v1/models.',
      );
    }
    if (isUnsafePath(route.path) || isUnsendableQuery(route.query)) {
      return gatewayError('invalid_path', 'The path contains characters or segments that are not allowed.');
    }

    const body = await this.#readBody(exchange);
    if (!Buffer.isBuffer(body)) return body;
    const reading = readHead({ request, route, body, filter: config.filteredModels });
    const head = reading instanceof Promise ? await reading : reading;
    if ('code' in head) return head;
    const { stream, affinity } = head;
    // The body keeps the whole name; everything that remembers it does with its beginning.
    const model = head.model === undefined ? undefined : keptModel(head.model);
    log.model = model;
    log.isStream = stream;
    if (request.method === 'POST' && NEEDS_MODEL.test(route.path)) {
      if (body.length === 0) return gatewayError('missing_body', 'The request has no body.');
      if (model === undefined || model === '') {
        return gatewayError('missing_model', "The request must have a 'model'.");
      }
    }
    if (request.method === 'GET' && MODELS_PATH.test(route.path)) {
      const answered = await this.#serveModels(exchange, provider);
      if (answered !== 'forward') return answered;
    }
    return this.#forward(exchange, provider, body, { model, affinity: affinity ?? access.affinity });
  }

  #accessError(request: ClientRequest, wrongTokens: number): GatewayError {
    if (wrongTokens === 0) {
      return gatewayError('missing_token', 'No token was sent. Send it as `Authorization: Bearer <token>`.');
    }
    const waitSeconds = this.ports.onWrongTokens(request, wrongTokens);
    if (waitSeconds === 0) return gatewayError('invalid_token', 'The token is not valid here.');
    const message =
      'The token is not valid here, and too many like it came from this address. ' +
      `Wait ${waitSeconds} seconds, or send a valid one.`;
    return gatewayError('too_many_wrong_tokens', message, waitSeconds * 1000);
  }

  async #readBody({ request, config, log, share }: Exchange): Promise<Buffer | GatewayError> {
    if (request.method === 'GET' || request.method === 'HEAD') return NO_BODY;
    const result = await request.readBody(config.bodyBytesMax, share);
    if (result.ok) {
      log.requestBody = result.body;
      return result.body;
    }
    if (result.reason === 'client_closed') {
      return gatewayError(
        'client_closed',
        'The client closed the connection before its request was complete.',
      );
    }
    if (result.reason === 'no_memory') return overloaded('has no memory left for this request body');
    const limit = Number((config.bodyBytesMax / 2 ** 20).toFixed(2));
    const message = `The request body is larger than the ${limit} MB allowed here (${config.bodyLimitName}).`;
    return gatewayError('body_too_large', message);
  }

  async #serveModels(
    exchange: Exchange,
    provider: GatewayProvider,
  ): Promise<GatewayError | 'forward' | undefined> {
    const { route, config, response, log } = exchange;
    const wanted = route.path.replace(/^\/models\/?/, '');
    const id = wanted === '' ? undefined : safeDecode(wanted);
    if (id !== undefined && config.filteredModels.has(id)) {
      return gatewayError('model_not_found', notServed(id));
    }
    const listed = await this.#modelLists.list(provider, config.filteredModels);
    log.trace = listed.trace;
    if (listed.kind === 'failed') {
      // An answer that is merely passed on is not filtered.
      const mayForward = id !== undefined || (listed.isAnswered && config.filteredModels.isEmpty);
      return mayForward ? 'forward' : listed.error;
    }
    const json = id === undefined ? listed.list : listed.find(id);
    if (json === undefined) return 'forward';
    const body = Buffer.from(json);
    log.committed();
    response.start(200, [
      'content-type',
      'application/json',
      'content-length',
      String(body.length),
      'x-request-id',
      log.requestId,
    ]);
    response.end(body);
    log.finish({ status: 200, outcome: 'success', responseBytes: body.length });
    return undefined;
  }

  async #forward(
    exchange: Exchange,
    provider: GatewayProvider,
    body: Buffer,
    head: { model: string | undefined; affinity: string },
  ): Promise<GatewayError | undefined> {
    const { config, route, request, response, log } = exchange;
    const upstreamRequest: UpstreamRequest = {
      method: request.method,
      path: route.path + route.query,
      rawHeaders: request.rawHeaders,
      body: body.length === 0 && request.header('content-length') === undefined ? undefined : body,
      model: head.model,
      isStream: log.isStream,
      expects: expectsAnswer(request.method, route.path) ? 'answer' : 'anything',
    };
    if (log.isStream && config.streamKeepAliveMs > 0 && !SPEECH_PATH.test(route.path)) {
      exchange.keepAlive = new KeepAlive(
        response,
        log.requestId,
        this.ports.timers,
        config.streamKeepAliveMs,
      );
    }
    const providers = withFallbacks(provider, config);
    let attempts = 0;
    const transport = {
      dial: async (pool: Pool, { key, egress }: Lease) => {
        const attempt = attempts++;
        const target = this.#targetOf(pool) ?? (providers.get(pool) ?? provider).target;
        const dialed = await this.ports.upstream.dial(
          target,
          key.config,
          upstreamRequest,
          request.signal,
          egress?.egress.config,
        );
        const errorText = dialed.answer?.errorText;
        if (errorText !== undefined) log.upstreamBodies.set(attempt, keptText(errorText, UPSTREAM_BODY_MAX));
        return dialed;
      },
      discard: (answer: UpstreamAnswer) => answer.abort(),
    };
    const result = await runAttempts(
      {
        method: request.method,
        path: route.path,
        model: head.model ?? '',
        affinity: head.affinity,
        signal: request.signal,
      },
      [...providers.keys()],
      transport,
      this.ports,
    );
    exchange.keepAlive?.stop();
    log.trace = result.trace;
    return this.#answer(exchange, provider, result);
  }

  async #answer(
    exchange: Exchange,
    provider: GatewayProvider,
    result: LoopResult<UpstreamAnswer>,
  ): Promise<GatewayError | undefined> {
    const { request, response, log, keepAlive } = exchange;
    switch (result.kind) {
      case 'client_closed':
        return gatewayError('client_closed', 'The client closed the connection.');
      case 'failed':
      case 'shortage':
        return errorOfFailure(
          result,
          result.trace.attempts.at(-1)?.provider ?? provider.slug,
          provider.pool.breaker.reason ?? provider.pool.restReasonOf(log.model ?? ''),
        );
      case 'commit':
      case 'pass_through': {
        const isLate = keepAlive?.isBegun === true;
        exchange.cutAnswer = () => result.answer.stop(SHUTTING_DOWN.message);
        await deliver({ request, response, log, isLate, now: () => this.ports.clock.now() }, result);
        return undefined;
      }
    }
  }
}

interface Exchange {
  readonly config: GatewayConfig;
  readonly route: GatewayRoute;
  readonly request: ClientRequest;
  readonly response: ClientResponse;
  readonly log: ExchangeLog;
  readonly share: BodyShare;
  /** Ends an answer that is being passed on. */
  cutAnswer: (() => void) | undefined;
  /** Of a request for a stream, once attempts are made. */
  keepAlive: KeepAlive | undefined;
}

const SHUTTING_DOWN = gatewayError('shutting_down', 'The gateway is shutting down.', 1_000);
const OVERLOADED_RETRY_MS = 2_000;

/** `what`: "is short of memory". */
function overloaded(what: string): GatewayError {
  return gatewayError('gateway_overloaded', `The gateway ${what}. Try again soon.`, OVERLOADED_RETRY_MS);
}

function refuse({ response, log, keepAlive }: Exchange, error: GatewayError): void {
  const { status } = GATEWAY_ERRORS[error.code];
  keepAlive?.stop();
  let responseBytes = 0;
  if (error.code === 'client_closed' || log.isCommitted) response.breakOff(undefined);
  else if (keepAlive?.isBegun === true) responseBytes = sendErrorEvent(response, error);
  else responseBytes = sendError(response, error, log.requestId);
  // Whoever guesses must not fill the log with it: that they were blocked has been told once.
  if (error.code === 'too_many_wrong_tokens') return;
  log.finish({ status, outcome: error.code, errorMessage: error.message, responseBytes });
}

/** Whether a 2xx must bring an answer: where something is computed, and for models. */
function expectsAnswer(method: string, path: string): boolean {
  if (method === 'POST') return !createsSomethingLasting(method, path);
  return method === 'GET' && MODELS_PATH.test(path);
}

function resolveProvider(route: GatewayRoute, config: GatewayConfig): GatewayProvider | GatewayError {
  const slug =
    route.provider === undefined || (route.mayFallBackToDefault && !config.providers.has(route.provider))
      ? config.defaultProvider
      : route.provider;
  const provider = config.providers.get(slug);
  if (provider === undefined) {
    const shown = keptText(slug, SLUG_SHOWN_MAX);
    return gatewayError('provider_not_found', `There is no provider '${shown}'.`);
  }
  return provider.isEnabled
    ? provider
    : gatewayError('provider_not_found', `Provider '${slug}' is disabled.`);
}

/** The provider and then its enabled fallbacks, by pool. */
function withFallbacks(provider: GatewayProvider, config: GatewayConfig): Map<Pool, GatewayProvider> {
  const providers = new Map([[provider.pool, provider]]);
  for (const slug of provider.fallbacks) {
    const fallback = config.providers.get(slug);
    if (fallback?.isEnabled === true) providers.set(fallback.pool, fallback);
  }
  return providers;
}

/** Short ones may be parts of an address that is short as well. */
function keptEndpoint({ path, query }: GatewayRoute): string {
  return path.length + query.length <= ENDPOINT_MAX ? path : keptText(path, ENDPOINT_MAX);
}

function keptModel(model: string): string {
  return model.length <= MODEL_MAX ? model : keptText(model, MODEL_MAX);
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
