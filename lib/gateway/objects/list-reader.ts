import { isSameAccount, type KeyState } from '../../balancer/pool/key-state';
import { readItem, type ListItem } from '../../openai/objects/list-item';
import { pageQuery, type ListQuestion } from '../../openai/objects/list-question';
import { scanPage, type ListPage } from '../../openai/objects/list-scan';
import { comparePlaces } from '../../openai/objects/merged-list';
import type { LiveExchange } from '../exchange/live-exchange';
import { NO_MEMORY, UNREADABLE, type AskFailure, type ListAsker } from './list-asker';
import type { PlaceMark, Position } from './list-places';
import type { ObjectOwners } from './object-owners';
import type { Slices } from './slices';

/** One key's part of a list. */
export interface ReadPart extends ListPage {
  /** The place that its items begin behind; undefined if nobody knows. */
  readonly from: Position | undefined;
}

export interface ListReaderParts {
  readonly exchange: LiveExchange;
  readonly asker: ListAsker;
  readonly slices: Slices;
  readonly owners: ObjectOwners;
  /** `files`, `fine_tuning/jobs`. */
  readonly root: string;
  readonly question: ListQuestion;
}

/** What is kept of an item beside its bytes. */
const ITEM_BYTES = 150;
/** Where a list that does not know the cursor is looked through from its start. */
const WALK_ITEMS = 100;
const WALK_PAGES_MAX = 1_000;

export function isPart(part: ReadPart | AskFailure): part is ReadPart {
  return 'items' in part;
}

/** Reads each key's part of one list. */
export class ListReader {
  constructor(private readonly parts: ListReaderParts) {}

  /** The parts in the order of the keys. */
  read(keys: readonly KeyState[], mark: PlaceMark | undefined): Promise<(ReadPart | AskFailure)[]> {
    if (mark === undefined) return Promise.all(keys.map((key) => this.#first(key)));
    const keyIndex = keys.findIndex(({ config }) => config.keyId === mark.keyId);
    const place = { rank: mark.rank, keyIndex };
    return Promise.all(
      keys.map((key, index) => this.#part(key, mark.positions.get(key.config.keyId), { index, place })),
    );
  }

  /** The place of a cursor that no page has told of lately; undefined if nobody is known to own it, or it is gone. */
  async locate(id: string, keys: readonly KeyState[]): Promise<PlaceMark | undefined> {
    const { owners, asker, root, question, slices, exchange } = this.parts;
    await owners.find([id]);
    const owned = owners.ownersOf(id).map(({ keyId }) => asker.provider.pool.key(keyId));
    const known = owned.find((key) => key !== undefined);
    const owner = known && keys.find((key) => isSameAccount(key, known));
    if (owner === undefined) return undefined;
    const body = await asker.ask(owner, `/${root}/${encodeURIComponent(id)}`);
    if (!Buffer.isBuffer(body)) {
      asker.drop(body);
      return undefined;
    }
    const item = await slices.run(readItem(body, 0, body.length, question.orderBy), exchange.request.signal);
    if (item === undefined) return undefined;
    const positions = new Map([[owner.config.keyId, [id]]]);
    return { rank: item.rank, keyId: owner.config.keyId, positions, shown: [] };
  }

  async #first(key: KeyState): Promise<ReadPart | AskFailure> {
    const page = await this.#page(key, this.parts.exchange.route.query);
    return 'why' in page ? page : { ...page, from: 'start' };
  }

  async #part(key: KeyState, position: Position | undefined, walk: Walk): Promise<ReadPart | AskFailure> {
    const { before } = this.parts.question;
    if (position === 'start') {
      if (before !== undefined) return { ...NOTHING, from: undefined };
      const page = await this.#page(key, pageQuery(this.#query, this.#limitAsked));
      return 'why' in page ? page : { ...page, from: 'start' };
    }
    for (const id of position ?? []) {
      const page = await this.#beside(key, id);
      if (!('why' in page)) return { ...page, from: before === undefined ? position : undefined };
      if (!page.isRefusal) return page;
      // It has been deleted: then the place is where its neighbour ends.
      this.parts.asker.drop(page);
    }
    return this.#walk(key, walk);
  }

  get #query(): string {
    return this.parts.exchange.route.query;
  }

  get #limitAsked(): number | undefined {
    return new URLSearchParams(this.#query).has('limit') ? this.parts.question.limit : undefined;
  }

