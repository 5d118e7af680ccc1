import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isClosing, markClosing } from '../gateway/body/unread-body';
import type { Gateway } from '../gateway/gateway';
import { handleNode } from '../gateway/node';
import { isAllowedMethod } from '../gateway/request/methods';
import type { Connections } from '../process/connections';
import { answerClientError, answerConnect } from './connection/broken-request';
import { followHalfClose } from './connection/half-close';
import { allowedAt } from './door/places';
import { notAllowed, refuse, type Refusal } from './door/refusal';
import { flawOf } from './door/request-target';

export interface EntranceParts {
  readonly gateway: Gateway;
  readonly connections: Connections;
  /** Told of each request that is refused as none, with the status that it got. No log knows of it. */
  readonly onRefused: (status: number) => void;
  /** Takes what is not the gateway's. */
  readonly beyond: (req: IncomingMessage, res: ServerResponse) => void;
}

const UNKNOWN_EXPECTATION: Refusal = {
  status: 417,
  code: 'expectation_failed',
  message: 'Nothing but `Expect: 100-continue` is understood.',
};

/** What comes in from clients, on one server: to the gateway, or beyond it. */
export class Entrance {
  constructor(private readonly parts: EntranceParts) {}

  readonly handle = (req: IncomingMessage, res: ServerResponse): void => {
    const { gateway, connections, beyond } = this.parts;
    if (isClosing(req.socket)) return;
    if (connections.closeBehindAnswer) {
      res.shouldKeepAlive = false;
      markClosing(req.socket);
    }
    const flaw = flawOf(req);
    if (flaw !== undefined) return this.#refuse(req, res, refusalOfFlaw(flaw, req.method ?? 'GET'));
    if (!handleNode(gateway, req, res)) beyond(req, res);
  };

  /** For the server's `checkExpectation` event: nothing but `100-continue` is met. */
  readonly handleExpectation = (req: IncomingMessage, res: ServerResponse): void => {
    if (!isClosing(req.socket)) this.#refuse(req, res, UNKNOWN_EXPECTATION);
  };

  /** For a new connection of a server with `httpAllowHalfOpen`. */
  readonly handleConnection = (socket: Socket): void => followHalfClose(socket);

  readonly handleClientError = (error: Error, socket: Duplex): void => {
    const status = answerClientError(error, socket);
    if (status !== undefined) this.parts.onRefused(status);
  };

  readonly handleConnect = (req: IncomingMessage, socket: Duplex): void => {
    this.parts.onRefused(answerConnect(req, socket));
  };

  #refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal): void {
    refuse(req, res, refusal);
    this.parts.onRefused(refusal.status);
  }
}

/** A method that nothing takes comes first: `TRACE *`. */
function refusalOfFlaw(message: string, method: string): Refusal {
  if (!isAllowedMethod(method)) return notAllowed(allowedAt('/v1'));
  return { status: 400, code: 'malformed_request', message };
}
