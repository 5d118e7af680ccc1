import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { SocketEnd } from '../upstream/socket/socket-end';
import type { Gateway } from './gateway';
import { NodeRequest, NodeResponse } from './node';
import { parseRoute } from './request/route';
import { offeredProtocols, passedProtocols, protocolToken, type Upgrade } from './sockets/upgrade';

/** A client that is gone and did not say so is noticed by the system after about so long without a byte. */
const KEEP_ALIVE_MS = 60_000;

/**
 * The gateway's way in for connections that are to become WebSockets. Returns false, having touched nothing, if the
 * path is not the gateway's; otherwise it takes the connection over and never throws. `onOpen` is told of each that has
 * become one.
 */
export function handleUpgrade(
  gateway: Gateway,
  req: IncomingMessage,
  socket: Socket,
  head: Buffer,
  onOpen: (socket: Socket) => void,
): boolean {
  const route = parseRoute(req.url ?? '/');
  if (route === undefined) return false;
  const res = new ServerResponse(req);
  res.shouldKeepAlive = false;
  res.assignSocket(socket);
  res.on('finish', () => socket.destroySoon());
  const upgrade = new NodeUpgrade(req, res, socket, head, onOpen);
  void gateway.handle(route, new SocketRequest(req, res), new NodeResponse(req, res), upgrade);
  return true;
}

/** A browser sends its token as a subprotocol. */
class SocketRequest extends NodeRequest {
  override header(name: string): string | undefined {
    const value = super.header(name);
    if (name !== 'authorization' || value !== undefined) return value;
    const token = protocolToken(super.header('sec-websocket-protocol'));
    return token === undefined ? undefined : `Bearer ${token}`;
  }
}

class NodeUpgrade implements Upgrade {
  readonly protocols: readonly string[];

  constructor(
    private readonly req: IncomingMessage,
    private readonly res: ServerResponse,
    private readonly socket: Socket,
    private readonly head: Buffer,
    private readonly onOpen: (socket: Socket) => void,
  ) {
    this.protocols = passedProtocols(req.headers['sec-websocket-protocol']);
  }

  onBytes(listener: (bytes: number) => void): void {
    this.socket.on('data', (chunk: Buffer) => listener(chunk.length));
  }

  accept(protocol: string, requestId: string, bytesMax: number): SocketEnd | undefined {
    const { req, res, socket, head } = this;
    if (socket.destroyed || res.headersSent) return undefined;
    res.detachSocket(socket);
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      autoPong: false,
      maxPayload: bytesMax,
      handleProtocols: () => (protocol === '' ? false : protocol),
    });
    server.on('headers', (headers) => headers.push(`x-request-id: ${requestId}`));
    // It has been looked at already, and `ws` is stricter about what it says beside.
    req.headers.upgrade = 'websocket';
    const protocols = offeredProtocols(req.headers['sec-websocket-protocol']);
    if (protocols.length === 0) delete req.headers['sec-websocket-protocol'];
    else req.headers['sec-websocket-protocol'] = protocols.join(',');
    let opened: WebSocket | undefined;
    // It calls back at once.
    server.handleUpgrade(req, socket, head, (client) => (opened = client));
    if (opened === undefined) return undefined;
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.onOpen(socket);
    return new SocketEnd(opened);
  }
}
