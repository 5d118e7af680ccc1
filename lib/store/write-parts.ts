import type { Dialect, SqlSession } from './database/database';
import type { Cipher } from './secrets/cipher';

/** What the writes of an aggregate are made of. Over the session of a transaction they are part of it. */
export interface WriteParts {
  readonly session: SqlSession;
  readonly dialect: Dialect;
  readonly cipher: Cipher;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}
