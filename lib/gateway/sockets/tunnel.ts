import { VERDICTS } from '../../balancer/attempts/verdict';
import type { Usage } from '../../openai/answer/usage';
import type { Flaw, Frame, SocketEnd } from '../../upstream/socket/socket-end';
import { gatewayError, SHUTTING_DOWN, type GatewayError, type GatewayErrorCode } from '../answer/errors';
import { addedUsage, eventKind, ownErrorMessage, usageIn, type EventKind } from './events';
import type { SocketOpening } from './opening';
import { ResponsesUnderWay } from './responses-under-way';
import type { LastWord, SaidEnd } from './said';

/** How what went through a tunnel came to its end. */
export interface TunnelEnd extends SaidEnd {
  /** An error of our own that ended it, where no verdict about the provider says it. */
  readonly code?: GatewayErrorCode;
}

/** What passed in one direction. */
export interface Passed {
  frames: number;
  bytes: number;
}

/** What the tunnel asks about what it passes on. */
export interface TunnelWatch {
  /**
   * Looks at what the client says before it goes on, or does not, with the reason. `turn`: it must go to another key,
   * to which all that is kept is said.
   */
  look(frame: Frame, kind: EventKind | undefined): Looked | Promise<Looked>;
  /** The provider said this. */
  said(frame: Frame, kind: EventKind | undefined): void;
  readonly lastWord: LastWord;
}

export type Looked = 'pass' | 'turn' | GatewayError;

const CUT = gatewayError('stream_cut', 'The connection to the provider was lost.');
const BUG = gatewayError('internal_error', 'The gateway made a mistake. Its log has the details.');
const NO_MEMORY = gatewayError('gateway_overloaded', 'The gateway is short of memory. Try again soon.');
const LOST = 1006;
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const INTERNAL_ERROR = 1011;
const TOO_BIG = 1009;
/** Messages that are kept. */
const KEPT_MAX = 1_000;

/**
 * A client's side, and behind it the provider's connections, one after the other until the provider has begun to
 * answer: what the client says before is kept, and said to each of them. From then on messages pass both ways as they
 * come, as fast as their reader takes them.
 */
// oxlint-disable-next-line house/class-length -- the states of one conversation, and both of its directions
export class Tunnel {
  readonly fromClient: Passed = { frames: 0, bytes: 0 };
  readonly fromProvider: Passed = { frames: 0, bytes: 0 };
  usage: Usage | undefined;
  #upstream: SocketEnd | undefined;
  #opening: SocketOpening | undefined;
  /** What the client has said and may have to be said again. */
  #kept: Frame[] = [];
  #keptBytes = 0;
  readonly #queue: Frame[] = [];
  #isLooking = false;
  readonly #underWay = new ResponsesUnderWay();
  #isGoing = false;
  #end: TunnelEnd | undefined;
  #onEnd: ((end: TunnelEnd) => void) | undefined;
  #onTurn: (() => void) | undefined;
  #onConnected: (() => void) | undefined;