  /** What the key lists next to one of its own objects. */
  async #beside(key: KeyState, id: string): Promise<ListPage | AskFailure> {
    const { before, afterName } = this.parts.question;
    const name = before === undefined ? afterName : afterName.replace('after', 'before');
    const page = await this.#page(key, pageQuery(this.#query, this.#limitAsked, { name, id }));
    if ('why' in page) return page;
    // Of a provider that does not heed the cursor it is all there is.
    const at = page.items.findIndex((item) => item.id === id);
    if (at === -1) return page;
    return before === undefined
      ? { ...page, items: page.items.slice(at + 1) }
      : { ...page, items: page.items.slice(0, at), hasMore: false };
  }

  /** The key does not know the cursor, so what it lists is compared with the cursor's place. */
  async #walk(key: KeyState, { index, place }: Walk): Promise<ReadPart | AskFailure> {
    const { limit, before, after, isAscending, afterName } = this.parts.question;
    const found = new Walked(before === undefined ? 'after' : 'before', limit, (item) => {
      if (item.id !== undefined && item.id === (after ?? before)) return 'cursor';
      const compared = comparePlaces({ rank: item.rank, keyIndex: index }, place, isAscending);
      return compared > 0 || (compared === 0 && index === place.keyIndex) ? 'behind' : 'ahead';
    });
    let cursor: string | undefined;
    for (let pages = 0; pages < WALK_PAGES_MAX; pages++) {
      const at = cursor === undefined ? undefined : { name: afterName, id: cursor };
      const page = await this.#page(key, pageQuery(this.#query, WALK_ITEMS, at));
      if ('why' in page) return page;
      const last = page.items.at(-1)?.id;
      const isEnd = !page.hasMore || last === undefined || last === cursor;
      if (found.take(page, isEnd)) return found.part;
      cursor = last;
    }
    return { why: 'too_many_pages', isRefusal: false };
  }

  async #page(key: KeyState, query: string): Promise<ListPage | AskFailure> {
    const { asker, exchange, question, slices } = this.parts;
    const body = await asker.ask(key, exchange.route.path + query);
    if (!Buffer.isBuffer(body)) return body;
    const page = await slices.run(scanPage(body, question.orderBy), exchange.request.signal);
    if (page === undefined) return { why: 'client_closed', isRefusal: false };
    const isTooMuch = typeof page !== 'string' && !asker.memory.take(page.items.length * ITEM_BYTES);
    if (typeof page !== 'string' && !isTooMuch) return page;
    asker.memory.giveBack(body.length);
    asker.note(key, isTooMuch ? NO_MEMORY : UNREADABLE);
    return { why: typeof page === 'string' ? page : 'no_memory', isRefusal: false };
  }
}

/** The place to look for, and which key it is that is looked through. */
interface Walk {
  readonly index: number;
  readonly place: { readonly rank: number | string; readonly keyIndex: number };
}

const NOTHING: ListPage = { items: [], hasMore: false, totals: new Map(), unreadable: 0 };

/** What has been found on the way through a list. */
class Walked {
  #items: ListItem[] = [];
  #from: Position = 'start';
  #hasMore = false;
  #isThrough = false;
  #unreadable = 0;
  #totals: ListPage['totals'] = new Map();

  constructor(
    private readonly side: 'after' | 'before',
    private readonly limit: number,
    private readonly sideOf: (item: ListItem) => 'ahead' | 'cursor' | 'behind',
  ) {}

  /** True if nothing more is needed. */
  take({ items, totals, unreadable }: ListPage, isEnd: boolean): boolean {
    this.#totals = totals;
    this.#unreadable += unreadable;
    for (const item of items) {
      const side = this.sideOf(item);
      if (this.side === 'after') this.#takeAfter(item, side);
      else this.#takeBefore(item, side);
    }
    const isEnough = this.side === 'after' ? this.#items.length > this.limit : this.#isThrough;
    this.#hasMore ||= this.side === 'after' && !isEnd;
    if (isEnd) this.#hasMore &&= this.side === 'before';
    return isEnd || isEnough;
  }

  get part(): ReadPart {
    return {
      items: this.#items,
      hasMore: this.#hasMore,
      totals: this.#totals,
      unreadable: this.#unreadable,
      from: this.side === 'after' ? this.#from : undefined,
    };
  }

  #takeAfter(item: ListItem, side: 'ahead' | 'cursor' | 'behind'): void {
    if (side === 'behind') {
      this.#items.push(item);
      return;
    }
    // Another key of the same account has the cursor too: what stood before it has been shown.
    if (side === 'cursor') this.#items = [];
    if (item.id !== undefined) this.#from = [item.id];
  }

  #takeBefore(item: ListItem, side: 'ahead' | 'cursor' | 'behind'): void {
    this.#isThrough ||= side !== 'ahead';
    if (this.#isThrough) return;
    this.#items.push(item);
    if (this.#items.length <= this.limit) return;
    this.#items.shift();
    this.#hasMore = true;
  }
}
