import type { LogFilters, LogPage, LogPageQuery } from '../../store';

interface Table<Row> {
  page(query: LogPageQuery): Promise<LogPage<Row>>;
}

const PAGE_ROWS = 500;

/** All rows that pass, page by page, the newest first. */
export async function* walkLog<Row>(table: Table<Row>, filters: LogFilters): AsyncGenerator<readonly Row[]> {
  let before: string | undefined;
  do {
    const page = await table.page({ limit: PAGE_ROWS, filters, ...(before !== undefined && { before }) });
    yield page.rows;
    before = page.nextBefore;
  } while (before !== undefined);
}
