import * as json from './json-scan';
import { skipOpen } from './json-skip';
import { DEPTH_MAX, type Open } from './simd';

// In the built program each use of an imported name is a call of its own, and these are used for each byte or token.
const { closingQuoteBefore, scalarEnd, skipSpaceBefore } = json;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const SPACE = 0x20;

/** What is told of a text while it is walked. Flags are the visitor's own; those of the whole text are 0. */
export interface JsonVisitor {
  /**
   * A member of an object; `depth` is 1 at the top. Returns the flags of its value, which the items of a list share.
   */
  member(nameAt: number, valueAt: number, depth: number, flags: number): number;
  /** A string that is a value. Only told where the walk is thorough. */
  string?(at: number, flags: number): void;
}

const enum State {
  Value,
  FirstItem,
  FirstName,
  Name,
  Colon,
  After,
  String,
  Nested,
  Over,
}

/**
 * Walks one JSON text without building values, a slice at a time: the event loop is held no longer than a slice takes.
 *
 * Strict on the top level. Nested values are only skipped (brackets must pair up, strings must close, what lies between
 * is left to whoever parses the text in full), unless the walk is `isThorough`: then all of it is looked at, and all
 * must be JSON.
 */
export class JsonScanner {
  #at: number;
  #state: State = State.Value;
  #badAt = -1;
  /** Openers of what is open; for each of them the flags of its items or members. */
  readonly #openers: number[] = [];
  readonly #flags: number[] = [];
  #nameAt = 0;
  #valueFlags = 0;
  /** Of the string that a slice ended in. */
  #stringAt = 0;
  #isName = false;
  /** The value that comes is a member's. */
  #hasName = false;
  /** Of a nested value that is skipped. */
  readonly #nested: Open = { isInString: false, closers: [] };

  constructor(
    private readonly bytes: Buffer,
    start: number,
    private readonly visitor: JsonVisitor,
    private readonly isThorough: boolean,
  ) {
    this.#at = start;
  }

  /** Goes on for about `bytesMax`; true when the end of the text, or what makes it none, has been reached. */
  step(bytesMax: number): boolean {
    const pause = Math.min(this.bytes.length, this.#at + bytesMax);
    do this.#advance(pause);
    while (this.#at < pause && this.#state !== State.Over);
    if (this.#state !== State.Over && this.#at >= this.bytes.length) this.#fail(this.bytes.length);
    return this.#state === State.Over;
  }

  /** Offset behind the text once it is over; of what makes it none, `~offset`. */
  get end(): number {
    return this.#badAt === -1 ? this.#at : ~this.#badAt;
  }

  // oxlint-disable-next-line complexity -- a state machine: its states side by side
  #advance(pause: number): void {
    if (this.#state === State.String) return this.#goOnString(pause);
    if (this.#state === State.Nested) return this.#skipNested(pause);
    const { bytes } = this;
    let at = this.#at;
    let byte = bytes[at];
    if (byte !== undefined && byte <= SPACE) {
      at = this.#at = skipSpaceBefore(bytes, at, pause);
      if (at >= pause) return;
      byte = bytes[at];
    }
    switch (this.#state) {
      case State.Value:
        return this.#value(at, byte, pause);
      case State.FirstItem:
        return byte === CLOSE_BRACKET ? this.#close(at) : this.#value(at, byte, pause);
      case State.FirstName:
        return byte === CLOSE_BRACE ? this.#close(at) : this.#name(at, byte, pause);
      case State.Name:
        return this.#name(at, byte, pause);
      case State.Colon:
        if (byte !== COLON) return this.#fail(at);
        this.#at = at + 1;
        this.#state = State.Value;
        this.#hasName = true;
        return;
      default:
        return this.#after(at, byte);
    }
  }

  #value(at: number, byte: number | undefined, pause: number): void {
    if (this.#hasName) {
      this.#hasName = false;
      const depth = this.#openers.length;
      this.#valueFlags = this.visitor.member(this.#nameAt, at, depth, this.#flags[depth - 1] ?? 0);
    } else {
      this.#valueFlags = this.#flags[this.#openers.length - 1] ?? 0;
    }
    if (byte === QUOTE) return this.#string(at, false, pause);
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return this.#open(at, byte, pause);
    const end = scalarEnd(this.bytes, at);
    if (end < 0) return this.#fail(~end);
    this.#valueDone(end);
  }

  #name(at: number, byte: number | undefined, pause: number): void {
    if (byte !== QUOTE) return this.#fail(at);
    this.#nameAt = at;
    this.#string(at, true, pause);
  }

  #string(at: number, isName: boolean, pause: number): void {
    this.#stringAt = at;
    this.#isName = isName;
    this.#at = at + 1;
    this.#state = State.String;
    this.#goOnString(pause);
  }

  #goOnString(pause: number): void {
    const quote = closingQuoteBefore(this.bytes, this.#at, pause);
    if (quote < 0) {
      this.#at = ~quote;
    } else if (this.#isName) {
      // Mostly the colon follows at once.
      this.#hasName = this.bytes[quote + 1] === COLON;
      this.#at = this.#hasName ? quote + 2 : quote + 1;
      this.#state = this.#hasName ? State.Value : State.Colon;
    } else {
      if (this.isThorough) this.visitor.string?.(this.#stringAt, this.#valueFlags);
      this.#valueDone(quote + 1);
    }
  }

  #open(at: number, opener: number, pause: number): void {
    this.#at = at + 1;
    if (!this.isThorough && this.#openers.length > 0) {
      this.#nested.closers.push(opener + 2); // In ASCII each closer is its opener + 2.
      this.#state = State.Nested;
      return this.#skipNested(pause);
    }
    if (this.#openers.length > DEPTH_MAX) return this.#fail(at);
    this.#openers.push(opener);
    this.#flags.push(this.#valueFlags);
    this.#state = opener === OPEN_BRACE ? State.FirstName : State.FirstItem;
  }

  #after(at: number, byte: number | undefined): void {
    const opener = this.#openers[this.#openers.length - 1];
    if (byte === COMMA) {
      this.#at = at + 1;
      this.#state = opener === OPEN_BRACE ? State.Name : State.Value;
    } else if (opener !== undefined && byte === opener + 2) {
      // In ASCII each closer is its opener + 2.
      this.#close(at);
    } else {
      this.#fail(at);
    }
  }

  #close(at: number): void {
    this.#openers.pop();
    this.#flags.pop();
    this.#valueDone(at + 1);
  }

  #valueDone(end: number): void {
    this.#at = end;
    this.#state = this.#openers.length === 0 ? State.Over : State.After;
  }

  /** The rest of a nested value, of which only brackets and strings matter. */
  #skipNested(pause: number): void {
    const open = this.#nested;
    const at = skipOpen(this.bytes, this.#at, pause, open);
    if (at < 0) return this.#fail(~at);
    this.#at = at;
    if (!open.isInString && open.closers.length === 0) this.#valueDone(at);
  }

  #fail(at: number): void {
    this.#badAt = at;
    this.#state = State.Over;
  }
}
