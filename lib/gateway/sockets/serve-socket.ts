import { runAttempts, type LoopResult } from '../../balancer/attempts/attempt-loop';
import type { Dialed, Transport } from '../../balancer/attempts/transport';
import type { Outcome } from '../../balancer/attempts/verdict';
import type { Lease } from '../../balancer/pool/lease';
import type { Pool } from '../../balancer/pool/pool';
import type { StopSignal } from '../../balancer/ports';
import { AnswerIds } from '../../openai/objects/answer-ids';
import type { RequestHead } from '../../openai/request/request-head';
import { clientResponseHeaders } from '../../upstream/headers/response-headers';
import type { RefusedHandshake } from '../../upstream/socket/socket-dial';
import type { Frame, SocketEnd } from '../../upstream/socket/socket-end';
import type { UpstreamTarget } from '../../upstream/target';
import { gatewayError, type GatewayError } from '../answer/errors';
import { errorOfFailure } from '../answer/refuse';
import type { ClientRequest } from '../exchange/exchange';
import { filterOf, type LiveExchange } from '../exchange/live-exchange';
import type { ForwardPorts } from '../forward';
import { askOwner, joined, type Ask } from '../objects/ask-owner';
import { bindingOf, type Binding } from '../objects/binding';
import { endedTrace } from '../record/ended-trace';
import { balancedRequest, type ForwardedHead } from '../request/balanced-request';
import { readHead } from '../request/request-head';
import type { GatewayRoute } from '../request/route';
import { addressOf, targetOf, type GatewayTarget, type Plan } from '../routing/plan';
import { renamedAddress, renamedQuery } from '../routing/renamed-address';
import { isText, ownErrorMessage, refusalMessage, usageIn, type EventKind } from './events';
import { MessageMemory } from './memory-share';
import { SocketOpening } from './opening';
import { outError, type OutReason, type TokenRules } from '../tokens/token-rules';
import { LastWord } from './said';
import { Tunnel, type Looked, type TunnelEnd } from './tunnel';
import { handshakeFlaw, type Upgrade } from './upgrade';

/** Larger messages are for requests of their own: a tunnel holds each of its messages whole. */
const MESSAGE_BYTES_MAX = 32 * 2 ** 20;
const NO_BODY = Buffer.alloc(0);
/** Here each message may be a request of its own. */
const RESPONSES = /^\/responses\/?$/;
const SWITCHED = 101;
const LEFT = gatewayError('client_closed', 'The client closed the connection.');
/** These say that the way is there and no WebSocket at its end. */
const NO_SOCKETS: ReadonlySet<number> = new Set([200, 404, 405, 426, 501]);

/** What an attempt has brought. `turn`: what the client says next belongs to another key. */
type SocketAnswer =
  | { readonly kind: 'open'; abort(): void }
  | { readonly kind: 'turn'; abort(): void }
  | { readonly kind: 'refused'; readonly refused: RefusedHandshake; abort(): void }
  | { readonly kind: 'said'; readonly frame: Frame; abort(): void };

type Result = LoopResult<SocketAnswer>;
type Committed = Extract<Result, { readonly kind: 'commit' }>;

/**
 * Opens a WebSocket with a key of the provider, and passes messages both ways until it ends. Keys are tried until one
 * begins to answer; the client's own handshake ends with the first that succeeds. Resolves with an error of our own if
 * none did.
 */
export async function serveSocket(
  ports: ForwardPorts,
  exchange: LiveExchange,
  upgrade: Upgrade,
  plan: Plan,
  head: ForwardedHead,
): Promise<GatewayError | undefined> {
  const flaw = handshakeFlaw(exchange.request);
  if (flaw !== undefined) return flaw;
  exchange.log.isStream = true;
  const serving = new SocketServing(ports, exchange, upgrade, plan, head);
  try {
    return await serving.serve();
  } catch (error) {
    serving.destroy();
    throw error;
  }
}

// oxlint-disable-next-line house/class-length -- one connection from its handshake to its record
class SocketServing {
  #tunnel: Tunnel | undefined;
  #head: ForwardedHead;
  #binding: Binding | undefined;
  #revokedFor: GatewayError | undefined;
  #lease: { readonly pool: Pool; readonly lease: Lease } | undefined;
  /** What the model is called where it is asked, if that is another name. */
  #sentModel: string | undefined;
  readonly #bytesMax: number;

