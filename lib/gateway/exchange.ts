import type { StopSignal } from '../balancer/ports';
/** A client's request, whichever server it came through. */
export interface ClientRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  header(name: string): string | undefined;
  /** Who opened the connection; undefined if the server does not tell. */
  readonly remoteAddress: string | undefined;
  /** Fires when the client has gone before its answer was complete. */
  readonly signal: StopSignal;
  /** Never rejects. */
  readBody(bytesMax: number): Promise<BodyResult>;
}

export type BodyResult =
  | { readonly ok: true; readonly body: Buffer }
  | { readonly ok: false; readonly reason: 'too_large' | 'client_closed' };

/** The way back. Calls after the client has gone do nothing. */
export interface ClientResponse {
  /** `headers`: names and values in turn. */
  start(status: number, headers: readonly string[]): void;
  /** False asks to wait for the function given to `onDrain`. */
  write(chunk: Buffer): boolean;
  onDrain(resume: () => void): void;
  end(chunk?: Buffer): void;
  /** Sends last words, if there are any, and closes so that the client notices that the answer is not whole. */
  breakOff(lastWords: Buffer | undefined): void;
}

/** Collects a body up to a limit. */
export class BodyCollector {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(private readonly bytesMax: number) {}

  /** False when that was too much. */
  add(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes > this.bytesMax) return false;
    this.#chunks.push(chunk);
    return true;
  }

  get body(): Buffer {
    const [first] = this.#chunks;
    return this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
  }
}
