import type { LogFilters, LogPage, LogPageQuery } from '../../store';
import type { EndpointInput } from '../contract/endpoint';
import type { logsApi } from '../contract/logs';
import type { AdminContext } from '../context';
import { wrongField } from '../error';
import { logFilters } from './filters';
import { errorLogItem, requestLogItem } from './log-item';

type Input = EndpointInput<typeof logsApi.requests>;

interface Table<Row> {
  page(query: LogPageQuery): Promise<LogPage<Row>>;
  count(): Promise<number>;
}

/** Rows that a page number, unlike a cursor, may pass over. */
const SKIP_MAX = 10_000;
const SKIP_STEP = 500;
const COUNT_FRESH_MS = 10_000;

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
  itemOf: (row: Row) => Item,
) {
  const { page, pageSize, cursor, ...filter } = input;
  const filters = logFilters(filter, kind);
  const skipped = cursor === undefined ? (page - 1) * pageSize : 0;
  if (skipped > SKIP_MAX) throw wrongField('page', `reaches back ${SKIP_MAX} rows only; use the cursor`);
  const start = await skip(table, filters, skipped);
  const before = cursor ?? start.before;
  const { rows, nextBefore } = start.isEnd
    ? { rows: [], nextBefore: undefined }
    : await table.page({ limit: pageSize, filters, ...(before !== undefined && { before }) });
  const isFiltered = Object.keys(filters).length > 0;
  const seen = (cursor === undefined ? start.passed : (page - 1) * pageSize) + rows.length;
  return {
    items: rows.map(itemOf),
    total: isFiltered
      ? seen + (nextBefore === undefined ? 0 : 1)
      : Math.max(seen, await context.cache.get(`logs ${kind}`, COUNT_FRESH_MS, () => table.count())),
    isTotalApproximate: isFiltered && (nextBefore !== undefined || cursor !== undefined),
    page,
    pageSize,
    nextCursor: nextBefore ?? null,
  };
}

/** Walks down so many rows. */
async function skip<Row>(table: Table<Row>, filters: LogFilters, count: number) {
  let before: string | undefined;
  let passed = 0;
  while (passed < count) {
    const limit = Math.min(SKIP_STEP, count - passed);
    const { rows, nextBefore } = await table.page({
      limit,
      filters,
      ...(before !== undefined && { before }),
    });
    passed += rows.length;
    before = nextBefore;
    if (nextBefore === undefined) return { before, passed, isEnd: true };
  }
  return { before, passed, isEnd: false };
}
