import Sqlite from 'better-sqlite3';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { statsApi } from '../../../lib/admin/contract/stats';
import { reply } from '../../support/scripted-upstream';
import { CLIENT, ENV_KEYS, useServer } from './support';

const parts = useServer();

async function ask(): Promise<number> {
  const response = await fetch(`${parts.server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${CLIENT}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [] }),
  });
  await response.text();
  return response.status;
}

it('a request that another key has answered is counted as saved, wherever requests are counted', async () => {
  const { call, upstream } = parts;
  for (let times = 0; times < 3; times += 1) expect(await ask()).toBe(200);
  for (const range of ['1h', '24h', '7d', '30d'] as const) {
    const { totals } = await call(statsApi.overview, { range });
    expect([totals.requests, totals.attempts, totals.rescued]).toEqual([3, 3, 0]);
  }

  // All keys but one say no, so that whichever is asked first, another one answers.
  for (const key of ENV_KEYS.slice(1)) upstream.forKey(key, reply.rateLimited({ retryAfter: '600' }));
  for (let times = 0; times < 3; times += 1) expect(await ask()).toBe(200);
  const { totals } = await call(statsApi.overview, { range: '24h' });
  expect(totals.requests).toBe(6);
  expect(totals.failedAttempts).toBeGreaterThan(0);
  expect(totals.rescued).toBeGreaterThan(0);
  expect(totals.rescued).toBeLessThanOrEqual(totals.failedAttempts);
  for (const list of [statsApi.providers, statsApi.models, statsApi.tokens]) {
    const { items } = await call(list, { range: '24h' });
    expect(items.reduce((sum, item) => sum + (item.totals.rescued ?? 0), 0)).toBe(totals.rescued);
  }
});

it('what a version has counted that did not know it is not known, and no part of the sum', async () => {
  const { call, server } = parts;
  const database = new Sqlite(join(server.dataDir, 'default_db.sqlite'));
  const written = database.prepare<[], { readonly sum: number | null }>(
    "SELECT SUM(requests) AS sum FROM UsageRollup WHERE resolution = 'minute'",
  );
  await expect.poll(() => written.get()?.sum).toBe(6);
  const at = Math.floor(Date.now() / 60_000) * 60_000 - 20 * 3_600_000;
  database
    .prepare(
      `INSERT INTO UsageRollup (resolution, bucketStart, provider, keyId, model, statusClass, requests)
       VALUES ('minute', ?, 'default', '', 'old', '2xx', 5)`,
    )
    .run(at);
  database.close();
  await expect
    .poll(async () => (await call(statsApi.overview, { range: '24h' })).totals.requests, {
      timeout: 20_000,
    })
    .toBe(11);
  expect((await call(statsApi.overview, { range: '24h' })).totals.rescued).toBeNull();
  expect((await call(statsApi.overview, { range: '1h' })).totals.rescued).not.toBeNull();
});
