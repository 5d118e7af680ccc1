export type StoreErrorCode =
  /** The row, or the row it refers to, is not there. */
  | 'not_found'
  /** The row has changed since it was read. */
  | 'conflict'
  /** A row with the same unique value is there already. */
  | 'duplicate'
  /** Wrong encryption key, or the stored text was changed. */
  | 'decrypt_failed'
  | 'migration_failed'
  /** The database refused or did not answer; the call may be repeated later. */
  | 'database_failed';

const STATUSES = {
  not_found: 404,
  conflict: 409,
  duplicate: 409,
  decrypt_failed: 500,
  migration_failed: 500,
  database_failed: 503,
} as const satisfies Record<StoreErrorCode, number>;

/**
 * The only kind of error that leaves `lib/store`. Tell them apart by `code`. The message never holds a stored value;
 * `cause` is the driver's own error, for logs only.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly status: number;

  constructor(
    readonly code: StoreErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = STATUSES[code];
  }
}
