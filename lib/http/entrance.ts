import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { hasBody, isClosing, markClosing } from '../gateway/body/unread-body';
import type { Gateway } from '../gateway/gateway';
import { handleNode } from '../gateway/node';
import { handleUpgrade } from '../gateway/node-upgrade';
import { isAllowedMethod } from '../gateway/request/methods';
import type { Connections } from '../process/connections';
import { answerClientError, answerConnect } from './connection/broken-request';
import { followHalfClose } from './connection/half-close';
import { followQueued } from './connection/queued-answers';
import { allowedAt } from './door/places';
import { notAllowed, refuse, type Refusal } from './door/refusal';
import { flawOf } from './door/request-target';
import { asksForUpgrade, closesBehindEarlier, headWithoutUpgrade } from './connection/upgrades';

export interface EntranceParts {
  readonly gateway: Gateway;
  readonly connections: Connections;
  /** Told of each request that is refused as none, with the status that it got. No log knows of it. */
  readonly onRefused: (status: number) => void;
  /** Takes what is not the gateway's. */
  readonly beyond: (req: IncomingMessage, res: ServerResponse) => void;
}

/** As Node says it. */
const TIMED_OUT = 'ERR_HTTP_REQUEST_TIMEOUT';
const ARRIVAL_MS = 300_000;
const CONTINUE = '100-continue';
const UNKNOWN_EXPECTATION: Refusal = {
  status: 417,
  code: 'expectation_failed',
  message: 'Nothing but `Expect: 100-continue` is understood.',
};

/** What comes in from clients, on one server: to the gateway, or beyond it. */
export class Entrance {
  /** Connections that came back from being upgraded. */
  readonly #takenBack = new WeakSet<Socket>();

  constructor(private readonly parts: EntranceParts) {}

  readonly handle = (req: IncomingMessage, res: ServerResponse): void => {
    const { gateway, connections, beyond } = this.parts;
    if (isClosing(req.socket)) return;
    followQueued(req, res);
    if (connections.closeBehindAnswer) {
      res.shouldKeepAlive = false;
      markClosing(req.socket);
    }
    const flaw = flawOf(req);
    if (flaw !== undefined) {
      // Nobody knows for sure where it ends, and what begins there.
      res.shouldKeepAlive = false;
      markClosing(req.socket);
      return this.#refuse(req, res, refusalOfFlaw(flaw, req.method ?? 'GET'));
    }
    if (handleNode(gateway, req, res)) return;
    if (hasBody(req)) this.#limitArrival(req);
    beyond(req, res);
  };

  /**
   * For the server's `checkContinue` event. The code that reads the body asks for it; a request that is refused is not
   * asked for its body.
   */
  readonly handleContinue = (req: IncomingMessage, res: ServerResponse): void => {
    if (req.headers.expect?.trim().toLowerCase() === CONTINUE) this.handle(req, res);
    else this.handleExpectation(req, res);
  };

  /** For the server's `checkExpectation` event: nothing but `100-continue` is met. */
  readonly handleExpectation = (req: IncomingMessage, res: ServerResponse): void => {
    if (!isClosing(req.socket)) this.#refuse(req, res, UNKNOWN_EXPECTATION);
  };

  /** For a new connection of a server with `httpAllowHalfOpen`. */
  readonly handleConnection = (socket: Socket): void => {
    if (!this.#takenBack.has(socket)) followHalfClose(socket);
  };

  readonly handleClientError = (error: Error, socket: Duplex): void => {
    const status = answerClientError(error, socket);
    if (status !== undefined) this.parts.onRefused(status);
  };

  readonly handleConnect = (req: IncomingMessage, socket: Duplex): void => {
    this.parts.onRefused(answerConnect(req, socket));
  };

  /** For the server's `upgrade` event. Whatever is no WebSocket for the gateway is a request like any other. */
  readonly handleUpgrade = (req: IncomingMessage, socket: Socket, head: Buffer, server: Server): void => {
    const { gateway, connections } = this.parts;
    // Node has taken its own listener away.
    socket.on('error', ignore);
    if (closesBehindEarlier(socket)) return;
    const isOurs =
      asksForUpgrade(req) &&
      flawOf(req) === undefined &&
      handleUpgrade(gateway, req, socket, head, (opened) => connections.keep(opened));
    if (isOurs) return;
    this.#takenBack.add(socket);
    socket.unshift(Buffer.concat([headWithoutUpgrade(req), head]));
    server.emit('connection', socket);
  };

  /** Only what the gateway takes may be large, and it looks after that itself. */
  #limitArrival(req: IncomingMessage): void {
    const timer = setTimeout(() => {
      const error = Object.assign(new Error('The request did not arrive in time'), { code: TIMED_OUT });
      if (!req.complete) this.handleClientError(error, req.socket);
    }, ARRIVAL_MS);
    timer.unref();
    req.once('close', () => clearTimeout(timer));
  }

  #refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal): void {
    refuse(req, res, refusal);
    this.parts.onRefused(refusal.status);
  }
}

/** A method that nothing takes comes first: `TRACE *`. */
function refusalOfFlaw(flaw: Refusal, method: string): Refusal {
  if (!isAllowedMethod(method)) return notAllowed(allowedAt('/v1'));
  return flaw;
}

function ignore(): void {
  // The 'close' event that follows says all there is to know.
}
