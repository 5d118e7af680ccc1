export type DatabaseOptions =
  | { readonly type: 'sqlite'; readonly file: string }
  | {
      readonly type: 'mysql';
      readonly host: string;
      readonly port: number;
      readonly user: string | undefined;
      readonly password: string | undefined;
      readonly database: string;
      readonly socketPath: string | undefined;
    }
  | {
      readonly type: 'postgres';
      /** A name, an address, or the folder of a socket. */
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly password: string | undefined;
      readonly database: string;
      readonly sslMode: SslMode;
      /** The file with the certificates to trust; those that Node trusts unless given. */
      readonly sslRootCert: string | undefined;
    };

/** Without TLS, with TLS to whoever answers, or to a server whose certificate, or certificate and name, are checked. */
export type SslMode = 'disable' | 'require' | 'verify-ca' | 'verify-full';

export type SqlValue = string | number | Buffer | null;
export type SqlRow = Readonly<Record<string, unknown>>;

/** Statements of one session, in order. Identifiers are unquoted, placeholders are `?`, on all databases. */
export interface SqlSession {
  query(sql: string, params?: readonly SqlValue[]): Promise<SqlRow[]>;
  /** Number of rows changed. */
  execute(sql: string, params?: readonly SqlValue[]): Promise<number>;
  /**
   * Runs one statement once for each list of values, all or nothing, and returns the number of rows changed. The fast
   * way to write many rows: the statement is compiled once.
   */
  executeEach(sql: string, paramLists: readonly (readonly SqlValue[])[]): Promise<number>;
}

/** Lists for one `executeEach`: few enough that others need not wait long for the database. */
export const EACH_MAX = 200;
/**
 * Small rows for one `executeEach`. SQLite writes each page once a transaction, so more rows at once cost less each.
 */
export const SMALL_ROWS_MAX = 1_000;

/**
 * One open database. Every call rejects with a StoreError. Calls made at the same time never see or share one another's
 * transaction. After a lost connection the call fails and the next one connects again.
 */
export interface Database extends SqlSession {
  readonly dialect: Dialect;
  /**
   * For reads that take long: they find what was committed when they began, and nobody waits for them. On SQLite they
   * have a thread of their own, on a server they are as all others.
   */
  readonly reader: Reader;
  /** All or nothing. `work` may be run again after a deadlock, so it must not change anything but the database. */
  transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  /** Reads everything as it was at one moment, while others go on writing. */
  snapshot<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  /**
   * What has been read so far is not read again soon: it need not stay in memory here. Nothing to do for a server.
   */
  forgetRead(): Promise<void>;
  /** Rejects when the database does not answer, or has taken no write from anybody here for more than 5 s. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface Reader extends Pick<SqlSession, 'query'> {
  readonly dialect: Dialect;
}

export interface MergedColumns {
  readonly sum: readonly string[];
  readonly least: readonly string[];
  readonly most: readonly string[];
}

/** What the databases spell differently. */
export interface Dialect {
  readonly name: DatabaseOptions['type'];
  /**
   * Statements are carried out in this process, one at a time: they have to stay small, so that others have their turn.
   * On a server each costs a round trip instead.
   */
  readonly isLocal: boolean;
  /** Tail of an INSERT that leaves rows alone whose key is there already. */
  ignoreDuplicate(keyColumn: string): string;
  /**
   * Tail of an INSERT into `table` that adds these columns to the row whose key is there already, or keeps the lesser
   * or the greater of the two values; of NULL and a value that is NULL.
   */
  mergeOnDuplicate(table: string, keyColumns: readonly string[], columns: MergedColumns): string;
  /** Tail of an INSERT that overwrites these columns of the row whose key is there already. */
  replaceOnDuplicate(keyColumns: readonly string[], columns: readonly string[]): string;
  /** The time of the database, in milliseconds since the epoch. */
  readonly nowMs: string;
  /** Tail of a SELECT in a transaction: locks its rows until the transaction ends. */
  readonly lockRows: string;
  /** Behind a table's name in a SELECT: reads by this index, and by no other, where the database takes such orders. */
  byIndex(name: string): string;
  /** The same by the primary key; of a table that has no other key for its rows. */
  readonly byKey: string;
  /** Deletes the oldest rows before a time. Values: time, limit. */
  deleteOldest(table: string): string;
  /** Deletes the oldest usage buckets. Values: resolution, time, limit. */
  readonly deleteOldestBuckets: string;
  /** `column LIKE ?` without case; the pattern has gone through `foldCase` and escapes with `!`. */
  contains(column: string): string;
  /** As much of the case of a text as the database ignores: all of it, or that of the letters A to Z. */
  foldCase(text: string): string;
}