  constructor(
    private readonly client: SocketEnd,
    private readonly watch: TunnelWatch,
    /** Of one message, and of all that are kept. */
    private readonly bytesMax: number,
    private readonly onClientGone: () => void,
  ) {
    client.onDrain = () => this.#upstream?.release('reader');
    client.attach({
      frame: (frame) => this.#take(frame),
      ping: (data) => (this.#upstream === undefined ? client.pong(data) : this.#upstream.ping(data)),
      pong: (data) => this.#upstream?.pong(data),
      closed: (code, reason) => this.#clientClosed(code, reason),
    });
  }

  /** How it has ended, if it has. */
  get end(): TunnelEnd | undefined {
    return this.#end;
  }

  /** A provider's connection is there, and hears all that is kept. `opening`: its first words go there. */
  connect(upstream: SocketEnd, opening: SocketOpening, onTurn: () => void): void {
    this.#upstream = upstream;
    this.#opening = opening;
    this.#onTurn = onTurn;
    upstream.onDrain = () => this.client.release('reader');
    upstream.attach({
      frame: (frame) => (this.#opening === undefined ? this.#pass(frame) : opening.heard(frame)),
      ping: (data) => this.client.ping(data),
      pong: (data) => this.client.pong(data),
      closed: (code, reason) => this.#upstreamClosed(upstream, code, reason),
    });
    for (const frame of this.#kept) upstream.send(frame);
    if (this.#kept.length > 0) opening.asked();
    this.client.release('look');
    this.#onConnected?.();
  }

  /** The provider has begun to answer: nothing is kept any more. */
  begin(held: readonly Frame[]): void {
    this.#opening = undefined;
    this.#kept = [];
    this.#keptBytes = 0;
    for (const frame of held) this.#pass(frame);
  }

  /** Lets go of the provider's connection; what is kept waits for the next one. */
  disconnect(): void {
    this.#opening?.leave();
    this.#opening = undefined;
    const upstream = this.#upstream;
    this.#upstream = undefined;
    upstream?.destroy();
  }

  /** Resolves when one of both sides has ended it, or the next message has to go to another key: then undefined. */
  ended(): Promise<TunnelEnd | undefined> {
    if (this.#end !== undefined) return Promise.resolve(this.#end);
    if (this.#upstream === undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#onEnd = resolve;
      this.#onTurn = () => resolve(undefined);
    });
  }

  /** Tells the client of an error, and closes. */
  fail(error: Frame): void {
    this.#passOn(error);
    this.client.close(INTERNAL_ERROR);
    this.#upstream?.close(GOING_AWAY);
  }

  /** Closes as soon as no response is being made. */
  goAway(): void {
    this.#isGoing = true;
    if (!this.#underWay.any) this.stop();
  }

  /** Closes because the gateway does. */
  stop(): void {
    this.client.close(GOING_AWAY, SHUTTING_DOWN.message);
    this.#upstream?.close(GOING_AWAY);
    this.#finish({ end: VERDICTS.shutting_down, message: SHUTTING_DOWN.message });
  }

  /** There is no memory for what the client sends. */
  refuseMore(): void {
    this.#passOn(ownErrorMessage(NO_MEMORY));
    this.client.hangUp(TOO_BIG);
    this.#upstream?.close(GOING_AWAY);
    this.#finish({ end: VERDICTS.own_trouble, message: NO_MEMORY.message });
    this.#opening?.begin();
  }

  /** The client is not let in any more. */
  revoke({ code, message }: GatewayError): void {
    this.client.close(POLICY_VIOLATION, message);
    this.#upstream?.close(GOING_AWAY);
    this.#finish({ end: VERDICTS.client_closed, message, code });
    this.#opening?.begin();
  }

  /** At once. */
  destroy(): void {
    this.disconnect();
    this.client.destroy();
  }

  #take(frame: Frame): void {
    this.fromClient.frames += 1;
    this.fromClient.bytes += frame.data.length;
    this.#queue.push(frame);
    if (this.#isLooking) return;
    void this.#lookOn().catch((error: unknown) => {
      this.fail(ownErrorMessage(BUG));
      this.#finish({ end: VERDICTS.cut, message: BUG.message });
      this.onClientGone();
      throw error;
    });
  }

  /** One after the other, in their order, and as long as nothing has to be waited for at once. */
  async #lookOn(): Promise<void> {
    this.#isLooking = true;
    for (let frame = this.#queue.shift(); frame !== undefined; frame = this.#queue.shift()) {
      const kind = eventKind(frame);
      // Where it has to go depends on where those before it went.
      if (kind === 'asked' && this.#upstream === undefined) await this.#connected();
      let looked = this.watch.look(frame, kind);
      if (looked instanceof Promise) {
        this.client.hold('look');
        looked = await looked;
        // What is being answered now comes to its end first.
        if (looked === 'turn' && this.#upstream !== undefined) await this.#underWay.none();
        this.client.release('look');
      }
      if (typeof looked === 'string') this.#say(frame, kind, looked === 'turn');
      else this.#passOn(ownErrorMessage(looked));
    }
    this.#isLooking = false;
  }

  async #connected(): Promise<void> {
    this.client.hold('look');
    if (this.#end === undefined) await new Promise<void>((resolve) => (this.#onConnected = resolve));
  }

  #say(frame: Frame, kind: EventKind | undefined, isTurn: boolean): void {
    this.#underWay.sent(kind);
    const upstream = isTurn ? undefined : this.#upstream;
    if (this.#opening !== undefined || upstream === undefined) this.#keep(frame);
    if (isTurn) {
      this.disconnect();
      this.client.hold('look');
      return this.#onTurn?.();
    }
    if (upstream === undefined) return;
    this.#opening?.asked();
    if (!upstream.send(frame)) this.client.hold('reader');
  }

  #keep(frame: Frame): void {
    this.#kept.push(frame);
    this.#keptBytes += frame.data.length;
    if (this.#keptBytes <= this.bytesMax && this.#kept.length <= KEPT_MAX) return;
    if (this.#opening === undefined) this.client.hold('look');
    else this.#opening.begin();
  }

  #pass(frame: Frame): void {
    const kind = eventKind(frame);
    if (kind === 'ended') this.usage = addedUsage(this.usage, usageIn(frame));
    this.watch.lastWord.heard(frame, kind);
    this.watch.said(frame, kind);
    this.#passOn(frame);
    this.#underWay.received(frame, kind);
    if (this.#isGoing && !this.#underWay.any) this.stop();
  }

  #passOn(frame: Frame): void {
    this.fromProvider.frames += 1;
    this.fromProvider.bytes += frame.data.length;
    if (!this.client.send(frame)) this.#upstream?.hold('reader');
  }

  #clientClosed(code: number, reason: string): void {
    const isLost = code === LOST;
    this.#upstream?.close(isLost ? GOING_AWAY : code, reason);
    const said = this.watch.lastWord.left();
    const isGone = isLost && (said.end === 'whole' || this.client.flaw !== undefined);
    this.#finish(isGone ? lostClient(this.client.flaw, this.bytesMax) : said);
    const opening = this.#opening;
    if (opening !== undefined && !isLost) opening.begin();
    else this.onClientGone();
  }

  #upstreamClosed(upstream: SocketEnd, code: number, reason: string): void {
    if (this.#upstream !== upstream || this.#end !== undefined) return;
    const opening = this.#opening;
    if (opening !== undefined && !opening.closed(code, reason)) return;
    const isLost = code === LOST;
    if (isLost) this.#passOn(ownErrorMessage(CUT));
    this.client.close(isLost ? INTERNAL_ERROR : code, reason);
    this.#finish(lostProvider(upstream.flaw, this.bytesMax) ?? this.watch.lastWord.closed(code, reason));
    opening?.begin();
  }

  #finish(end: TunnelEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#underWay.clear();
    this.#onConnected?.();
    this.#onEnd?.(end);
  }
}

const MB = 2 ** 20;

/** Nobody has said goodbye: the client is gone, or has sent what is not taken, and was told so. */
function lostClient(flaw: Flaw | undefined, bytesMax: number): TunnelEnd {
  const end = VERDICTS.client_closed;
  switch (flaw) {
    case 'too_large': {
      const message = `The client sent a message larger than the ${sizeOf(bytesMax)} allowed here.`;
      return { end, message, code: 'body_too_large' };
    }
    case 'protocol':
      return { end, message: 'the client broke the protocol of WebSockets' };
    case undefined:
      return { end, message: 'the client closed the connection' };
  }
}

/** We have closed the provider's connection because of what it sent. */
function lostProvider(flaw: Flaw | undefined, bytesMax: number): TunnelEnd | undefined {
  if (flaw === undefined) return undefined;
  const message =
    flaw === 'too_large'
      ? `the provider sent a message larger than the ${sizeOf(bytesMax)} allowed here`
      : 'the provider broke the protocol of WebSockets';
  return { end: VERDICTS.cut, message };
}

function sizeOf(bytes: number): string {
  return `${Number((bytes / MB).toFixed(2))} MB`;
}
