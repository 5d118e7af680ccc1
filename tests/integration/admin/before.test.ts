import Sqlite from 'better-sqlite3';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { statsApi } from '../../../lib/admin/contract/stats';
import { ROLLUP_COLUMNS } from '../../../lib/store/usage/rollup-row';
import { CLIENT, useServer } from './support';

const parts = useServer();

it('the overview tells what the time right before its range had', async () => {
  const { server, call } = parts;
  for (let times = 0; times < 3; times += 1) {
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${CLIENT}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o-mini', messages: [] }),
    });
    await response.text();
  }
  const database = new Sqlite(join(server.dataDir, 'default_db.sqlite'));
  const written = database.prepare<[], { readonly sum: number | null }>(
    "SELECT SUM(requests) AS sum FROM UsageRollup WHERE resolution = 'minute'",
  );
  await expect.poll(() => written.get()?.sum).toBe(3);
  const columns = ROLLUP_COLUMNS.map((name) => (name === 'bucketStart' ? 'bucketStart - 3600000' : name));
  database.exec(
    `INSERT INTO UsageRollup (${ROLLUP_COLUMNS.join()}) SELECT ${columns.join()} FROM UsageRollup WHERE resolution = 'minute'`,
  );
  database.close();

  const hour = await call(statsApi.overview, { range: '1h' });
  expect([hour.totals.requests, hour.before.requests]).toEqual([3, 3]);
  expect(hour.before).toEqual(hour.totals);
  const day = await call(statsApi.overview, { range: '24h' });
  expect([day.totals.requests, day.before.requests]).toEqual([6, 0]);
});
