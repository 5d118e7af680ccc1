export type LiveState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** Nothing new since this time; it keeps trying. */
  | { readonly kind: 'stale'; readonly since: number };

/** The part of EventSource that is used. */
export interface EventStream {
  addEventListener(name: string, listener: (event: { readonly data?: unknown }) => void): void;
  close(): void;
}

export interface LivePorts {
  open(): EventStream;
  now(): number;
  random(): number;
  /** Runs once after the time; returns how to call it off. */
  after(ms: number, work: () => void): () => void;
  onEvent(name: string, data: unknown): void;
  onState(state: LiveState): void;
  /** The stream broke: is the session over? Called at most once for each break. */
  onBreak(): void;
}

const FIRST_RETRY_MS = 500;
const RETRY_MS_MAX = 15_000;
/** The server says something every two seconds. */
const SILENCE_MS_MAX = 8_000;

/**
 * Keeps one event stream open. After a break it comes back with growing waits, at once when `retryNow` is called (the
 * machine woke up, the network is back), and the server starts each stream with a whole snapshot, so that nothing
 * missed matters. Silence counts as a break.
 */
export class LiveConnection {
  #stream: EventStream | undefined;
  #callOff: () => void = () => undefined;
  #retries = 0;
  #state: LiveState = { kind: 'connecting' };
  #isClosed = false;
  #isPaused = false;

  constructor(
    private readonly names: readonly string[],
    private readonly ports: LivePorts,
  ) {}

  start(): void {
    this.#isClosed = false;
    this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    this.#drop();
  }

  /** Gives its connection back: a browser opens six to one server, and each hidden tab would keep one. */
  pause(): void {
    if (this.#isClosed || this.#isPaused) return;
    this.#isPaused = true;
    this.#drop();
    this.#enter({ kind: 'connecting' });
  }

  resume(): void {
    if (this.#isClosed || !this.#isPaused) return;
    this.#isPaused = false;
    this.#retries = 0;
    this.#connect();
  }

  retryNow(): void {
    if (this.#isClosed || this.#isPaused || this.#state.kind === 'live') return;
    this.#retries = 0;
    this.#drop();
    this.#connect();
  }

  #connect(): void {
    const stream = this.ports.open();
    this.#stream = stream;
    for (const name of this.names) {
      stream.addEventListener(name, (event) => this.#receive(stream, name, event.data));
    }
    stream.addEventListener('error', () => this.#break(stream));
    this.#watch(stream);
  }

  #receive(stream: EventStream, name: string, data: unknown): void {
    if (stream !== this.#stream || typeof data !== 'string') return;
    this.#watch(stream);
    this.#retries = 0;
    this.ports.onEvent(name, JSON.parse(data) as unknown);
    this.#enter({ kind: 'live' });
  }

  #watch(stream: EventStream): void {
    this.#callOff();
    this.#callOff = this.ports.after(SILENCE_MS_MAX, () => this.#break(stream));
  }

  #break(stream: EventStream): void {
    if (stream !== this.#stream) return;
    this.#drop();
    if (this.#state.kind !== 'stale') this.#enter({ kind: 'stale', since: this.ports.now() });
    this.ports.onBreak();
    const waitMs =
      Math.min(RETRY_MS_MAX, FIRST_RETRY_MS * 2 ** this.#retries) * (0.75 + this.ports.random() / 2);
    this.#retries += 1;
    this.#callOff = this.ports.after(waitMs, () => this.#connect());
  }

  #drop(): void {
    this.#callOff();
    this.#stream?.close();
    this.#stream = undefined;
  }

  #enter(state: LiveState): void {
    if (state.kind === this.#state.kind && state.kind !== 'stale') return;
    this.#state = state;
    this.ports.onState(state);
  }
}
