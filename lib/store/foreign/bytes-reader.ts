import { setImmediate as nextTurn } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import type { SqlRow } from '../database/database';
import { StoreError } from '../store-error';
import type { ForeignReader } from './foreign-reader';

/** Of all tables together: more than an installation has of what is read. */
export const ROWS_MAX = 100_000;
const TURN_ROWS = 1_000;
/** Where a SQLite file says how it is written, and read. */
const VERSIONS_AT = [18, 19] as const;
const ROLLBACK_JOURNAL = 1;

/** Reads the bytes of a SQLite file in memory. They are changed, and need not be what they claim to be. */
export async function withBytesReader<T>(
  bytes: Buffer,
  work: (reader: ForeignReader) => Promise<T>,
): Promise<T> {
  // One with a log beside it cannot be opened in memory; what the log has is not among the bytes.
  for (const at of VERSIONS_AT) if (bytes.length > at) bytes[at] = ROLLBACK_JOURNAL;
  const connection = new Sqlite(bytes, { readonly: true });
  try {
    connection.pragma('trusted_schema = OFF');
    connection.pragma('cell_size_check = ON');
    return await work(readerOf(connection, new Budget(bytes.length)));
  } finally {
    connection.close();
  }
}

/** A damaged or made-up file may have the same page many times over, and so more in it than it has bytes. */
class Budget {
  #rows = 0;
  #characters = 0;

  constructor(private readonly charactersMax: number) {}

  take(row: SqlRow): void {
    this.#rows += 1;
    for (const cell of Object.values(row)) {
      if (typeof cell === 'string' || cell instanceof Uint8Array) this.#characters += cell.length;
    }
    if (this.#rows > ROWS_MAX || this.#characters > this.charactersMax) {
      throw new StoreError(
        'database_failed',
        `The database to move in from has too much in it to be read here: more than ${ROWS_MAX} rows, or it is damaged`,
      );
    }
  }

  get isTurn(): boolean {
    return this.#rows % TURN_ROWS === 0;
  }
}

function readerOf(connection: Sqlite.Database, budget: Budget): ForeignReader {
  return {
    columnsOf: (table) => {
      const known = connection
        .prepare<[string], { type: string }>("SELECT type FROM pragma_table_list(?) WHERE schema = 'main'")
        .get(table);
      if (known?.type !== 'table') return Promise.resolve([]);
      // Without columns that are computed.
      const columns = connection.prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)');
      return Promise.resolve(columns.all(table).map(({ name }) => name));
    },
    rowsOf: async (table, columns) => {
      const list = columns.map((column) => `"${column}"`).join(', ');
      const rows: SqlRow[] = [];
      for (const row of connection.prepare<[], SqlRow>(`SELECT ${list} FROM main."${table}"`).iterate()) {
        budget.take(row);
        rows.push(row);
        if (budget.isTurn) await nextTurn();
      }
      return rows;
    },
  };
}
