import OpenAI from 'openai';
import { beforeEach, describe, expect, it } from 'vitest';
import { ObjectWorld } from '../../support/object-world';
import { reply, type ScriptedUpstream } from '../../support/scripted-upstream';
import { createDice } from '../../support/dice';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import {
  chat,
  countRows,
  databaseFile,
  keyRow,
  query,
  secretKey,
  TOKEN,
  useParts,
  type Load,
} from './support';

/** States of keys that are older must be on disk. */
const STATE_LOSS_MS = 5_000;
/** What a crash may lose at most. */
const LOSS_MS = 2_000;
const ROUNDS = 5;
const NAMES = ['aaa', 'bbb', 'ccc', 'ddd', 'eee'];

const parts = useParts();
let upstream: ScriptedUpstream;
let dataDir: string;

beforeEach(async () => {
  upstream = await parts.upstream();
  dataDir = await parts.dataDir();
});

function start(): Promise<RunningServer> {
  const env = {
    BASE_URL: upstream.baseUrl,
    API_KEYS: NAMES.map(secretKey).join(','),
    ALLOWED_TOKENS: TOKEN,
    MAX_FAILURES: '1',
    MAX_RETRIES: '4',
  };
  return parts.server({ dataDir, env });
}

async function crash(server: RunningServer): Promise<string> {
  server.kill('SIGKILL');
  expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });
  const file = databaseFile(server);
  expect(query(file, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(query(file, 'PRAGMA foreign_key_check')).toEqual([]);
  return file;
}

const usesIn = (file: string) =>
  query<{ uses: string | null }>(file, "SELECT uses FROM ApiKey WHERE hint LIKE '%-lim'")[0]?.uses ?? '';

describe('kill -9 and a new start', () => {
  it('keep disabled keys with their reasons and long cooldowns, and no key twice', async () => {
    upstream.forKey(
      secretKey('bbb'),
      reply.error(401, { message: 'This key was revoked', code: 'invalid_api_key' }),
    );
    upstream.forKey(secretKey('ccc'), reply.rateLimited({ retryAfter: '3000' }));
    upstream.forKey(
      secretKey('ddd'),
      reply.error(429, { code: 'insufficient_quota' }, { 'retry-after': '7200' }),
    );
    let server = await start();
    const file = databaseFile(server);
    for (let request = 0; request < NAMES.length; request += 1) await chat(server.url);
    await waitFor(
      () =>
        keyRow(file, 'bbb')?.isDisabled === 1 &&
        keyRow(file, 'ccc')?.modelCooldowns !== '{}' &&
        keyRow(file, 'ddd')?.isDisabled === 1,
      { timeoutMs: LOSS_MS, what: 'the states to be on disk' },
    );
    const before = query(file, 'SELECT * FROM ApiKey ORDER BY id');

    for (let round = 0; round < 3; round += 1) {
      await crash(server);
      server = await start();
      expect(countRows(file, 'ApiKey')).toBe(NAMES.length);
      const uses = () => ['bbb', 'ccc', 'ddd'].map((name) => upstream.requestsOf(secretKey(name)).length);
      const usesBefore = uses();
      for (let request = 0; request < 10; request += 1) expect((await chat(server.url)).status).toBe(200);
      expect(uses()).toEqual(usesBefore);
    }
    expect(keyRow(file, 'bbb')?.reason).toContain('This key was revoked');
    const kept = 'id, providerId, isDisabled, disabledBy, reason, cooldownUntil, modelCooldowns';
    const columns = kept.split(', ');
    const only = (row: Record<string, unknown>) =>
      Object.fromEntries(columns.map((column) => [column, row[column]]));
    expect(query(file, `SELECT ${kept} FROM ApiKey ORDER BY id`)).toEqual(before.map(only));
  });

  it('keep what a key used of its day: at its limit before, it is at its limit after', async () => {
    const limited = {
      name: 'Limited',
      base_url: upstream.baseUrl,
      api_keys: [{ key: secretKey('lim'), limits: { requests_per_day: 3 }, account: 'a' }],
    };
    const env = { PROVIDERS_CONFIG: JSON.stringify([limited]), ALLOWED_TOKENS: TOKEN, WAIT_SECONDS: '0' };
    const ask = async ({ url }: RunningServer) => (await chat(url, { path: '/limited/v1' })).status;
    let server = await parts.server({ dataDir, env });
    expect([await ask(server), await ask(server)]).toEqual([200, 200]);
    const file = databaseFile(server);
    const usedOnDisk = () => /"d":\[\d+,2,/.test(usesIn(file));
    await waitFor(usedOnDisk, {
      timeoutMs: LOSS_MS,
      what: () => `two uses on disk: ${usesIn(file)}`,
    });
    await crash(server);
    server = await parts.server({ dataDir, env });
    expect([await ask(server), await ask(server)]).toEqual([200, 429]);
  });

  it('keep what a key used of its day, though they come milliseconds after the answer', async () => {
    const limits = { requests_per_day: 100, tokens_per_day: 100_000 };
    const [name, key] = ['Limited', secretKey('lim')];
    const limited = { name, base_url: upstream.baseUrl, api_keys: [{ key, limits }] };
    const env = { PROVIDERS_CONFIG: JSON.stringify([limited]), ALLOWED_TOKENS: TOKEN };
    let kept = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const server = await parts.server({ dataDir, env });
      expect((await chat(server.url, { path: '/limited/v1' })).status).toBe(200);
      // As long as one exchange takes.
      await fetch(`${server.url}/health`);
      const file = await crash(server);
      const used = Number(/"d":\[\d+,(\d+),/.exec(usesIn(file))?.[1] ?? 0);
      expect(used).toBeLessThanOrEqual(kept + 1);
      kept = used;
    }
    // Other writes may be before it.
    expect(kept).toBeGreaterThanOrEqual(ROUNDS - 1);
  });

  it('keep who has made an object, though they come milliseconds after the answer that shows it', async () => {
    const world = await ObjectWorld.start();
    const env = {
      BASE_URL: world.baseUrl,
      API_KEYS: NAMES.map(secretKey).join(','),
      ALLOWED_TOKENS: TOKEN,
      MAX_RETRIES: '0',
    };
    const input = { model: 'gpt-4o-mini', input: 'x' };
    const kept: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const server = await parts.server({ dataDir, env });
      const { responses } = new OpenAI({ apiKey: TOKEN, baseURL: `${server.url}/v1`, maxRetries: 0 });
      const file = databaseFile(server);
      const isKept = (id: string) =>
        query(file, `SELECT * FROM ObjectOwner WHERE objectId = '${id}'`).length > 0;
      // It has been at work. And the other one is not at the key that is asked first after a start.
      const { id: first } = await responses.create(input);
      await waitFor(() => isKept(first), { what: 'the owner of the first one to be on disk' });
      const { id } = await responses.create(input);
      // As long as one exchange takes.
      await fetch(`${server.url}/health`);
      await crash(server);
      if (isKept(id)) kept.push(id);
    }
    // Other writes may be before it, such as those of log rows twice a second.
    expect(kept.length).toBeGreaterThanOrEqual(ROUNDS - 1);

    const { url } = await parts.server({ dataDir, env });
    const { responses } = new OpenAI({ apiKey: TOKEN, baseURL: `${url}/v1`, maxRetries: 0 });
    for (const id of kept) await responses.create({ ...input, previous_response_id: id });
    expect(world.missed).toEqual([]);
    await world.stop();
  });

  it('lose no request that was finished two seconds before, and keep every row once', async () => {
    let server = await start();
    const file = databaseFile(server);
    let finished = 0;
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => chat(server.url)));
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      finished += answers.length;
      await waitFor(() => countRows(file, 'RequestLog') === finished, {
        timeoutMs: LOSS_MS,
        what: () => `${finished} rows on disk; there are ${countRows(file, 'RequestLog')}`,
      });
      await crash(server);
      expect(countRows(file, 'RequestLog')).toBe(finished);
      server = await start();
    }
    expect(countRows(file, 'RequestLog')).toBe(finished);
  });

  it('under load: the file stays sound, what was lost is the last two seconds at most, and it serves again', async () => {
    let lastFinishedBefore = 0;
    for (let round = 0; round < 3; round += 1) {
      const server = await start();
      const load: Load = parts.load(server, { loops: 8 });
      await load.more(100);
      const old = load.succeeded;
      const oldAt = Date.now();
      const inDatabase = () =>
        query<{ rows: number }>(
          databaseFile(server),
          `SELECT COUNT(*) AS rows FROM RequestLog WHERE status = 200`,
        )[0]?.rows ?? 0;
      // Rows of before come in order, so this many rows hold all that was finished by then.
      await waitFor(() => inDatabase() >= lastFinishedBefore + old, {
        timeoutMs: LOSS_MS,
        what: () => `${old} rows, ${Date.now() - oldAt} ms after their requests were finished`,
      });
      const file = await crash(server);
      await load.stop();
      const rows = inDatabase();
      expect(rows).toBeGreaterThanOrEqual(lastFinishedBefore + old);
      lastFinishedBefore = rows;
      expect(countRows(file, 'ApiKey')).toBe(NAMES.length);
    }
    const server = await start();
    expect((await chat(server.url)).status).toBe(200);
  });

  it(
    '20 times at random under load: each start comes up by itself, and no state of a key is lost that is 5 s old',
    { timeout: 300_000 },
    async () => {
      const dice = createDice(20_261_124);
      const names = Array.from({ length: 12 }, (_, index) => `k${String(index).padStart(2, '0')}`);
      /** When a key was last told that it is revoked. */
      const toldAt = new Map<string, number>();
      for (const name of names.slice(0, 10)) {
        const refuse = reply.error(401, { code: 'invalid_api_key' });
        // Each of them from another moment on.
        const good = Array.from({ length: dice.below(60) }, () => reply.healthy);
        upstream.forKey(secretKey(name), reply.healthy, ...good, (request, response) => {
          toldAt.set(name, Date.now());
          return refuse(request, response);
        });
      }
      const env = {
        BASE_URL: upstream.baseUrl,
        API_KEYS: names.map(secretKey).join(','),
        ALLOWED_TOKENS: TOKEN,
        MAX_FAILURES: '1',
        MAX_RETRIES: '12',
      };
      for (let round = 0; round < 20; round += 1) {
        const server = await parts.server({ dataDir, env });
        const load = parts.load(server, { loops: 6 });
        await load.more(dice.below(150));
        server.kill('SIGKILL');
        await server.exited;
        const killedAt = Date.now();
        await load.stop();
        const file = databaseFile(server);
        expect(query(file, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
        expect(query(file, 'PRAGMA foreign_key_check')).toEqual([]);
        expect(countRows(file, 'ApiKey')).toBe(names.length);
        const old = [...toldAt].filter(([, at]) => at < killedAt - STATE_LOSS_MS).map(([name]) => name);
        expect(old.filter((name) => keyRow(file, name)?.isDisabled !== 1)).toEqual([]);
      }
      // The run was long enough to mean something.
      expect(toldAt.size).toBeGreaterThanOrEqual(5);
      const server = await parts.server({ dataDir, env });
      expect((await chat(server.url)).status).toBe(200);
    },
  );

  it('in the middle of the first start leave nothing that a second start cannot use', async () => {
    for (let round = 0; round < 4; round += 1) {
      const fresh = await parts.dataDir();
      const killed = await parts.server({ dataDir: fresh, waitUntil: 'spawned' });
      // At a different moment each time: while it is still being loaded, when it says something, when the file is
      // there.
      if (round === 1) await killed.waitForOutput(/\S/);
      if (round === 2)
        await waitFor(() => query(databaseFile(killed), 'SELECT 1').length > 0, {
          intervalMs: 1,
          what: 'the file',
        });
      if (round === 3)
        await waitFor(() => countRows(databaseFile(killed), 'ApiKey') === 0, {
          intervalMs: 1,
          what: 'a table',
        });
      killed.kill('SIGKILL');
      await killed.exited;
      const server = await parts.server({ dataDir: fresh });
      expect(query(databaseFile(server), 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    }
  });
});