  constructor(
    private readonly ports: ForwardPorts,
    private readonly exchange: LiveExchange,
    private readonly upgrade: Upgrade,
    private readonly plan: Plan,
    head: ForwardedHead,
  ) {
    this.#head = head;
    this.#bytesMax = Math.min(MESSAGE_BYTES_MAX, exchange.config.bodyBytesMax);
  }

  async serve(): Promise<GatewayError | undefined> {
    const { exchange } = this;
    exchange.revoke = (why) => {
      this.#revokedFor = revokedError(why);
      this.#tunnel?.revoke(this.#revokedFor);
    };
    const stopExpiry = this.#expire();
    try {
      return await this.#serve();
    } finally {
      stopExpiry();
    }
  }

  async #serve(): Promise<GatewayError | undefined> {
    const { exchange, plan, ports } = this;
    let binding = await bindingOf(exchange, plan, NO_BODY, {}, ports.owners);
    for (;;) {
      exchange.log.ownerLookup = binding.lookup ?? exchange.log.ownerLookup;
      const result = await this.#open(binding);
      if (result.kind !== 'commit') return this.#refuse(result);
      const turn = await this.#pass(result);
      if (turn === undefined) return undefined;
      binding = turn;
    }
  }

  destroy(): void {
    this.#tunnel?.destroy();
  }

  /** Ends it when its token expires. */
  #expire(): () => void {
    const { exchange, ports } = this;
    const expiresAt = exchange.rules?.expiresAt;
    if (expiresAt === undefined) return ignore;
    let stop: () => void = ignore;
    const wait = (): void => {
      const leftMs = expiresAt - Date.now();
      if (leftMs <= 0) return exchange.revoke?.('token_expired');
      stop = ports.timers.after(Math.min(leftMs, TIMER_MS_MAX), wait);
    };
    wait();
    return () => stop();
  }

  /** One response is over, of several in this conversation. */
  #charge(frame: Frame): void {
    const { log } = this.exchange;
    const { admission } = log;
    admission?.responseEnded();
    const usage = usageIn(frame);
    if (usage === undefined) return;
    const provider = this.#lease?.pool.config.provider ?? this.plan.provider.slug;
    const model = this.#sentModel ?? this.#head.model ?? usage.model ?? '';
    const costNano = this.ports.costOf?.(provider, model, usage);
    if (costNano !== undefined) log.costNano = (log.costNano ?? 0) + costNano;
    admission?.charge(usage, costNano);
  }

  async #open(binding: Binding): Promise<Result> {
    const { exchange, ports, plan } = this;
    const ask: Ask<SocketAnswer> = async (whom, targets) => {
      const asked = balancedRequest(exchange, NO_BODY, this.#head, whom, plan.goesOnFor);
      const request = { ...asked, mayBeSentTwice: undefined };
      const ended = await runAttempts(request, targets, this.#transport(targets), ports);
      exchange.log.trace = joined(exchange.log.trace, ended.trace);
      return ended;
    };
    return askOwner(ask, binding);
  }

  #transport(targets: readonly GatewayTarget[]): Transport<SocketAnswer> {
    const { ports, plan } = this;
    const { log } = this.exchange;
    const attemptsBefore = log.trace.attempts.length;
    return {
      dial: (pool, lease, signal) => {
        const target = targetOf(targets, pool, lease.model);
        const there = addressOf(ports.targetOf(pool) ?? (target?.provider ?? plan.provider).target, plan);
        return this.#dial(pool, lease, there, signal, target?.sentModel);
      },
      noted: (index, { answer }) => {
        const text = answer === undefined ? '' : textOf(answer);
        if (text !== '') log.upstreamBodies.set(attemptsBefore + index, text);
      },
      discard: (answer) => answer.abort(),
    };
  }

  async #dial(
    pool: Pool,
    lease: Lease,
    target: UpstreamTarget,
    signal: StopSignal,
    sentModel: string | undefined,
  ): Promise<Dialed<SocketAnswer>> {
    const { exchange, upgrade, ports } = this;
    const { request, log } = exchange;
    const { path, query, place } = renamedFor(exchange.route, sentModel);
    const { key, egress } = lease;
    const { keyId } = key.config;
    const rawHeaders = log.span?.dial(keyId, target.baseUrl, request.rawHeaders) ?? request.rawHeaders;
    const asked = {
      path: path + query,
      place,
      rawHeaders,
      protocols: upgrade.protocols,
      model: sentModel === undefined ? this.#head.model : lease.model,
      bytesMax: this.#bytesMax,
    };
    const dialed = await ports.upstream.openSocket(target, key.config, asked, signal, egress?.egress.config);
    const { outcome, socket, refused } = dialed;
    if (socket === undefined) {
      const answer = refused && { kind: 'refused' as const, refused, abort: ignore };
      return { outcome, answer };
    }
    this.#tunnel ??= this.#acceptWith(socket.protocol);
    if (this.#tunnel === undefined) {
      socket.destroy();
      return { outcome: { kind: 'client_closed' }, answer: undefined };
    }
    this.#lease = { pool, lease };
    this.#sentModel = sentModel;
    return this.#hear(this.#tunnel, socket, target, outcome, signal);
  }

  /** The first words of the provider decide. */
  #hear(
    tunnel: Tunnel,
    socket: SocketEnd,
    { timeoutMs }: UpstreamTarget,
    opened: Outcome,
    signal: StopSignal,
  ): Promise<Dialed<SocketAnswer>> {
    const { timers, clock } = this.ports;
    return new Promise((resolve) => {
      const settle = (dialed: Dialed<SocketAnswer>): void => {
        signal.removeEventListener('abort', onAbort);
        resolve(dialed);
      };
      const onAbort = (): void => {
        tunnel.disconnect();
        settle({ outcome: { kind: 'client_closed' }, answer: undefined });
      };
      signal.addEventListener('abort', onAbort, { once: true });
      const opening = new SocketOpening({
        timers,
        timeoutMs,
        model: this.#head.model,
        now: () => clock.now(),
        onEnd: (end) => {
          if (end.kind === 'open') {
            tunnel.begin(end.held);
            return settle({ outcome: opened, answer: { kind: 'open', abort: () => tunnel.disconnect() } });
          }
          tunnel.disconnect();
          const { outcome, said } = end;
          settle({ outcome, answer: said && { kind: 'said', frame: said, abort: ignore } });
        },
      });
      tunnel.connect(socket, opening, () =>
        settle({ outcome: opened, answer: { kind: 'turn', abort: ignore } }),
      );
      if (signal.aborted) onAbort();
    });
  }

  /** Ends the client's own handshake. */
  #acceptWith(protocol: string): Tunnel | undefined {
    const { exchange, upgrade } = this;
    const { request, log, share } = exchange;
    const client = upgrade.accept(protocol, log.requestId, this.#bytesMax);
    if (client === undefined) return undefined;
    log.committed();
    const watch = {
      look: (frame: Frame, kind: EventKind | undefined) => this.#look(frame, kind),
      said: (frame: Frame, kind: EventKind | undefined) => this.#said(frame, kind),
      lastWord: new LastWord({ model: () => this.#head.model, now: () => this.ports.clock.now() }),
    };
    const tunnel = new Tunnel(client, watch, this.#bytesMax, () => request.signal.abort());
    const memory = new MessageMemory(share, client, request.signal, () => tunnel.refuseMore());
    upgrade.onBytes((bytes) => memory.came(bytes));
    client.onFrame = () => memory.isWhole();
    exchange.cutAnswer = () => tunnel.stop();
    exchange.goAway = () => tunnel.goAway();
    if (exchange.isGoing === true) tunnel.goAway();
    if (this.#revokedFor !== undefined) tunnel.revoke(this.#revokedFor);
    return tunnel;
  }

  /** Passes messages on to the end; or until they belong to another key, which is returned then. */
  async #pass(result: Committed): Promise<Binding | undefined> {
    const { pool, lease, answer } = result;
    const tunnel = this.#tunnel;
    if (tunnel === undefined) throw new Error('a connection was opened that nobody asked for');
    const { clock } = this.ports;
    const before = tunnel.usage?.totalTokens ?? 0;
    const ended = answer.kind === 'turn' ? undefined : await tunnel.ended();
    const used = (tunnel.usage?.totalTokens ?? 0) - before;
    const { end, message } = ended ?? { end: 'whole' as const, message: undefined };
    pool.finish(lease, end, message ?? '', clock.now(), used === 0 ? undefined : used);
    if (ended === undefined) return this.#binding;
    this.#record(tunnel, ended);
    return undefined;
  }

  #record(tunnel: Tunnel, { end, message, code }: TunnelEnd): void {
    const { log } = this.exchange;
    const { clock } = this.ports;
    if (end !== 'whole' && end.name !== 'client_closed') {
      const endMs = clock.now() - log.startedAt;
      log.trace = endedTrace(log.trace, { verdict: end.name, error: message, endMs });
    }
    this.#finish(tunnel, code ?? (end === 'whole' ? 'success' : end.name), message);
  }

  #finish(tunnel: Tunnel, outcome: string, message: string | undefined): void {
    const { log } = this.exchange;
    const { fromClient, fromProvider, usage } = tunnel;
    log.requestBytes = fromClient.bytes;
    log.trace = {
      ...log.trace,
      socket: { framesSent: fromClient.frames, framesReceived: fromProvider.frames },
    };
    const responseBytes = fromProvider.bytes;
    log.finish({ status: SWITCHED, outcome, errorMessage: message, usage, responseBytes });
  }

  /** No key has begun to answer. A client whose own handshake has ended is told in a message. */
  #refuse(result: Exclude<Result, { readonly kind: 'commit' }>): GatewayError | undefined {
    const { exchange } = this;
    const { provider } = this.plan;
    const { log } = exchange;
    const tunnel = this.#tunnel;
    if (result.kind === 'client_closed') return tunnel === undefined ? LEFT : this.#left(tunnel);
    if (result.kind === 'pass_through') return this.#passRefusal(result);
    const { pool } = provider;
    const asked = result.trace.attempts.at(-1)?.provider ?? provider.slug;
    const error = errorOfFailure(result, asked, pool.breaker.reason ?? pool.restReasonOf(log.model ?? ''));
    if (tunnel === undefined) return error;
    tunnel.fail(ownErrorMessage(error));
    this.#finish(tunnel, error.code, error.message);
    return undefined;
  }

  #left(tunnel: Tunnel): undefined {
    const { code = LEFT.code, message = LEFT.message } = tunnel.end ?? {};
    if (tunnel.end === undefined) tunnel.destroy();
    this.#finish(tunnel, code, message);
  }

  #passRefusal({
    answer,
    verdict,
    trace,
  }: Extract<Result, { readonly kind: 'pass_through' }>): GatewayError | undefined {
    const { exchange } = this;
    const { provider } = this.plan;
    const { log } = exchange;
    const last = trace.attempts.at(-1);
    const tunnel = this.#tunnel;
    if (tunnel !== undefined) {
      if (answer.kind === 'refused') {
        tunnel.fail(refusalMessage(answer.refused.status, answer.refused.body));
      } else if (answer.kind === 'said') tunnel.fail(answer.frame);
      else tunnel.destroy();
      this.#finish(tunnel, verdict.name, last?.error);
      return undefined;
    }
    if (answer.kind !== 'refused') throw new Error('nobody has spoken, and nobody has listened');
    const { status, headers, body } = answer.refused;
    if (NO_SOCKETS.has(status)) {
      const name = last?.provider ?? provider.slug;
      return gatewayError('websocket_unavailable', `Provider '${name}' takes no WebSocket here (${status}).`);
    }
    const passed = clientResponseHeaders({ ...headers, 'content-length': String(body.length) });
    exchange.response.start(status, [...passed, 'x-request-id', log.requestId]);
    exchange.response.end(body);
    log.committed();
    const told = { status, outcome: verdict.name, errorMessage: last?.error };
    log.finish({ ...told, responseBytes: body.length });
    return undefined;
  }

  /** What is asked for may not be served here, or live with another key. */
  #look(frame: Frame, kind: EventKind | undefined): Looked | Promise<Looked> {
    const { admission } = this.exchange.log;
    const looked = this.#lookAt(frame, kind);
    if (kind !== 'asked' || admission === undefined) return looked;
    const counted = (found: Looked): Looked => {
      if (typeof found === 'string') admission.responseAsked();
      return found;
    };
    return looked instanceof Promise ? looked.then(counted) : counted(looked);
  }

  #lookAt(frame: Frame, kind: EventKind | undefined): Looked | Promise<Looked> {
    const { exchange } = this;
    const { route, rules } = exchange;
    const refusal = kind === 'asked' && rules !== undefined ? this.#ruledOut(rules) : undefined;
    if (refusal !== undefined) return refusal;
    const isRequest = kind === 'asked' && RESPONSES.test(route.path);
    if (!isText(frame) || (!isRequest && filterOf(exchange).isEmpty)) return 'pass';
    return this.#read(frame.data, isRequest);
  }

  /** Why the rules of its token, which may have changed since it was opened, do not allow another response. */
  #ruledOut(rules: TokenRules): GatewayError | undefined {
    const { ports, exchange, plan } = this;
    const provider = this.#lease?.pool.config.provider ?? plan.provider.slug;
    const address = (): string => ports.addressOf?.(exchange.request) ?? exchange.request.remoteAddress ?? '';
    const isFirst = exchange.log.admission?.isUnused !== false;
    return (
      rules.providerError(provider) ??
      rules.addressError(address) ??
      ports.tokens.responseError(rules, isFirst)
    );
  }

  async #read(body: Buffer, isRequest: boolean): Promise<Looked> {
    const { exchange, ports } = this;
    const request = asJson(exchange.request);
    const { route, log } = exchange;
    const head = await readHead({ request, route, body, filter: filterOf(exchange) });
    if ('code' in head) return head;
    if (!isRequest) return 'pass';
    const nameless = head.model === undefined ? exchange.rules?.namelessError() : undefined;
    if (nameless !== undefined) return nameless;
    this.#note(head);
    log.model ??= this.#head.model;
    const binding = await bindingOf({ ...exchange, request }, this.plan, body, head, ports.owners);
    const { owner } = binding;
    const now = this.#lease;
    const isHere = now?.pool === binding.provider.pool && now.lease.key.config.keyId === owner?.keyId;
    if (owner === undefined || isHere) return 'pass';
    this.#binding = binding;
    return 'turn';
  }

  #note({ model, store }: RequestHead): void {
    this.#head = { ...this.#head, model: model ?? this.#head.model, store };
  }

  /** What a key has made is its own. */
  #said(frame: Frame, kind: EventKind | undefined): void {
    const { data } = frame;
    if (kind === 'ended') this.#charge(frame);
    if (!RESPONSES.test(this.exchange.route.path) || kind === undefined) return;
    const leased = this.#lease;
    if (leased === undefined) return;
    const owner = { provider: leased.pool.config.provider, keyId: leased.lease.key.config.keyId };
    const { owners } = this.ports;
    const ids = new AnswerIds('text/event-stream', (told, telling) =>
      telling === 'made' ? owners.remember(told, owner) : owners.suppose(told, owner),
    );
    ids.push(Buffer.concat([DATA, data, EVENT_END]));
    ids.end();
  }
}

