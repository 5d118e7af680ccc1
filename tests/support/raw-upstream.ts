import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export type RawScript = (connection: RawConnection) => void | Promise<void>;

/** The server's side of one TCP connection, driven byte by byte. */
export class RawConnection {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  /** Resolves when the peer has sent FIN or is gone. */
  readonly peerEnded: Promise<void>;
  readonly #chunks: Buffer[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    // A peer that resets is an expected guest here; `closed` tells of it.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    this.peerEnded = new Promise((resolve) => socket.once('end', resolve).once('close', () => resolve()));
  }

  received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /**
   * Resolves with the bytes of the first request once it is whole (head and body), or with what came before the end.
   */
  async wholeRequest(): Promise<Buffer> {
    while (!isWholeRequest(this.received()) && !this.socket.readableEnded && !this.socket.destroyed) {
      await Promise.race([new Promise((resolve) => this.socket.once('data', resolve)), this.peerEnded]);
    }
    return this.received();
  }

  /** Resolves when the bytes have been handed to the kernel or the peer is gone. Strings go out as latin1. */
  write(bytes: string | Buffer): Promise<void> {
    const data = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
    return new Promise((resolve) => this.socket.write(data, () => resolve()));
  }

  /** Sends FIN and keeps reading. */
  halfClose(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Sends RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }
}

function isWholeRequest(bytes: Buffer): boolean {
  const headBytes = bytes.indexOf('\r\n\r\n');
  if (headBytes < 0) return false;
  const head = bytes.subarray(0, headBytes).toString('latin1');
  const body = bytes.subarray(headBytes + 4);
  if (/^transfer-encoding:.*chunked/im.test(head)) return body.toString('latin1').endsWith('0\r\n\r\n');
  return body.length >= Number(/^content-length:\s*(\d+)/im.exec(head)?.[1] ?? 0);
}

export const rawReply = {
  /** Reads a request, answers with the bytes, closes: the answer of an HTTP/1.0 server. */
  thenClose:
    (...writes: (string | Buffer)[]): RawScript =>
    async (connection) => {
      await answer(connection, writes);
      connection.halfClose();
    },
  /** Reads a request, answers with the bytes, and keeps the connection open in silence. */
  thenHold:
    (...writes: (string | Buffer)[]): RawScript =>
    (connection) =>
      answer(connection, writes),
  /** Reads a request, answers with the bytes, and sends RST once the peer can have read them all: see `after`. */
  thenReset:
    (writes: (string | Buffer)[], after: Promise<unknown> = Promise.resolve()): RawScript =>
    async (connection) => {
      await answer(connection, writes);
      await after;
      connection.reset();
    },
  /** Accepts and never says a word. */
  silence: (): RawScript => () => undefined,
  /** Closes as soon as the connection is accepted. */
  hangUp: (): RawScript => (connection) => connection.destroy(),
};

async function answer(connection: RawConnection, writes: readonly (string | Buffer)[]): Promise<void> {
  await connection.wholeRequest();
  for (const bytes of writes) await connection.write(bytes);
}

/**
 * A TCP server that answers with whatever bytes a script writes: broken HTTP, half-open connections, bad chunk sizes.
 */
export class RawUpstream {
  readonly connections: RawConnection[] = [];
  readonly #server: Server;
  #scripts: RawScript[] = [];

  constructor(scripts: RawScript[]) {
    this.#scripts = [...scripts];
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      const connection = new RawConnection(socket);
      this.connections.push(connection);
      const script = this.#scripts.length > 1 ? this.#scripts.shift() : this.#scripts[0];
      void (async () => script?.(connection))().catch((error: unknown) => {
        console.error('a raw upstream script failed', error);
        connection.reset();
      });
    });
  }

  /** One script for each connection to come; the last one repeats. */
  script(...scripts: RawScript[]): void {
    this.#scripts = [...scripts];
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const connection of this.connections) connection.destroy();
    await closed;
  }
}

export async function startRawUpstream(...scripts: RawScript[]): Promise<RawUpstream> {
  const upstream = new RawUpstream(scripts);
  await upstream.start();
  return upstream;
}
