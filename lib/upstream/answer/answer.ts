import type { Facts } from '../../balancer/facts';
import type { HeaderRecord } from '../../balancer/ports';
import type { PassedTokens } from '../../openai/answer/passed-tokens';
import type { Usage } from '../../openai/answer/usage';
import type { StreamFormat } from '../../openai/sse/stream-kinds';

export interface BodyEnd {
  /** `stopped`: by the gateway itself. */
  readonly kind: 'cut' | 'stalled' | 'stopped';
  readonly message: string;
  /** Part of an event has gone out, so an event that follows must be set apart by a blank line. */
  readonly isMidEvent: boolean;
  /** Each line of the body is JSON. */
  readonly isLines?: boolean;
  /** Of an event stream, if it is known. */
  readonly format?: StreamFormat | undefined;
  /** What the upstream said of it, where that has not been passed on: JSON that came without an event's framing. */
  readonly errorText?: string;
}

/** Who reads an answer's body. Called from the socket's events, so it must not throw. */
export interface BodySink {
  /** False asks the answer to pause until `resume()`. */
  data(chunk: Buffer): boolean;
  end(): void;
  /** The body broke off; nothing follows. */
  fail(end: BodyEnd): void;
}

/**
 * An upstream's answer whose body has not been read to its end. It must be attached to a sink or aborted. For an event
 * stream only whole events are handed on (unless one is very large), so that a stream that breaks does so between
 * events.
 */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: HeaderRecord;
  readonly isEventStream: boolean;
  /** The body as text, of a failed answer small enough to have been read whole; keys are redacted. */
  readonly errorText: string | undefined;
  /** The error alone: the data of its event, where it came within a stream. */
  readonly errorData?: string | undefined;
  /** What has been read of it so far. */
  readonly usage: Usage | undefined;
  readonly bytes: number;
  /** What has come so far may stand for so many tokens. */
  readonly passedTokens: PassedTokens;
  /** What an error says that came within the stream, after its beginning. The stream is broken, however it ends. */
  readonly brokenFacts?: Facts | undefined;
  attach(sink: BodySink): void;
  resume(): void;
  abort(): void;
  /** Ends it early for a reason of our own, which its sink is told as a failure. */
  stop(message: string): void;
}