/** The address as it is for a provider that calls the model otherwise. */
function renamedFor(
  route: GatewayRoute,
  sentModel: string | undefined,
): Pick<GatewayRoute, 'path' | 'query' | 'place'> {
  if (sentModel === undefined) return route;
  if (route.model !== undefined) return { ...renamedAddress(route, sentModel), query: route.query };
  return { ...route, query: renamedQuery(route.query, sentModel) };
}

/** No timer can be set for longer. */
const TIMER_MS_MAX = 2 ** 31 - 1;

function revokedError(why: OutReason | 'invalid_token'): GatewayError {
  return why === 'invalid_token' ? gatewayError(why, 'The token is not valid here any more.') : outError(why);
}

const DATA = Buffer.from('data: ');
const EVENT_END = Buffer.from('\n\n');

function textOf(answer: SocketAnswer): string {
  if (answer.kind === 'refused') return answer.refused.body.toString('utf8');
  return answer.kind === 'said' ? answer.frame.data.toString('utf8') : '';
}

/** Messages have no headers of their own. */
function asJson(request: ClientRequest): ClientRequest {
  const { method, url, rawHeaders, remoteAddress, signal } = request;
  return {
    method,
    url,
    rawHeaders,
    remoteAddress,
    signal,
    header: (name) => (name === 'content-type' ? 'application/json' : undefined),
    readBody: () => Promise.resolve({ ok: true, body: NO_BODY }),
  };
}

function ignore(): void {
  // There is nothing to give up.
}
