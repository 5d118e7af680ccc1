import { GrowingBuffer } from '../json/growing-buffer';
import { LongEvent } from './long-event';
import { EventBoundary } from './sse-boundary';
import { eventData, looksWhole } from './sse-fields';

export { eventData, eventName } from './sse-fields';

const CR = 0x0d;
const NOTHING = Buffer.alloc(0);
const HELD_BYTES_MAX = 64 * 1024;
const EVENT_BYTES_MAX = 1024 * 1024;

export interface SseLimits {
  /** An unfinished event longer than this is no longer held back. Default 65536. */
  readonly maxHeldBytes?: number;
  /** Of a longer event only both ends are observed. Default 1 MiB. */
  readonly maxEventBytes?: number;
}

/**
 * Cuts an event stream (WHATWG HTML, 9.2) into whole events as its bytes pass. What comes out of `push` and `rest`
 * together is exactly what went in, and the same events are observed, however the stream is cut into chunks.
 */
export class SseSplitter {
  readonly #onEvent: (raw: Buffer) => unknown;
  readonly #onLongEvent: (ends: Buffer) => unknown;
  readonly #maxHeldBytes: number;
  readonly #maxEventBytes: number;
  readonly #boundary = new EventBoundary();
  /** The unfinished event, as long as it is held or may still be observed. */
  readonly #kept = new GrowingBuffer();
  #unfinishedBytes = 0;
  #isReleased = false;
  #stopped: Buffer | undefined;
  /** The unfinished event, once it is too long for that. */
  #long: LongEvent | undefined;
  #endsWithinJson = false;

  /**
   * `onEvent` gets the raw bytes of every whole event, its blank line included, in order and before `push` returns;
   * comments alone are events too, further blank lines are not. It must not throw. Where it returns false the stream
   * is no event stream any more: `push` gives what came before that event, `takeStopped` the rest of its chunk.
   * `onLongEvent` gets both ends of each event over `maxEventBytes`, joined.
   */
  constructor(
    onEvent: (raw: Buffer) => unknown,
    limits: SseLimits = {},
    onLongEvent: (ends: Buffer) => unknown = () => undefined,
  ) {
    this.#onEvent = onEvent;
    this.#onLongEvent = onLongEvent;
    this.#maxHeldBytes = limits.maxHeldBytes ?? HELD_BYTES_MAX;
    this.#maxEventBytes = limits.maxEventBytes ?? EVENT_BYTES_MAX;
  }

