import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { RequestTrace } from '../../../lib/balancer/attempts/trace';
import { keyHint } from '../../../lib/balancer/attribution/key-hint';
import type { ApiKeyRow } from '../../../lib/store/keys/key-row';
import type { ErrorLogRow, RequestLogRow } from '../../../lib/store/rows';
import { waitFor } from '../../support/wait-for';
import type { WithId } from './face';

/** A row as SQLite gives it: 0 and 1 for booleans. */
export type Raw<Row> = { readonly [Field in keyof Row]: Row[Field] extends boolean ? 0 | 1 : Row[Field] };

export type Key = Raw<Omit<ApiKeyRow, 'value' | 'modelCooldowns'>> & { readonly modelCooldowns: string };
export type RequestLog = Raw<Omit<RequestLogRow, 'attempts'>> & { readonly trace: RequestTrace };
export type ErrorLog = Raw<ErrorLogRow>;

/** The rows of a running server's database, looked at from outside. */
function rows<Row>(dataDir: string, sql: string, ...params: readonly unknown[]): Row[] {
  const database = new Sqlite(join(dataDir, 'default_db.sqlite'), { readonly: true, timeout: 5_000 });
  try {
    return database.prepare<unknown[], Row>(sql).all(...params);
  } finally {
    database.close();
  }
}

export async function readKey(
  dataDir: string,
  provider: string,
  secret: string,
  isAsWanted: (key: Key) => boolean,
): Promise<Key> {
  let last: Key | undefined;
  const sql =
    'SELECT ApiKey.* FROM ApiKey JOIN Provider ON Provider.id = providerId WHERE slug = ? AND hint = ?';
  return waitFor(
    () => {
      [last] = rows<Key>(dataDir, sql, provider, keyHint(secret));
      return last !== undefined && isAsWanted(last) ? last : undefined;
    },
    { intervalMs: 100, what: () => `the key's state; it is ${JSON.stringify(last)}` },
  );
}

export async function readRequestLog(dataDir: string, answer: WithId): Promise<RequestLog> {
  const requestId = String(answer.headers['x-request-id']);
  const row = await waitFor(
    () => rows<Raw<RequestLogRow>>(dataDir, 'SELECT * FROM RequestLog WHERE requestId = ?', requestId)[0],
    { intervalMs: 100, what: `the log row of ${requestId}` },
  );
  return { ...row, trace: JSON.parse(row.attempts) as RequestTrace };
}

export async function readErrorLogs(dataDir: string, answer: WithId, count: number): Promise<ErrorLog[]> {
  const requestId = String(answer.headers['x-request-id']);
  const sql = 'SELECT * FROM ErrorLog WHERE requestId = ? ORDER BY id';
  return waitFor(
    () => {
      const found = rows<ErrorLog>(dataDir, sql, requestId);
      return found.length >= count ? found : undefined;
    },
    { intervalMs: 100, what: `${count} error log rows of ${requestId}` },
  );
}
