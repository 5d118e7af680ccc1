import { gzipSync } from 'node:zlib';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sourceProgramSchema } from '../../../../lib/admin/contract/installation';
import { moveIn } from '../../../../lib/admin/moving-in/move-in';
import type { MoveInput } from '../../../../lib/admin/moving-in/uploaded-source';
import { SOURCE_PROGRAM_NAMES } from '../../../../lib/moving-in/programs';
import { fixtureText } from '../../../support/moving-in';
import { world, type World } from '../support';

const KEY = 'test-encryption-key-16';

/** A SQLite file with all of a fixture, in base64. */
function databaseOf(fixture: string, also = '', pack = (bytes: Buffer) => bytes): string {
  const database = new Sqlite(':memory:');
  database.exec(fixtureText(fixture) + also);
  const bytes = database.serialize();
  database.close();
  return pack(bytes).toString('base64');
}

const gptLoad = (more: Partial<MoveInput> = {}): MoveInput => ({
  program: 'gpt-load',
  database: databaseOf('gpt-load-1.sql'),
  encryptionKey: KEY,
  preview: false,
  ...more,
});

async function counts({ store }: World) {
  const ignore = () => undefined;
  return [
    (await store.providers.list(ignore)).length,
    (await store.keys.loadAll(ignore)).length,
    (await store.egress.list(ignore)).length,
    (await store.clientTokens.list(ignore)).length,
  ];
}

/** What is refused, field by field; or by its code alone. */
const refusalOf = (one: World, input: MoveInput) =>
  moveIn(one.context, input).then(
    () => 'nothing was refused',
    (error: { code: string; message: string; fields?: object }) => error.fields ?? error.code + error.message,
  );

it('the contract names the programs that there are', () => {
  expect([...sourceProgramSchema.options].sort()).toEqual([...SOURCE_PROGRAM_NAMES].sort());
});

