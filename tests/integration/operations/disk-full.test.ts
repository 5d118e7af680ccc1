import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePrometheus, sumOf } from '../../support/prometheus';
import { reply, type ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { canMountSmallDisk, mountSmallDisk, unmount } from '../../support/small-disk';
import { tempDir, type TempDir } from '../../support/temp-dir';
import { waitFor } from '../../support/wait-for';
import {
  ADMIN_TOKEN,
  chat,
  countRows,
  databaseFile,
  envFile,
  keyRow,
  query,
  secretKey,
  TOKEN,
  useParts,
} from './support';

const canMount = await canMountSmallDisk();

const parts = useParts();
let disk: TempDir;
let upstream: ScriptedUpstream;
let server: RunningServer;
let isMounted = false;

beforeEach(async () => {
  disk = await tempDir('disk');
  isMounted = canMount && mountSmallDisk(disk.path, 16);
  upstream = await parts.upstream();
  upstream.fallbackReply = async (request, response) => {
    await delay(4);
    return reply.healthy(request, response);
  };
});

afterEach(async () => {
  server.kill('SIGKILL');
  await server.stop();
  if (isMounted) unmount(disk.path);
  await disk.remove();
});

function fill(): () => void {
  const path = join(disk.path, 'filler');
  const file = openSync(path, 'w');
  try {
    for (let size = 2 ** 20; size >= 1; size = Math.floor(size / 16)) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
      }
    }
  } finally {
    closeSync(file);
  }
  return () => rmSync(path);
}

async function metrics() {
  const response = await fetch(`${server.url}/metrics`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  return parsePrometheus(await response.text());
}

describe.skipIf(!canMount)('a full disk', () => {
  beforeEach(async () => {
    const settings = {
      BASE_URL: upstream.baseUrl,
      API_KEYS: ['aaa', 'bbb', 'ccc'].map(secretKey),
      ALLOWED_TOKENS: [TOKEN],
      AUTH_TOKEN: ADMIN_TOKEN,
      MAX_FAILURES: 1,
    };
    server = await parts.server({ dataDir: join(disk.path, 'data'), envFile: envFile(settings) });
  });

  it('stops no request; what waits is shown, and all of it is written once there is room again', async () => {
    const file = databaseFile(server);
    const load = parts.load(server, { loops: 4 });
    await load.more(50);
    const makeRoom = fill();
    upstream.forKey(secretKey('ccc'), reply.error(401));
    await server.waitForOutput(/writing logs failed; it is tried again/, { timeoutMs: 30_000 });
    await load.more(300);
    expect(sumOf(await metrics(), 'openai_balance_log_rows_queued')).toBeGreaterThan(100);
    expect((await chat(server.url)).status).toBe(200);
    const full = await fetch(`${server.url}/ready`);
    expect([full.status, await full.json()]).toMatchObject([
      503,
      { checks: { database: 'ok', disk: 'failing' } },
    ]);
    makeRoom();

    await load.more(50);
    await load.stop();
    expect(load.failures).toEqual([]);
    await waitFor(() => countRows(file, 'RequestLog') === load.succeeded + 1, {
      timeoutMs: 30_000,
      what: () => `${load.succeeded + 1} rows; there are ${countRows(file, 'RequestLog')}`,
    });
    await waitFor(() => keyRow(file, 'ccc')?.isDisabled === 1, { what: 'the state of the key' });
    await server.waitUntilReady();
    const after = await metrics();
    expect(sumOf(after, 'openai_balance_log_rows_total', { result: 'dropped' })).toBe(0);
    expect(query(file, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  it('is no reason not to stop in order; what is lost is told', async () => {
    expect((await chat(server.url)).status).toBe(200);
    fill();
    await Promise.all(Array.from({ length: 200 }, () => chat(server.url)));
    server.kill('SIGTERM');
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(server.stdout()).toMatch(/"count":\d+,"msg":"log rows were dropped"/);
    expect(query(databaseFile(server), 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });
});
