import { numberColumn, textColumn } from './database/columns';
import type { Database, SqlRow } from './database/database';
import { newRowId } from './database/row-id';
import { StoreError } from './store-error';
import type { WriteParts } from './write-parts';

/** What a page of the dashboard shows, under a name. Times are milliseconds since the epoch. */
export interface SavedViewRow {
  readonly id: string;
  /** At most 16 characters. */
  readonly page: string;
  /** At most 80 characters; a page has a name once. */
  readonly name: string;
  /** JSON, made by the caller, without secrets. */
  readonly state: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Starts at 1; one more with each edit. */
  readonly version: number;
}

export interface SavedViewStore {
  /** By page, then name. */
  list(): Promise<SavedViewRow[]>;
}

export interface SavedViewWrites {
  /** Undefined if there are `max` already. Throws `duplicate` for a name that the page has. */
  create(view: Pick<SavedViewRow, 'page' | 'name' | 'state'>, max: number): Promise<SavedViewRow | undefined>;
  /**
   * Returns the view as it is then. Throws `not_found`; `duplicate` for a name that the page has; `conflict` when
   * `expectedVersion` is given and is not the stored version.
   */
  update(
    id: string,
    patch: Partial<Pick<SavedViewRow, 'name' | 'state'>>,
    expectedVersion?: number,
  ): Promise<SavedViewRow>;
  /** Returns the view as it was. Throws `not_found`. */
  remove(id: string): Promise<SavedViewRow>;
}

const COLUMNS = ['id', 'page', 'name', 'state', 'createdAt', 'updatedAt', 'version'] as const;
const SELECT = `SELECT ${COLUMNS.join(', ')} FROM SavedView`;

export function createSavedViewStore(database: Database): SavedViewStore {
  return {
    async list() {
      return (await database.query(`${SELECT} ORDER BY page, name`)).map(readView);
    },
  };
}

export function savedViewWrites({ session, dialect, now }: WriteParts): SavedViewWrites {
  const places = COLUMNS.map(() => '?').join(', ');
  const find = async (id: string): Promise<SavedViewRow> => {
    const [row] = await session.query(`${SELECT} WHERE id = ? ${dialect.lockRows}`, [id]);
    if (row === undefined) throw new StoreError('not_found', 'The view does not exist');
    return readView(row);
  };
  return {
    async create(view, max) {
      const count = `SELECT id FROM SavedView ${dialect.lockRows}`;
      // Whoever waits for the rows of another that adds one sees that one only with the next look.
      await session.query(count);
      if ((await session.query(count)).length >= max) return undefined;
      const at = now();
      const row = { id: newRowId(at), ...view, createdAt: at, updatedAt: at, version: 1 };
      await session.execute(
        `INSERT INTO SavedView (${COLUMNS.join(', ')}) VALUES (${places})`,
        COLUMNS.map((name) => row[name]),
      );
      return row;
    },

    async update(id, patch, expectedVersion) {
      const before = await find(id);
      if (expectedVersion !== undefined && before.version !== expectedVersion)
        throw new StoreError('conflict', 'The view was changed by somebody else');
      const after = { ...before, ...patch, updatedAt: now(), version: before.version + 1 };
      await session.execute(
        'UPDATE SavedView SET name = ?, state = ?, updatedAt = ?, version = ? WHERE id = ?',
        [after.name, after.state, after.updatedAt, after.version, id],
      );
      return after;
    },

    async remove(id) {
      const row = await find(id);
      await session.execute('DELETE FROM SavedView WHERE id = ?', [id]);
      return row;
    },
  };
}

function readView(row: SqlRow): SavedViewRow {
  return {
    id: textColumn(row, 'id'),
    page: textColumn(row, 'page'),
    name: textColumn(row, 'name'),
    state: textColumn(row, 'state'),
    createdAt: numberColumn(row, 'createdAt'),
    updatedAt: numberColumn(row, 'updatedAt'),
    version: numberColumn(row, 'version'),
  };
}