  /**
   * The bytes that may go on now: whole events only, verbatim. An unfinished event is held until its end arrives, or
   * until it exceeds `maxHeldBytes`, from where it is released as it comes. Nothing is copied when the chunk starts
   * and ends between events.
   */
  push(chunk: Buffer): Buffer {
    const hasCr = chunk.indexOf(CR) !== -1;
    if (this.#unfinishedBytes === 0) return this.#pushEvents(chunk, hasCr);

    const end = this.#boundary.findEnd(chunk, 0, hasCr);
    if (end === -1) return this.#extend(chunk);
    const finished = this.#finish(chunk.subarray(0, end));
    if (this.#stopped !== undefined) {
      this.#stopped = joined(this.#stopped, chunk.subarray(end));
      return NOTHING;
    }
    return end === chunk.length ? finished : joined(finished, this.#pushEvents(chunk.subarray(end), hasCr));
  }

  /**
   * Whatever is still held (an unfinished event), verbatim; empties the splitter. Many servers omit the last blank
   * line, so an unfinished last event is still observed when it has a data line that looks whole.
   */
  rest(): Buffer {
    if (this.#unfinishedBytes === 0) return NOTHING;
    const held = this.heldBytes;
    const long = this.#long?.ends();
    this.#long = undefined;
    const event = this.#kept.take();
    const isWhole = this.#boundary.isAtBlankLine;
    const told = long ?? event;
    if (told.length > 0 && (isWhole || looksWhole(told))) {
      if (long === undefined) this.#observe(event);
      else this.#onLongEvent(long);
    } else this.#endsWithinJson = JSON_START.test(eventData(told) ?? '');
    this.#isReleased = !isWhole;
    this.#unfinishedBytes = 0;
    this.#boundary.reset();
    return held === 0 ? NOTHING : event;
  }

  /**
   * What has come since `onEvent` returned false, from that event on; undefined if it did not. Forgotten once taken.
   */
  takeStopped(): Buffer | undefined {
    const stopped = this.#stopped;
    this.#stopped = undefined;
    return stopped;
  }

  /** Ask after `rest`: the last event broke off within its JSON. */
  get endsWithinJson(): boolean {
    return this.#endsWithinJson;
  }

  /** What has come of an unfinished event; both ends of it if it is too long to be kept. */
  get unfinished(): Buffer {
    return this.#long?.ends() ?? this.#kept.peek();
  }

  /**
   * True when part of an unfinished event has already been released, by `push` or by `rest`, so that an appended
   * event must first be separated by a blank line.
   */
  get isMidEvent(): boolean {
    return this.#isReleased;
  }

  get heldBytes(): number {
    return this.#isReleased ? 0 : this.#unfinishedBytes;
  }

  /** A chunk, or what is left of it, that starts between events. */
  #pushEvents(chunk: Buffer, hasCr: boolean): Buffer {
    let start = this.#boundary.enter(chunk, 0);
    while (start < chunk.length) {
      const end = this.#boundary.findEnd(chunk, start, hasCr);
      if (end === -1) break;
      if (this.#observe(chunk.subarray(start, end)) === false) {
        this.#isReleased = false;
        this.#stopped = chunk.subarray(start);
        return chunk.subarray(0, start);
      }
      start = this.#boundary.enter(chunk, end);
    }
    this.#isReleased = false;
    if (start === chunk.length) return chunk;
    const unfinished = this.#extend(chunk.subarray(start));
    return unfinished.length > 0 ? chunk : chunk.subarray(0, start);
  }

  /** Adds to the unfinished event; returns what of it may go on. */
  #extend(piece: Buffer): Buffer {
    const wasReleased = this.#isReleased;
    this.#unfinishedBytes += piece.length;
    const isReleased = this.#unfinishedBytes > this.#maxHeldBytes;
    this.#isReleased = isReleased;
    if (isReleased && this.#unfinishedBytes > this.#maxEventBytes) {
      const earlier = this.#kept.take();
      this.#long = (this.#long ?? new LongEvent().push(earlier)).push(piece);
      return wasReleased ? piece : joined(earlier, piece);
    }
    this.#kept.append(piece);
    if (!isReleased) return NOTHING;
    return wasReleased ? piece : this.#kept.peek();
  }

  /** Ends the unfinished event with its last piece; returns what of it may go on. */
  #finish(piece: Buffer): Buffer {
    const wasReleased = this.#isReleased;
    const isKept = !wasReleased || this.#unfinishedBytes <= this.#maxEventBytes;
    this.#unfinishedBytes = 0;
    this.#isReleased = false;
    if (!isKept) {
      if (this.#long !== undefined) this.#onLongEvent(this.#long.push(piece).ends());
      this.#long = undefined;
      return piece;
    }
    this.#kept.append(piece);
    const event = this.#kept.take();
    const goesOn = this.#observe(event) !== false;
    if (wasReleased) return piece;
    if (goesOn) return event;
    this.#stopped = event;
    return NOTHING;
  }

  #observe(event: Buffer): unknown {
    if (event.length <= this.#maxEventBytes) return this.#onEvent(event);
    this.#onLongEvent(new LongEvent().push(event).ends());
    return undefined;
  }
}

const JSON_START = /^\s*[[{]/;

function joined(first: Buffer, second: Buffer): Buffer {
  if (first.length === 0) return second;
  return second.length === 0 ? first : Buffer.concat([first, second]);
}
