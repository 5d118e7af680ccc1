import type { SocketEnd } from '../../upstream/socket/socket-end';
import { gatewayError, type GatewayError } from '../answer/errors';
import type { ClientRequest } from '../exchange/exchange';

/** A connection whose client asks to speak WebSocket on it. */
export interface Upgrade {
  /** The subprotocols that the client offers, without its token. */
  readonly protocols: readonly string[];
  /** How many bytes of its messages have come. */
  readonly onBytes: (listener: (bytes: number) => void) => void;
  /**
   * Ends the handshake with success, and with this subprotocol unless it is ''. Undefined if the client has gone.
   * `bytesMax`: of one message.
   */
  accept(protocol: string, requestId: string, bytesMax: number): SocketEnd | undefined;
}

/** As browsers send a key: they can set no headers. */
const TOKEN_PROTOCOL = 'openai-insecure-api-key.';
/** As their headers do, they name what the key of the client belongs to, and not what ours does. */
const ACCOUNT_PROTOCOL = /^openai-(?:organization|project)\./i;

/** Names and values of a header with a list, `a, b`. */
export function offeredProtocols(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** The token that is sent as a subprotocol, if there is one. */
export function protocolToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const token = offeredProtocols(header).find(isToken);
  return token?.slice(TOKEN_PROTOCOL.length);
}

/** Those that go on to a provider. */
export function passedProtocols(header: string | undefined): string[] {
  return offeredProtocols(header).filter((one) => !isToken(one) && !ACCOUNT_PROTOCOL.test(one));
}

function isToken(protocol: string): boolean {
  return protocol.toLowerCase().startsWith(TOKEN_PROTOCOL);
}

/** Also where a proxy has taken the request for an upgrade out of it, and left the rest. */
export function asksForSocket(request: Pick<ClientRequest, 'header'>): boolean {
  if (request.header('sec-websocket-key') !== undefined) return true;
  return (
    request.header('upgrade') !== undefined &&
    offeredProtocols(request.header('upgrade')).some((one) => one.toLowerCase() === 'websocket')
  );
}

/** RFC 7230 tokens; anything else cannot be offered to a provider. */
const PROTOCOL = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

/** Why no WebSocket can be opened for it; undefined if one can. */
export function handshakeFlaw(request: ClientRequest): GatewayError | undefined {
  const flaw = flawIn(request);
  return flaw === undefined ? undefined : gatewayError('invalid_handshake', `No WebSocket: ${flaw}.`);
}

function flawIn(request: ClientRequest): string | undefined {
  if (request.method !== 'GET') return 'the method must be GET';
  const isEmpty = Number(request.header('content-length') ?? 0) === 0;
  if (!isEmpty || request.header('transfer-encoding') !== undefined) return 'it has a body';
  if (!/^[+/\dA-Za-z]{22}==$/.test(request.header('sec-websocket-key') ?? ''))
    return 'there is no valid Sec-WebSocket-Key';
  if (request.header('sec-websocket-version') !== '13') return 'Sec-WebSocket-Version must be 13';
  const protocols = offeredProtocols(request.header('sec-websocket-protocol'));
  if (protocols.some((one) => !PROTOCOL.test(one)) || new Set(protocols).size < protocols.length)
    return 'Sec-WebSocket-Protocol is not valid';
  return undefined;
}
