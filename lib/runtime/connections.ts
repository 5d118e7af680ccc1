import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionLimits } from './process-load';

/** Connections that have not said anything for so long are not waited for at the end. */
const SILENT_MS = 1_000;
/** Idle connections make room for others at most this often. */
const ROOM_MS = 1_000;

/** The connections of clients to the server: no more than there are file descriptors for. */
export class Connections {
  readonly #open = new Set<Socket>();
  #isClosing = false;
  #madeRoomAt = -Infinity;

  constructor(
    private readonly limits: ConnectionLimits,
    /** A connection could not be taken. */
    private readonly onFull: () => void,
  ) {}

  follow(server: Server): void {
    if (Number.isFinite(this.limits.connectionsMax)) server.maxConnections = this.limits.connectionsMax;
    server.on('connection', (socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
    });
    server.on('drop', () => {
      this.onFull();
      const now = performance.now();
      if (now - this.#madeRoomAt < ROOM_MS) return;
      this.#madeRoomAt = now;
      server.closeIdleConnections();
    });
  }

  /** Whether a connection closes behind its next answer: always at the end, else where others wait for its place. */
  get closeBehindAnswer(): boolean {
    return this.#isClosing || this.#open.size > this.limits.requestsMax;
  }

  /** From now on each answer says that its connection closes. */
  close(): void {
    this.#isClosing = true;
  }

  /** Gives up those that are open and have never sent a byte, after a moment in which they may. */
  dropSilent(): () => void {
    const timer = setTimeout(() => {
      for (const socket of this.#open) if (socket.bytesRead === 0) socket.destroy();
    }, SILENT_MS);
    return () => clearTimeout(timer);
  }
}
