import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export type RawPredicate = (text: string) => boolean;

/** A bare TCP client: what is sent and what came back, to the byte. */
export class RawClient {
  readonly socket: Socket;
  /** Resolves, never rejects, when the connection is gone; `error` then tells how. */
  readonly closed: Promise<void>;
  error: NodeJS.ErrnoException | undefined;
  readonly #chunks: Buffer[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    socket.on('error', (error) => (this.error = error));
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  /** Resolves when the bytes have been handed to the kernel. Strings go out as latin1. */
  send(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const data = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
      this.socket.write(data, (error) => (error ? reject(error) : resolve()));
    });
  }

  received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** What was received as latin1: one character for each byte. */
  text(): string {
    return this.received().toString('latin1');
  }

  /** Resolves with all bytes so far once the predicate holds; rejects if the connection or the time ends first. */
  waitFor(predicate: RawPredicate, timeoutMs = 10_000): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const settle = (complaint?: string) => {
        clearTimeout(timer);
        this.socket.off('data', check).off('close', onClose);
        if (complaint === undefined) resolve(this.received());
        else reject(new Error(`${complaint}; received so far: ${JSON.stringify(this.text())}`));
      };
      const check = () => {
        if (predicate(this.text())) settle();
      };
      const onClose = () => settle('the connection closed before the expected bytes came');
      const timer = setTimeout(() => settle(`the expected bytes did not come in ${timeoutMs} ms`), timeoutMs);
      this.socket.on('data', check).once('close', onClose);
      if (predicate(this.text())) settle();
      else if (this.socket.destroyed) onClose();
    });
  }

  /** Stops reading, so that the peer's send buffer fills up. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Sends FIN and keeps reading. */
  halfClose(): void {
    this.socket.end();
  }

  /** Goes away: FIN, or RST where unread bytes are waiting. */
  destroy(): void {
    this.socket.destroy();
  }

  /** Goes away with RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }
}

/** `target` is a URL (its path is ignored) or a port of 127.0.0.1. */
export async function connectRaw(target: string | number): Promise<RawClient> {
  const { hostname, port } =
    typeof target === 'number' ? { hostname: '127.0.0.1', port: target } : new URL(target);
  const socket = connect({ host: hostname, port: Number(port || 80), allowHalfOpen: true });
  await once(socket, 'connect');
  // With allowHalfOpen our own half must be closed by hand when the peer has ended.
  socket.once('end', () => socket.end());
  return new RawClient(socket);
}

/** One exchange: sends the bytes, collects until the peer closes or `until` holds, and hangs up. */
export async function sendRaw(
  target: string | number,
  bytes: string | Buffer,
  { until, timeoutMs = 10_000 }: { until?: RawPredicate; timeoutMs?: number } = {},
): Promise<Buffer> {
  const client = await connectRaw(target);
  try {
    // A peer may answer and close before it has read all of a bad request: then the write fails, the answer counts.
    await client.send(bytes).catch(() => undefined);
    if (until) return await client.waitFor(until, timeoutMs);
    const timer = setTimeout(() => client.socket.destroy(new Error('timed out')), timeoutMs);
    await client.closed;
    clearTimeout(timer);
    if (client.error?.message === 'timed out') {
      throw new Error(
        `the peer did not close in ${timeoutMs} ms; received: ${JSON.stringify(client.text())}`,
      );
    }
    return client.received();
  } finally {
    client.destroy();
  }
}
