import { shortStringAt, skipBom, skipSpaceBefore } from '../json/json-scan';
import { parsed } from '../json/json-fields';
import { ITEM_DEPTH_MAX, readItem, type ListItem } from './list-item';
import { ValueEnd } from './value-end';

/** A provider's page of a list. */
export interface ListPage {
  readonly items: readonly ListItem[];
  /** There is more behind its last item, or before its first one if that was asked for. */
  readonly hasMore: boolean;
  /** Members that count all there is, by name. */
  readonly totals: ReadonlyMap<string, number>;
  /** Items that are no objects, or cannot be read, and are left out. */
  readonly unreadable: number;
}

/** `no_list`: no JSON, or without a list of items. `too_many`: it has more than `ITEMS_MAX` of them. */
export type PageTrouble = 'no_list' | 'too_many';

/** Of one page. They take memory beside their bytes. */
const ITEMS_MAX = 50_000;
const STEP_BYTES = 16 * 1024;
const SCALAR_BYTES_MAX = 1024;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const TOTALS: ReadonlySet<string> = new Set(['total', 'total_count', 'total_items', 'count']);

type Steps<T> = Generator<void, T>;

/**
 * Reads a page item by item, a slice with each step, and never as a whole. An item that cannot be read costs no other
 * one its place.
 */
export function scanPage(bytes: Buffer, orderBy: string | undefined): Steps<ListPage | PageTrouble> {
  return new PageScan(bytes, orderBy).run();
}

class PageScan {
  #items: ListItem[] | undefined;
  #hasMore = false;
  #totals = new Map<string, number>();
  #unreadable = 0;
  #isTooLong = false;
  /** There is a step when so much has been read. */
  #pause = STEP_BYTES;

  constructor(
    private readonly bytes: Buffer,
    private readonly orderBy: string | undefined,
  ) {}

  *run(): Steps<ListPage | PageTrouble> {
    const start = yield* this.#space(skipBom(this.bytes));
    const end = this.bytes[start] === OPEN_BRACE ? yield* this.#members(start + 1) : -1;
    if (this.#isTooLong) return 'too_many';
    if (end === -1 || this.#items === undefined) return 'no_list';
    return {
      items: this.#items,
      hasMore: this.#hasMore,
      totals: this.#totals,
      unreadable: this.#unreadable,
    };
  }

  /** Returns the offset after the object; -1 if it is none. */
  *#members(start: number): Steps<number> {
    let at = yield* this.#space(start);
    if (this.bytes[at] === CLOSE_BRACE) return at + 1;
    for (;;) {
      at = yield* this.#member(at);
      if (at === -1) return -1;
      at = yield* this.#space(at);
      if (this.bytes[at] === CLOSE_BRACE) return at + 1;
      if (this.bytes[at] !== COMMA) return -1;
      at = yield* this.#space(at + 1);
    }
  }

  *#member(nameAt: number): Steps<number> {
    const name = shortStringAt(this.bytes, nameAt);
    const nameEnd = name === undefined ? -1 : yield* this.#skip(new ValueEnd(this.bytes, nameAt));
    if (nameEnd === -1) return -1;
    const colon = yield* this.#space(nameEnd);
    if (this.bytes[colon] !== COLON) return -1;
    const valueAt = yield* this.#space(colon + 1);
    if (name === 'data') {
      this.#items = undefined;
      if (this.bytes[valueAt] === OPEN_BRACKET) return yield* this.#list(valueAt + 1);
    }
    const end = yield* this.#skip(new ValueEnd(this.bytes, valueAt));
    if (end !== -1) this.#note(name ?? '', valueAt, end);
    return end;
  }

  #note(name: string, start: number, end: number): void {
    if (end - start > SCALAR_BYTES_MAX) return;
    if (name === 'has_more') this.#hasMore = parsed(this.bytes.toString('latin1', start, end)) === true;
    if (!TOTALS.has(name)) return;
    const total = parsed(this.bytes.toString('latin1', start, end));
    if (typeof total === 'number') this.#totals.set(name, total);
  }

  *#list(start: number): Steps<number> {
    const items: ListItem[] = [];
    this.#unreadable = 0;
    this.#items = items;
    let at = yield* this.#space(start);
    if (this.bytes[at] === CLOSE_BRACKET) return at + 1;
    for (;;) {
      const value = new ValueEnd(this.bytes, at);
      const end = yield* this.#skip(value);
      if (end === -1) return -1;
      yield* this.#item(items, at, end, value.depthMax);
      this.#isTooLong = items.length > ITEMS_MAX || this.#unreadable > ITEMS_MAX;
      if (this.#isTooLong) return -1;
      at = yield* this.#space(end);
      if (this.bytes[at] === CLOSE_BRACKET) return at + 1;
      if (this.bytes[at] !== COMMA) return -1;
      at = yield* this.#space(at + 1);
    }
  }

  *#item(items: ListItem[], start: number, end: number, depth: number): Steps<void> {
    const isReadable = this.bytes[start] === OPEN_BRACE && depth <= ITEM_DEPTH_MAX;
    const item = isReadable ? yield* readItem(this.bytes, start, end, this.orderBy) : undefined;
    if (item === undefined) this.#unreadable += 1;
    else items.push(item);
    if (end < this.#pause) return;
    this.#pause = end + STEP_BYTES;
    yield;
  }

  *#skip(value: ValueEnd): Steps<number> {
    for (;;) {
      const end = value.step(STEP_BYTES);
      if (end !== undefined) return end;
      yield;
    }
  }

  *#space(from: number): Steps<number> {
    const { bytes } = this;
    let at = from;
    while (at < bytes.length) {
      const pause = Math.min(bytes.length, at + STEP_BYTES);
      at = skipSpaceBefore(bytes, at, pause);
      if (at < pause) return at;
      yield;
    }
    return at;
  }
}
