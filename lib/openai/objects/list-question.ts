/** What a request for a list asks for. */
export interface ListQuestion {
  readonly limit: number;
  readonly isAscending: boolean;
  /** Member by which the list is in order; undefined for when its items were made. */
  readonly orderBy: string | undefined;
  /** Ids. */
  readonly after: string | undefined;
  readonly before: string | undefined;
  /** What the API calls an id to go on behind: `after`, or `after_id`. */
  readonly afterName: string;
}

const LIMIT = 20;
/** Kinds that say themselves how they are listed. */
const LIMITS: Readonly<Record<string, number>> = { files: 10_000 };
const ASCENDING: ReadonlySet<string> = new Set(['chat/completions', 'evals']);
/** Parameters that place a part, and are each key's own. */
const PLACING = /^(?:after|before|after_id|before_id|limit)=/;
/** Pages that are counted, or told by a word of the provider's, are each key's own: they cannot be put together. */
const COUNTED = /[?&](?:page|page_size|page_token|pageToken|pageSize|offset|skip|cursor)=/;

/** `query`: '' or `?...`. */
export function listQuestion(root: string, query: string): ListQuestion {
  const parameters = new URLSearchParams(query);
  const limit = Number(parameters.get('limit') ?? LIMITS[root] ?? LIMIT);
  const order = parameters.get('order');
  return {
    limit: Number.isInteger(limit) && limit > 0 ? limit : LIMIT,
    isAscending: order === null ? ASCENDING.has(root) : order === 'asc',
    orderBy: orderIn(parameters),
    ...cursorsOf(parameters),
  };
}

const MADE_AT = 'created_at';

function orderIn(parameters: URLSearchParams): string | undefined {
  const name = parameters.get('order_by') ?? '';
  return name === MADE_AT || name === '' ? undefined : name;
}

function cursorsOf(parameters: URLSearchParams): Pick<ListQuestion, 'after' | 'before' | 'afterName'> {
  const first = (...names: string[]): string | undefined =>
    names.map((name) => parameters.get(name) ?? '').find((id) => id !== '');
  const isNamedId = parameters.has('after_id') || parameters.has('before_id');
  return {
    after: first('after', 'after_id'),
    before: first('before', 'before_id'),
    afterName: isNamedId ? 'after_id' : 'after',
  };
}

export function asksForCountedPage(query: string): boolean {
  return COUNTED.test(query);
}

/** What of a query is the same for all pages of a list. */
export function sharedQuery(query: string): string {
  const kept = query.slice(1).split('&');
  return kept.filter((parameter) => parameter !== '' && !PLACING.test(parameter)).join('&');
}

/** The same query for another page, of so many items, at the place that a cursor names. All else stays as sent. */
export function pageQuery(
  query: string,
  limit: number | undefined,
  cursor?: { readonly name: string; readonly id: string },
): string {
  const parameters = [
    sharedQuery(query),
    limit === undefined ? '' : `limit=${limit}`,
    cursor === undefined ? '' : `${cursor.name}=${encodeURIComponent(cursor.id)}`,
  ].filter((parameter) => parameter !== '');
  return parameters.length === 0 ? '' : `?${parameters.join('&')}`;
}
