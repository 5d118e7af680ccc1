import { readFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { reply } from '../../support/scripted-upstream';
import { chat, databaseFile, envFile, query, secretKey, TOKEN, useParts } from './support';

const REQUESTS = 1_500;
const PARALLEL = 6;
const MODEL_CHARACTERS = 1_000_000;
const parts = useParts();

function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

it('models of a megabyte, while the database takes nothing, fill neither the memory nor the log', async () => {
  const upstream = await parts.upstream();
  let lengthMin = Infinity;
  upstream.fallbackReply = (request, response) => {
    lengthMin = Math.min(lengthMin, request.body.length);
    upstream.requests = [];
    return request.body.length % 2 === 0
      ? reply.healthy(request, response)
      : reply.error(404, { message: `no model ${request.body.toString('latin1', 0, 50_000)}` })(
          request,
          response,
        );
  };
  const settings = { BASE_URL: upstream.baseUrl, API_KEYS: [secretKey('aaa')], ALLOWED_TOKENS: [TOKEN] };
  const server = await parts.server({
    envFile: envFile({ ...settings, ERROR_LOG_RECORD_REQUEST_BODY: true }),
    env: { NODE_OPTIONS: '--max-old-space-size=192' },
  });
  const locker = new Sqlite(databaseFile(server), { timeout: 5_000 });
  locker.exec('BEGIN IMMEDIATE');

  let sent = 0;
  const send = async (): Promise<void> => {
    while (sent < REQUESTS) {
      const model = `${(sent += 1)}-`.padEnd(MODEL_CHARACTERS + (sent % 2), 'm');
      expect([200, 404]).toContain((await chat(server.url, { model })).status);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, send));

  expect(lengthMin).toBeGreaterThan(MODEL_CHARACTERS);
  expect(residentMegabytes(server.pid)).toBeLessThan(600);
  expect(server.stdout().length).toBeLessThan(REQUESTS * 2_500);
  locker.exec('COMMIT');
  locker.close();
  server.kill('SIGTERM');
  await server.exited;
  const [{ longest }] = query(
    databaseFile(server),
    'SELECT MAX(LENGTH(model)) AS longest FROM RequestLog',
  ) as [{ longest: number }];
  expect(longest).toBe(191);
  const [{ names }] = query(
    databaseFile(server),
    "SELECT COUNT(DISTINCT model) AS names FROM UsageRollup WHERE resolution = 'minute'",
  ) as [{ names: number }];
  expect(names).toBeLessThanOrEqual(1_102);
}, 240_000);
