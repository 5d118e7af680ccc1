import type { LogFilters, LogPage, LogPageQuery } from '../../store/logs/log-table';
import type { EndpointInput } from '../contract/endpoint';
import type { logsApi } from '../contract/logs';
import type { AdminContext } from '../context';
import { wrongField } from '../error';
import { logFilters } from './filters';
import { goneOf, type GoneOf } from './gone';
import { errorLogItem, requestLogItem } from './log-item';

type Input = EndpointInput<typeof logsApi.requests>;

interface Table<Row> {
  page(query: LogPageQuery): Promise<LogPage<Row>>;
  count(atMost: number): Promise<number>;
}

/** Rows that a page number, unlike a cursor, may pass over. */
const SKIP_MAX = 10_000;
const SKIP_STEP = 500;
/** Passing rows over takes longer than a cursor. */
const SKIP_MS = 1_500;
/** Beyond that a total is a lower bound: counting a large log costs more than anybody gains by it. */
const COUNTED_MAX = 10_000;
/** A large log stays large. */
const LARGE_FRESH_MS = 10_000;

export function listRequests(context: AdminContext, input: Input) {
  return list(context, context.store.requestLogs, input, 'requests', requestLogItem);
}

export function listErrors(context: AdminContext, input: Input) {
  return list(context, context.store.errorLogs, input, 'errors', errorLogItem);
}

async function list<Row extends { readonly id: string }, Item>(
  context: AdminContext,
  table: Table<Row>,
  input: Input,
  kind: 'requests' | 'errors',
  itemOf: (row: Row, gone: GoneOf) => Item,
) {
  const { page, pageSize, cursor, searchMs, ...filter } = input;
  const filters = logFilters(filter, kind);
  const skipped = cursor === undefined ? (page - 1) * pageSize : 0;
  if (skipped > SKIP_MAX) throw wrongField('page', `reaches back ${SKIP_MAX} rows only; use the cursor`);
  await context.catchUpLogs();
  const search = {
    filters,
    signal: context.caller.signal,
    searchMs: skipped > 0 ? Math.max(searchMs, SKIP_MS) : searchMs,
  };
  const found = await pageAfter(table, search, { before: cursor, skipped, pageSize });
  const passed = cursor === undefined ? found.passed : (page - 1) * pageSize;
  const gone = goneOf(context);
  return {
    items: found.rows.map((row) => itemOf(row, gone)),
    ...(await totalOf(context, table, kind, { ...found, filters, cursor, seen: passed + found.rows.length })),
    page,
    pageSize,
    nextCursor: found.nextBefore ?? null,
    isComplete: found.searchedTo === undefined,
    searchedTo: found.searchedTo ?? null,
  };
}

interface Search {
  readonly filters: LogFilters;
  readonly signal: AbortSignal;
  readonly searchMs: number;
}

interface Found<Row> extends LogPage<Row> {
  /** Rows that were passed over. */
  readonly passed: number;
}

/** One page, after walking down so many rows. The whole has the time of one search. */
async function pageAfter<Row>(
  table: Table<Row>,
  search: Search,
  at: { readonly before: string | undefined; readonly skipped: number; readonly pageSize: number },
): Promise<Found<Row>> {
  let { before } = at;
  let passed = 0;
  while (passed < at.skipped) {
    const limit = Math.min(SKIP_STEP, at.skipped - passed);
    const step = await table.page({ ...search, limit, ...(before !== undefined && { before }) });
    passed += step.rows.length;
    before = step.nextBefore;
    if (before === undefined || step.searchedTo !== undefined) return { ...step, rows: [], passed };
  }
  const page = await table.page({ ...search, limit: at.pageSize, ...(before !== undefined && { before }) });
  return { ...page, passed };
}

async function totalOf<Row>(
  { cache }: AdminContext,
  table: Table<Row>,
  kind: string,
  found: Found<Row> & {
    readonly filters: LogFilters;
    readonly cursor: string | undefined;
    readonly seen: number;
  },
): Promise<{ total: number; isTotalApproximate: boolean }> {
  const { filters, cursor, seen, nextBefore } = found;
  const isEndInSight = nextBefore === undefined && cursor === undefined;
  if (Object.keys(filters).length > 0 || isEndInSight) {
    return { total: seen, isTotalApproximate: !isEndInSight };
  }
  const count = () => table.count(COUNTED_MAX + 1);
  const isLarge = await cache.get(
    `large log ${kind}`,
    LARGE_FRESH_MS,
    async () => (await count()) > COUNTED_MAX,
  );
  const counted = isLarge ? COUNTED_MAX + 1 : await count();
  return counted > COUNTED_MAX || seen > counted
    ? { total: Math.max(seen, COUNTED_MAX), isTotalApproximate: true }
    : { total: counted, isTotalApproximate: false };
}
