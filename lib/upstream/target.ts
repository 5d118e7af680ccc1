import type { Readable } from 'node:stream';

/** A body that is not in memory, and can be sent several times. */
export interface StoredBody {
  /** Bytes in all. */
  readonly length: number;
  /** From its first byte. `onPiece`: a piece of it has been asked for. */
  stream(onPiece?: () => void): Readable;
}

/** Where and how a provider is asked. */
export interface UpstreamTarget {
  /** Identifies the provider's connection pool. */
  readonly provider: string;
  /** Without a slash at the end: `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  readonly customHeaders: Readonly<Record<string, string>>;
  /** How it takes its key, see `keyPlace`. Default `bearer`. */
  readonly auth?: string | undefined;
  /** Parameters that each request gets, in the place of the client's own of these names. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Until the first byte of an answer, or the first event of a stream. */
  readonly timeoutMs: number;
  /** Silence within an answer. */
  readonly idleTimeoutMs: number;
  /** From the dial to the first content of a stream; 0 or undefined is off. */
  readonly firstTokenTimeoutMs?: number | undefined;
}

/** A request to be sent, possibly several times. */
export interface UpstreamRequest {
  readonly method: string;
  /** What follows the base URL, with the query. */
  readonly path: string;
  /** Where the provider's own clients ask, in the place of the base URL's path: see `placeBeside`. */
  readonly place?: string | undefined;
  /** The client's headers as they came: names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer | StoredBody | undefined;
  /** The model asked for, if there is one. */
  readonly model?: string | undefined;
  /** The client asked for an event stream. */
  readonly isStream?: boolean;
  /** `answer`: a 2xx must bring one, and no page of HTML, no error and not nothing. Default `anything`. */
  readonly expects?: 'answer' | 'anything';
}

/** A WebSocket to be opened, possibly several times. */
export interface UpstreamSocketRequest extends Pick<
  UpstreamRequest,
  'path' | 'place' | 'rawHeaders' | 'model'
> {
  /** What the client offers, without its token. */
  readonly protocols: readonly string[];
  /** Of one message. */
  readonly bytesMax: number;
}

/** A key, as far as sending a request with it goes. */
export interface UpstreamKey {
  readonly secret: string;
  readonly hint: string;
}
