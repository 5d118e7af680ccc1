import { StoreError } from '../store-error';
import type { StoreErrorCode } from '../store-error';

/** Driver codes that mean more than «the database failed». Everything else is `database_failed`. */
const CODES: Readonly<Record<string, StoreErrorCode>> = {
  SQLITE_CONSTRAINT_UNIQUE: 'duplicate',
  SQLITE_CONSTRAINT_PRIMARYKEY: 'duplicate',
  SQLITE_CONSTRAINT_FOREIGNKEY: 'not_found',
  ER_DUP_ENTRY: 'duplicate',
  ER_NO_REFERENCED_ROW: 'not_found',
  ER_NO_REFERENCED_ROW_2: 'not_found',
  // PostgreSQL: unique_violation, foreign_key_violation
  23505: 'duplicate',
  23503: 'not_found',
};

const MESSAGES: Readonly<Record<StoreErrorCode, string>> = {
  duplicate: 'A row with the same unique value exists already',
  not_found: 'The row does not exist',
  conflict: 'The row was changed by somebody else',
  decrypt_failed: 'Stored text could not be decrypted',
  migration_failed: 'The database could not be migrated',
  database_failed: 'The database did not carry out the statement',
};

/** `code` of a driver's or Node's error: `SQLITE_BUSY`, `ER_LOCK_DEADLOCK`, `40P01`... */
export function driverCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The driver's own words stay in `cause`: they can hold the statement's values. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const driver = driverCode(error);
  const code = (driver === undefined ? undefined : CODES[driver]) ?? 'database_failed';
  return new StoreError(code, driver === undefined ? MESSAGES[code] : `${MESSAGES[code]} (${driver})`, error);
}

/**
 * Writes that fail because the disk is full or broken, or the database takes none. Of PostgreSQL: connection,
 * read-only, resources, shutdown, system.
 */
const OUTAGES =
  /^(SQLITE_(FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|BUSY|LOCKED)|ER_(DISK_FULL|RECORD_FILE_FULL)|(08|53)\w{3}$|25006|57P0|58\w{3}$)/;

/**
 * True when the error cannot be the fault of the row that was written. Whether it was written is not known: a
 * connection that is lost may have brought the commit through. False decides nothing.
 */
export function isOutage(error: unknown): boolean {
  const cause = error instanceof StoreError ? error.cause : error;
  // So the drivers of servers say that the connection is gone.
  if (typeof cause === 'object' && cause !== null && 'fatal' in cause && cause.fatal === true) return true;
  const code = driverCode(cause);
  return code !== undefined && OUTAGES.test(code);
}

const NO_ROOM = /^(SQLITE_FULL|SQLITE_IOERR|ER_DISK_FULL|ER_RECORD_FILE_FULL|53100|58030|ENOSPC|EDQUOT)/;

/** True when a write failed because the disk is full or broken. */
export function isDiskTrouble(error: unknown): boolean {
  const code = driverCode(error instanceof StoreError ? error.cause : error);
  return code !== undefined && NO_ROOM.test(code);
}
