import type { LogFilters, LogPage, LogPageQuery } from '../../store/logs/log-table';

interface Table<Row> {
  page(query: LogPageQuery): Promise<LogPage<Row>>;
}

const PAGE_ROWS = 500;
/** So that a walk ends soon after its reader has left, also where matching rows are rare. */
const PAGE_MS = 250;

/** All rows that pass, page by page, the newest first. Pages may be empty. Ends when `signal` fires. */
export async function* walkLog<Row>(
  table: Table<Row>,
  filters: LogFilters,
  signal: AbortSignal,
): AsyncGenerator<readonly Row[]> {
  let before: string | undefined;
  do {
    const page = await table.page({
      limit: PAGE_ROWS,
      filters,
      searchMs: PAGE_MS,
      signal,
      ...(before !== undefined && { before }),
    });
    if (signal.aborted) return;
    yield page.rows;
    before = page.nextBefore;
  } while (before !== undefined);
}
