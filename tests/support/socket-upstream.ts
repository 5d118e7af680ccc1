import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { TlsFiles } from './tls';

/** What a provider does with a handshake: speaks on the connection, or answers with a status. */
export type SocketScript =
  | ((socket: WebSocket, request: IncomingMessage) => void)
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> };

/** A provider that speaks WebSocket, with a script for each key. */
export class SocketUpstream {
  /** Handshakes in the order of their arrival. */
  readonly handshakes: IncomingMessage[] = [];
  readonly sockets = new Set<WebSocket>();
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });

  constructor(
    private readonly script: (key: string, request: IncomingMessage) => SocketScript,
    private readonly tls?: TlsFiles,
  ) {
    this.#server = tls === undefined ? createServer() : createTlsServer(tls);
    this.#server.on('request', (_req, res) => res.writeHead(404).end('{"error":{"message":"no such path"}}'));
    this.#server.on('upgrade', (request, socket, head) => {
      this.handshakes.push(request);
      const script = this.script(keyOf(request), request);
      socket.on('error', () => undefined);
      if (typeof script !== 'function') {
        const body = JSON.stringify(script.body ?? {});
        const more = Object.entries(script.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.end(
          `HTTP/1.1 ${script.status} Refused\r\ncontent-type: application/json\r\n${more.join('')}` +
            `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
        );
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (opened) => {
        this.sockets.add(opened);
        opened.on('error', () => undefined);
        opened.on('close', () => this.sockets.delete(opened));
        script(opened, request);
      });
    });
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `${this.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/v1`;
  }

  /** The keys that have been seen, in that order. */
  get keys(): string[] {
    return this.handshakes.map(keyOf);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close').catch(() => undefined);
  }
}

function keyOf({ headers }: IncomingMessage): string {
  return (headers.authorization ?? '').replace('Bearer ', '');
}

/** The messages that come on a WebSocket, to be awaited one by one, and how it closes. */
export class Messages {
  readonly all: string[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #waiting: ((text: string) => void)[] = [];
  #taken = 0;

  constructor(socket: WebSocket) {
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      this.all.push(data.toString('utf8'));
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString('utf8') }));
    });
  }

  next(): Promise<string> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#wake();
    });
  }

  async nextEvent(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.next()) as Record<string, unknown>;
  }

  #wake(): void {
    while (this.#waiting.length > 0 && this.#taken < this.all.length) {
      this.#waiting.shift()?.(this.all[this.#taken++] ?? '');
    }
  }
}
