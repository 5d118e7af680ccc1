import { driverCode } from '../database-error';

/** Deadlocks, and what a transaction lost to others: it may be tried again. */
const LOST_TO_OTHERS: ReadonlySet<string> = new Set(['40P01', '40001', '55P03']);

export function isLostToOthers(error: unknown): boolean {
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return LOST_TO_OTHERS.has(driverCode(cause) ?? '');
}

/**
 * Marks as `fatal`, as the driver of MySQL does, what is not the server's answer to a statement: the connection broke,
 * or there was none to be had.
 */
export function markLost(error: unknown): unknown {
  if (error instanceof Error && !('severity' in error)) Object.assign(error, { fatal: true });
  return error;
}

const WRONG_USER =
  'The PostgreSQL server does not let the user in: see POSTGRES_USER and POSTGRES_PASSWORD, or DATABASE_URL';
const WRONG_ADDRESS =
  'The PostgreSQL server cannot be reached: see POSTGRES_HOST and POSTGRES_PORT, or DATABASE_URL';
const WRONG_TLS = 'TLS with the PostgreSQL server failed: see POSTGRES_SSLMODE, or sslmode in DATABASE_URL';

/** What a start may run into, in words that name the setting. Never more of it than its name: it may be a secret. */
const AT_START: Readonly<Record<string, string>> = {
  '28P01': WRONG_USER,
  '28000': `${WRONG_USER}. The server may also ask for TLS: see POSTGRES_SSLMODE`,
  '3D000':
    'The PostgreSQL server has no such database, and the program makes none: see POSTGRES_DATABASE, or DATABASE_URL',
  '42501': 'The PostgreSQL user may not make tables in the database: it has to own it',
  '53300': 'The PostgreSQL server has no connection left',
  '25006': 'The PostgreSQL database is read-only',
  ECONNREFUSED: WRONG_ADDRESS,
  ECONNRESET: WRONG_ADDRESS,
  EHOSTUNREACH: WRONG_ADDRESS,
  ENETUNREACH: WRONG_ADDRESS,
  ENOENT: WRONG_ADDRESS,
  ENOTFOUND: WRONG_ADDRESS,
  EAI_AGAIN: WRONG_ADDRESS,
  ETIMEDOUT: WRONG_ADDRESS,
};

/** The words for an error at the start; undefined for what the error itself says best. */
export function wordsAtStart(error: unknown): string | undefined {
  const code = driverCode(error);
  if (code !== undefined && AT_START[code] !== undefined) return `${AT_START[code]} (${code})`;
  if (code !== undefined && /CERT|TLS|SSL|SELF_SIGNED|ISSUER/.test(code)) return `${WRONG_TLS} (${code})`;
  const words = error instanceof Error ? error.message : '';
  if (/\bSSL\b/.test(words)) return WRONG_TLS;
  if (/timeout/.test(words)) return WRONG_ADDRESS;
  return /\bSASL\b/.test(words) ? WRONG_USER : undefined;
}
