import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionLimits } from './process-load';

/** Connections that have not said anything for so long are not waited for at the end, or when places run short. */
const SILENT_MS = 1_000;
/** How long a connection may do nothing when none is left: its request comes right behind it as a rule. */
const SILENT_MS_IF_FULL = 100;
/** From this share of the places on, idle connections are closed. */
const SCARCE_SHARE = 0.8;
const FULL_SHARE = 0.95;
/** At most this share of the time is spent on the search for idle connections. */
const LOOK_SHARE = 0.1;

/** The connections of clients to the server: no more than there are file descriptors for. */
export class Connections {
  /** When each was opened, the oldest first. */
  readonly #open = new Map<Socket, number>();
  /** Those that are not given up when places run short. */
  readonly #kept = new Set<Socket>();
  readonly #scarce: number;
  readonly #full: number;
  #accepted = 0;
  #isClosing = false;
  #looksAgainAt = -Infinity;

  constructor(
    private readonly limits: ConnectionLimits,
    /** A connection could not be taken. */
    private readonly onFull: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#scarce = Math.min(limits.requestsMax, limits.connectionsMax * SCARCE_SHARE);
    this.#full = limits.connectionsMax * FULL_SHARE;
  }

  follow(server: Server): void {
    if (Number.isFinite(this.limits.connectionsMax)) server.maxConnections = this.limits.connectionsMax;
    server.on('connection', (socket) => {
      this.#accepted += 1;
      this.#open.set(socket, this.now());
      socket.once('close', () => this.#open.delete(socket));
      if (this.#open.size > this.#scarce) this.#makeRoom();
    });
    server.on('drop', () => {
      this.onFull();
      this.#makeRoom();
    });
  }

  /** Whether a connection closes behind its next answer: always at the end, else where others wait for its place. */
  get closeBehindAnswer(): boolean {
    return this.#isClosing || this.#open.size > this.limits.requestsMax;
  }

  /** How many there have been. */
  get accepted(): number {
    return this.#accepted;
  }

  /** It carries a conversation and is never idle. */
  keep(socket: Socket): void {
    this.#open.delete(socket);
    this.#kept.add(socket);
    socket.once('close', () => this.#kept.delete(socket));
  }

  /** From now on each answer says that its connection closes. */
  close(): void {
    this.#isClosing = true;
  }

  /** Gives up those that are open and have never sent a byte, after a moment in which they may. */
  dropSilent(): () => void {
    const timer = setTimeout(() => {
      for (const socket of this.#open.keys()) if (socket.bytesRead === 0) socket.destroy();
    }, SILENT_MS);
    return () => clearTimeout(timer);
  }

  /**
   * Closes connections on which no request is being answered, until places are no longer scarce: first those that
   * have never sent a byte, then those that wait between requests or in the middle of a head, the oldest first.
   */
  #makeRoom(): void {
    const now = this.now();
    if (now < this.#looksAgainAt) return;
    const startedAt = performance.now();
    const openedBefore = now - (this.#open.size >= this.#full ? SILENT_MS_IF_FULL : SILENT_MS);
    this.#closeOldest(openedBefore, (socket) => socket.bytesRead === 0);
    this.#closeOldest(openedBefore, isUnoccupied);
    this.#looksAgainAt = now + (performance.now() - startedAt) / LOOK_SHARE;
  }

  #closeOldest(openedBefore: number, isWanted: (socket: Socket) => boolean): void {
    for (const [socket, openedAt] of this.#open) {
      if (this.#open.size <= this.#scarce || openedAt > openedBefore) return;
      if (!isWanted(socket)) continue;
      // It gives its place back at once, and says that it is closed only later.
      this.#open.delete(socket);
      socket.destroy();
    }
  }
}

/** No request is being answered on it. Node has no other way to tell; its own `closeIdleConnections` asks this too. */
function isUnoccupied(socket: Socket): boolean {
  return ((socket as { _httpMessage?: unknown })._httpMessage ?? undefined) === undefined;
}
