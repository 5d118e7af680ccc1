import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { jobFor, measure, type Measurement } from '../measure';
import type { Stage } from '../stage';
import { SMALL } from './requests';

const BLOCKS = 10;

export interface Soak {
  readonly requests: number;
  /** In the database after the end: rows of the request log, and requests that the statistics add up to. */
  readonly loggedRows: number;
  readonly countedRequests: number;
  readonly blocks: readonly Measurement[];
}

/**
 * Many requests in blocks, as fast as they are answered: do memory and latency stay, and is each request in the log?
 */
export async function soak(stage: Stage, requests: number): Promise<Soak> {
  const folder = join(stage.folder, 'soak');
  const gateway = await stage.gateway({ folder });
  const job = jobFor(gateway, SMALL, { kind: 'closed', connections: 32, requests: requests / BLOCKS });
  const blocks: Measurement[] = [];
  for (let block = 1; block <= BLOCKS; block++) {
    blocks.push(await measure(`block ${block}`, stage.load, gateway, job));
  }
  await gateway.program.stop();
  const database = new Sqlite(join(folder, 'data', 'default_db.sqlite'), { readonly: true });
  const number = (sql: string) => database.prepare<[], number>(sql).pluck().get() ?? 0;
  const loggedRows = number('SELECT COUNT(*) FROM RequestLog');
  // Each counts once for all keys together, and once more for its own.
  const countedRequests = number("SELECT SUM(requests) FROM UsageRollup WHERE resolution = 'minute'");
  database.close();
  return { requests, loggedRows, countedRequests, blocks };
}
