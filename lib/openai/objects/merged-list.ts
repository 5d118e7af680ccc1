import { compareRanks, type ListItem, type Rank } from './list-item';
import type { ListQuestion } from './list-question';

/** One key's part of a list, in the key's own order. */
export interface ListPart {
  readonly items: readonly ListItem[];
  /** The key has more behind its last item; of a page before a cursor, before its first one. */
  readonly hasMore: boolean;
}

/** Where an item stands among those of all keys: by its rank, and of one rank by the order of the keys. */
export interface Place {
  readonly rank: Rank;
  readonly keyIndex: number;
}

/** Negative if `a` comes first. */
export function comparePlaces(a: Place, b: Place, isAscending: boolean): number {
  const byRank = isAscending ? compareRanks(a.rank, b.rank) : compareRanks(b.rank, a.rank);
  return byRank === 0 ? a.keyIndex - b.keyIndex : byRank;
}

export interface MergedItem {
  readonly item: ListItem;
  readonly keyIndex: number;
}

export interface MergedList {
  readonly items: readonly MergedItem[];
  readonly hasMore: boolean;
  /** Several keys have the same object. */
  readonly hasTwins: boolean;
  /**
   * For each part, from where to where its items have been used, whether they are shown or another key shows the same
   * object.
   */
  readonly used: readonly (readonly [from: number, to: number])[];
}

const STEP_ITEMS = 500;

/**
 * One list of all parts: each key's own order is kept, and of objects that several keys have the first is shown. Where
 * a key has more behind its part, what others have behind that place is left for the next page, so that nothing is
 * passed over. Of a page before a cursor the end counts. `shownBefore`: ids that another page has shown and a key may
 * have still. A slice with each step.
 */
export function* mergedList(
  parts: readonly ListPart[],
  question: Pick<ListQuestion, 'limit' | 'isAscending' | 'before'>,
  shownBefore: readonly string[] = [],
): Generator<void, MergedList> {
  const merge = new Merge(parts, question.isAscending, question.before !== undefined, shownBefore);
  let count = 0;
  while (merge.shown.length < question.limit && merge.takeNext()) {
    count += 1;
    if (count % STEP_ITEMS === 0) yield;
  }
  return merge.end();
}

class Merge {
  readonly shown: MergedItem[] = [];
  readonly #ids: Set<string>;
  #hasTwins = false;
  /** How many of each part have been taken. */
  readonly #taken: number[];

  constructor(
    private readonly parts: readonly ListPart[],
    private readonly isAscending: boolean,
    /** The last come first. */
    private readonly isBackwards: boolean,
    shownBefore: readonly string[],
  ) {
    this.#ids = new Set(shownBefore);
    this.#taken = parts.map(() => 0);
  }

  /** False if there is nothing, or nobody knows what comes next. */
  takeNext(): boolean {
    let next: MergedItem | undefined;
    for (let keyIndex = 0; keyIndex < this.parts.length; keyIndex++) {
      const item = this.#head(keyIndex);
      if (item === undefined) {
        if (this.#isUnknown(keyIndex)) return false;
      } else if (next === undefined || this.#isBefore(item, keyIndex, next)) {
        next = { item, keyIndex };
      }
    }
    if (next === undefined) return false;
    const { item, keyIndex } = next;
    this.#taken[keyIndex] = (this.#taken[keyIndex] ?? 0) + 1;
    if (item.id !== undefined && this.#ids.has(item.id)) {
      this.#hasTwins = true;
      return true;
    }
    if (item.id !== undefined) this.#ids.add(item.id);
    this.shown.push(next);
    return true;
  }

  end(): MergedList {
    this.#passShown();
    const isLeft = this.parts.some(
      (part, keyIndex) => this.#head(keyIndex) !== undefined || (part.hasMore && part.items.length > 0),
    );
    return {
      items: this.isBackwards ? this.shown.toReversed() : this.shown,
      hasMore: isLeft,
      hasTwins: this.#hasTwins,
      used: this.parts.map(({ items }, keyIndex) => {
        const taken = this.#taken[keyIndex] ?? 0;
        return this.isBackwards ? [items.length - taken, items.length] : [0, taken];
      }),
    };
  }

  /** What others have shown meanwhile is not to come again on the next page. */
  #passShown(): void {
    for (let keyIndex = 0; keyIndex < this.parts.length; keyIndex++) {
      let id = this.#head(keyIndex)?.id;
      while (id !== undefined && this.#ids.has(id)) {
        this.#hasTwins = true;
        this.#taken[keyIndex] = (this.#taken[keyIndex] ?? 0) + 1;
        id = this.#head(keyIndex)?.id;
      }
    }
  }

  #head(keyIndex: number): ListItem | undefined {
    const items = this.parts[keyIndex]?.items ?? [];
    const taken = this.#taken[keyIndex] ?? 0;
    return items[this.isBackwards ? items.length - 1 - taken : taken];
  }

  /** Its items are through, and it has more. A part that has more but shows nothing of it says nothing. */
  #isUnknown(keyIndex: number): boolean {
    const part = this.parts[keyIndex];
    return part !== undefined && part.hasMore && part.items.length > 0;
  }

  #isBefore(item: ListItem, keyIndex: number, other: MergedItem): boolean {
    const place = { rank: item.rank, keyIndex };
    const otherPlace = { rank: other.item.rank, keyIndex: other.keyIndex };
    const compared = comparePlaces(place, otherPlace, this.isAscending);
    return this.isBackwards ? compared > 0 : compared < 0;
  }
}

/** The same list as JSON: what stands before its items, and what behind them. */
export function listFrame(
  { items, hasMore }: Pick<MergedList, 'items' | 'hasMore'>,
  totals: ReadonlyMap<string, number>,
): readonly [head: string, tail: string] {
  const members = {
    first_id: items[0]?.item.id ?? null,
    last_id: items.at(-1)?.item.id ?? null,
    has_more: hasMore,
    ...Object.fromEntries(totals),
  };
  return ['{"object":"list","data":[', `],${JSON.stringify(members).slice(1)}`];
}

/** Counts of all keys together. */
export function summedTotals(
  pages: readonly { readonly totals: ReadonlyMap<string, number> }[],
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { totals } of pages) {
    for (const [name, count] of totals) sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return sums;
}
