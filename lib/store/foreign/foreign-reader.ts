import type { SqlRow } from '../database/database';

/** What reads one database. Names come from this program, never from the database or a person. */
export interface ForeignReader {
  /** Columns of a table; none if it is not there. */
  columnsOf(table: string): Promise<readonly string[]>;
  rowsOf(table: string, columns: readonly string[]): Promise<readonly SqlRow[]>;
}
