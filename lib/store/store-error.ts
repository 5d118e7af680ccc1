export type StoreErrorCode =
  /** The row, or the row it refers to, is not there. */
  | 'not_found'
  /** Somebody else changed the row since it was read. */
  | 'conflict'
  /** A row with the same unique value is there already. */
  | 'duplicate'
  /** Wrong encryption key, or the stored text was changed. */
  | 'decrypt_failed'
  | 'migration_failed'
  /** The database refused or did not answer; the call may be repeated later. */
  | 'database_failed';

const FACTS = {
  not_found: { blame: 'client', status: 404 },
  conflict: { blame: 'client', status: 409 },
  duplicate: { blame: 'client', status: 409 },
  decrypt_failed: { blame: 'platform', status: 500 },
  migration_failed: { blame: 'platform', status: 500 },
  database_failed: { blame: 'platform', status: 503 },
} as const satisfies Record<StoreErrorCode, { blame: 'client' | 'platform'; status: number }>;

/**
 * The only kind of error that leaves `lib/store`. Tell them apart by `code`. The message never holds a stored value; `cause`
 * is the driver's own error, for logs only.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly blame: 'client' | 'platform';
  readonly status: number;

  constructor(
    readonly code: StoreErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.blame = FACTS[code].blame;
    this.status = FACTS[code].status;
  }
}
