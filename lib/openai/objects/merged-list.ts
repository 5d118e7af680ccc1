import { isFields, parsedBriefly, type Fields } from '../json/json-fields';

/** What a request for a list asks for. */
export interface ListQuestion {
  readonly limit: number;
  readonly isAscending: boolean;
  /** Ids. */
  readonly after: string | undefined;
  readonly before: string | undefined;
}

/** One key's part of a list. */
export interface ListPart {
  readonly items: readonly Fields[];
  /** The key has more behind its last item. */
  readonly hasMore: boolean;
}

/** Where an item stands among those of all keys: by its time, and of one time by the order of the keys. */
export interface Place {
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly keyIndex: number;
}

const LIMIT = 20;
/** Kinds that say themselves how they are listed. */
const LIMITS: Readonly<Record<string, number>> = { files: 10_000 };
const ASCENDING: ReadonlySet<string> = new Set(['chat/completions', 'evals']);
/** Parameters that place a part, and are each key's own. */
const PLACING = /^(?:after|before|limit)=/;

/** `query`: '' or `?...`. */
export function listQuestion(root: string, query: string): ListQuestion {
  const parameters = new URLSearchParams(query);
  const limit = Number(parameters.get('limit') ?? LIMITS[root] ?? LIMIT);
  const order = parameters.get('order');
  return {
    limit: Number.isInteger(limit) && limit > 0 ? limit : LIMIT,
    isAscending: order === null ? ASCENDING.has(root) : order === 'asc',
    after: parameters.get('after') || undefined,
    before: parameters.get('before') || undefined,
  };
}

/** The same query for a page from another place: behind `after`, or from the start. All else stays as it was sent. */
export function pageQuery(query: string, limit: number, after: string | undefined): string {
  const kept = query.slice(1).split('&');
  const others = kept.filter((parameter) => parameter !== '' && !PLACING.test(parameter));
  const cursor = after === undefined ? [] : [`after=${encodeURIComponent(after)}`];
  return `?${[...others, `limit=${limit}`, ...cursor].join('&')}`;
}

/** A provider's page; undefined for what is no list of objects. */
export function listPart(text: string): ListPart | undefined {
  const json = parsedBriefly(text);
  if (!isFields(json) || !Array.isArray(json.data)) return undefined;
  return { items: json.data.filter(isFields), hasMore: json.has_more === true };
}

export function itemId(item: Fields): string | undefined {
  return typeof item.id === 'string' ? item.id : undefined;
}

/** Seconds since the epoch; 0 if it does not say. */
export function createdAt(item: Fields): number {
  const at = item.created_at ?? item.created;
  return typeof at === 'number' ? at : 0;
}

/** Negative if `a` comes first. */
export function comparePlaces(a: Place, b: Place, isAscending: boolean): number {
  const byTime = isAscending ? a.createdAt - b.createdAt : b.createdAt - a.createdAt;
  return byTime === 0 ? a.keyIndex - b.keyIndex : byTime;
}

/**
 * One list of all parts, in their order. Where a key has more behind its part, what others have behind that place is
 * left for the next page, so that nothing is passed over. Of a page before a cursor the end counts.
 */
export function mergedList(parts: readonly ListPart[], question: ListQuestion): Fields {
  const { limit, isAscending, before } = question;
  const placed = parts.flatMap(({ items }, keyIndex) =>
    items.map((item) => ({ item, place: { createdAt: createdAt(item), keyIndex } })),
  );
  // Sorting keeps the order in which a key itself lists what it made at one time.
  placed.sort((a, b) => comparePlaces(a.place, b.place, isAscending));
  let end = placed.length;
  for (const [keyIndex, { items, hasMore }] of parts.entries()) {
    const last = hasMore && before === undefined ? items.at(-1) : undefined;
    if (last !== undefined) {
      const at = placed.findIndex(({ item, place }) => item === last && place.keyIndex === keyIndex);
      end = Math.min(end, at + 1);
    }
  }
  const known = placed.slice(0, end);
  const data = (before === undefined ? known.slice(0, limit) : known.slice(-limit)).map(({ item }) => item);
  return {
    object: 'list',
    data,
    first_id: itemId(data[0] ?? {}) ?? null,
    last_id: itemId(data.at(-1) ?? {}) ?? null,
    has_more: placed.length > data.length || parts.some(({ hasMore }) => hasMore),
  };
}
