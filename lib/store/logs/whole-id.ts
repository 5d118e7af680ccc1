import type { Reader } from '../database/database';
import type { LogFilters } from './log-filter';

/** What may be the whole id of a request. Names of models may look like one too: looking costs next to nothing. */
const MAYBE_ID = /^[\w.:-]{12,128}$/;

/**
 * The filter for a text that is the whole id of a request in the log: that is found by its index, however many rows
 * there are. Any other text has to be looked for in each row.
 */
export async function byWholeId<Filters extends LogFilters>(
  database: Reader,
  table: string,
  filters: Filters,
): Promise<Filters> {
  const { text } = filters;
  if (text === undefined || !MAYBE_ID.test(text)) return filters;
  const index = database.dialect.byIndex(`${table}_requestId_id_idx`);
  const found = await database.query(`SELECT 1 AS found FROM ${table} ${index} WHERE requestId = ? LIMIT 1`, [
    text,
  ]);
  if (found.length === 0) return filters;
  return { ...filters, text: undefined, requestId: text };
}