describe('moving in', () => {
  it('says what would come of it without writing, then does it at once, and does nothing twice', async () => {
    const one = await world();
    const before = await counts(one);
    const preview = await moveIn(one.context, gptLoad({ preview: true }));
    expect([await counts(one), await one.audit()]).toEqual([before, []]);

    const done = await moveIn(one.context, gptLoad());
    expect(done).toEqual({ ...preview, isPreview: false });
    expect(done).toMatchObject({ program: 'gpt-load', keysAdded: 8, tokensAdded: 5, proxiesAdded: 1 });
    expect(await counts(one)).toEqual(before.map((count, index) => count + ([6, 8, 1, 5][index] ?? 0)));
    expect(await one.audit()).toMatchObject([
      { action: 'installation.move-in', target: 'gpt-load', actor: 'bearer 203.0.113.7' },
    ]);
    // In force: the gateway knows the providers, their keys and the routes.
    const slugs = done.providers.map(({ slug }) => slug);
    expect([...one.gateway().providers.keys()]).toEqual(expect.arrayContaining(slugs));
    expect(one.context.settings.current.MODEL_ROUTES.length).toBe(done.routesAdded);
    expect(done.routesAdded).toBeGreaterThan(0);

    const again = await moveIn(one.context, gptLoad());
    expect(again).toMatchObject({ keysAdded: 0, tokensAdded: 0, routesAdded: 0 });
    expect(again.providers.every(({ isNew }) => !isNew)).toBe(true);
    expect(await one.audit()).toHaveLength(1);
  });

  it('lets all else have its turn between providers, and between tokens', async () => {
    const one = await world();
    const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
      INSERT INTO groups SELECT 1000 + i, 'many-' || i, '', 'sk-test-token-' || i, '', 'standard',
        '[{"url":"https://many.example.com","weight":1}]', '', 'openai', 0, 'gpt-4o', 'null', 'null', '[]', '{}', 0 FROM n;`;
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    const { store } = one.context;
    const change: typeof store.change = (by, work) =>
      store.change(by, async (write) => {
        setImmediate(count);
        return work(write).finally(() => (isDone = true));
      });
    const context = { ...one.context, store: { ...store, change } };
    const report = await moveIn(context, gptLoad({ database: databaseOf('gpt-load-1.sql', many) }));
    expect(turns).toBeGreaterThanOrEqual(report.providers.length + report.tokensAdded);
  });

  it('takes a database that is packed, or was written with a log beside it', async () => {
    const one = await world();
    const packed = gptLoad({ database: databaseOf('gpt-load-1.sql', '', gzipSync), preview: true });
    expect(await moveIn(one.context, packed)).toMatchObject({ keysAdded: 8 });
    const withLog = databaseOf('gpt-load-1.sql', '', (bytes) => {
      bytes[18] = 2;
      bytes[19] = 2;
      return bytes;
    });
    expect(await moveIn(one.context, gptLoad({ database: withLog, preview: true }))).toMatchObject({
      keysAdded: 8,
    });
  });

  it('takes a config.yaml with the variables of a .env, and what its .env has sealed keys with', async () => {
    const one = await world();
    const config = fixtureText('litellm.yaml');
    const environment = 'AZURE_KEY_EAST=azure-test-east-key\n';
    const report = await moveIn(one.context, { program: 'litellm', config, environment, preview: true });
    expect(report).toMatchObject({ keysAdded: 5, tokensAdded: 1 });
    const sealed = {
      ...gptLoad({ preview: true }),
      encryptionKey: ' ',
      environment: `ENCRYPTION_KEY=${KEY}`,
    };
    expect(await moveIn(one.context, sealed)).toMatchObject({ keysAdded: 8 });
  });

  it('writes nothing of what was sent, not even to a temporary file', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'move-in-'));
    const { TMPDIR } = process.env;
    process.env.TMPDIR = dir;
    onTestFinished(
      () => void (TMPDIR === undefined ? delete process.env.TMPDIR : (process.env.TMPDIR = TMPDIR)),
    );
    const one = await world();
    const known = readdirSync(dir).length;
    await moveIn(one.context, gptLoad({ preview: true }));
    expect(readdirSync(dir)).toHaveLength(known);
  });

  it('takes all or nothing', async () => {
    const one = await world();
    const before = await counts(one);
    const { context } = one;
    const { settings } = context;
    // Somebody changes the routes while the rest is being written.
    let reads = 0;
    const changing = {
      ...settings,
      get current() {
        reads += 1;
        return reads < 3 ? settings.current : { ...settings.current, MODEL_ROUTES: [] };
      },
      records: settings.records,
    };
    await expect(moveIn({ ...context, settings: changing }, gptLoad())).rejects.toMatchObject({
      code: 'conflict',
    });
    expect([await counts(one), await one.audit()]).toEqual([before, []]);
  });

  it('leaves the routes that are here as they are', async () => {
    const routes = '[{"name":"mine","targets":[{"provider":"default"}]}]';
    const one = await world({ MODEL_ROUTES: routes });
    const { routesAdded } = await moveIn(one.context, gptLoad());
    const { MODEL_ROUTES } = one.context.settings.current;
    expect([MODEL_ROUTES.length, MODEL_ROUTES[0]?.name]).toEqual([routesAdded + 1, 'mine']);
  });
});

describe('what was sent is refused, and no word of it is told, when', () => {
  const secret = 'sk-very-secret';
  const inBase64 = (text: string | Buffer) => Buffer.from(text).toString('base64');

  it.each<[string, Partial<MoveInput>, object]>([
    ['there is no file', { database: undefined }, { database: 'is missing' }],
    ['it is no database', { database: inBase64(secret) }, { database: 'is no SQLite database' }],
    ['it is nothing at all', { database: '' }, { database: 'is no SQLite database' }],
    [
      'it is cut off',
      { database: databaseOf('gpt-load-1.sql').slice(0, 8_000) },
      { database: expect.stringMatching(/no SQLite database, or a damaged one/) as string },
    ],
    [
      'it is packed and broken',
      { database: inBase64(Buffer.from([0x1f, 0x8b, 1, 2, 3])) },
      { database: 'is packed, and cannot be unpacked' },
    ],
    [
      'it is packed and far larger',
      { database: inBase64(gzipSync(Buffer.alloc(33 * 2 ** 20))) },
      { database: expect.stringMatching(/larger than the 32 MB/) as string },
    ],
    ['it has no such file', { config: `a: ${secret}` }, { config: 'is nothing that gpt-load has' }],
    ['its .env is none', { environment: `A=${secret}\0` }, { environment: 'is no text' }],
  ])('%s', async (_what, more, fields) => {
    const one = await world();
    const told = await refusalOf(one, { ...gptLoad(), ...more });
    expect(told).toEqual(fields);
    expect(JSON.stringify(told)).not.toContain(secret);
  });

  it('it is YAML of another kind, or none', async () => {
    const one = await world();
    for (const config of [`a: [${secret}`, `- ${secret}`]) {
      const told = JSON.stringify(await refusalOf(one, { program: 'litellm', config, preview: true }));
      expect(told).toMatch(/"config":"is no YAML/);
      expect(told).not.toContain(secret);
    }
  });

  it('it is of another program', async () => {
    const one = await world();
    const told = await refusalOf(one, { ...gptLoad(), program: 'gemini-balance' });
    expect(told).toMatch(/^invalid_input.*no table `t_settings`/);
  });

  it('its tables are views that never end', async () => {
    const one = await world();
    const views = new Sqlite(':memory:');
    views.exec(`CREATE TABLE groups (id, name); CREATE VIEW api_keys AS
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, i AS key_value FROM n;`);
    const database = views.serialize().toString('base64');
    views.close();
    expect(await refusalOf(one, gptLoad({ database }))).toMatch(/neither a table `api_keys`/);
  });

  it('it has more rows than are read here', async () => {
    const one = await world();
    const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100001)
      INSERT INTO api_keys SELECT 1000 + i, 'x', '', 5, 'active', '' FROM n;`;
    const database = databaseOf('gpt-load-1.sql', many, gzipSync);
    expect(await refusalOf(one, gptLoad({ database }))).toEqual({
      database: expect.stringMatching(/too much in it .* more than 100000 rows/) as string,
    });
  });
});
