import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../../../lib/cli/run';
import { fixturePath, makeSource } from '../../support/moving-in';
import { tempDir } from '../../support/temp-dir';

const KEY = 'test-encryption-key-16';

let folder: string;
let dataDir: string;
let at = Date.UTC(2026, 0, 1);

beforeEach(async () => {
  const dir = await tempDir('import-from');
  onTestFinished(() => dir.remove());
  folder = dir.path;
  dataDir = join(folder, 'data');
});

interface Ran {
  readonly code: number;
  readonly printed: string;
  readonly told: string;
}

async function run(args: readonly string[], { key = KEY, url = '' } = {}): Promise<Ran> {
  const output = { printed: '', told: '' };
  const code = await runCommand(args, {
    terminal: {
      print: (text) => void (output.printed += text),
      tell: (text) => void (output.told += text),
      readStdin: () => Promise.resolve(''),
      askSecret: () => Promise.resolve(undefined),
    },
    environment: {
      values: { DATA_DIR: dataDir },
      envFile: join(folder, '.env'),
      backupPassphrase: '',
      importDatabaseUrl: url,
      importEncryptionKey: key,
    },
    now: () => (at += 1),
  });
  return { code, ...output };
}

/** Typed as text, as it stands for one. */
const matching = (words: RegExp): string => expect.stringMatching(words) as string;

const count = (table: string): number => {
  const database = new Sqlite(join(dataDir, 'default_db.sqlite'), { readonly: true });
  const [row] = database.prepare<[], { n: number }>(`SELECT COUNT(*) AS n FROM ${table}`).all();
  database.close();
  return row?.n ?? 0;
};
const counts = () => ['Provider', 'ApiKey', 'EgressProxy', 'ClientToken'].map(count);

/** What is written in the column of a table, in the order of its ids. */
function column(table: string, name: string): unknown[] {
  const database = new Sqlite(join(dataDir, 'default_db.sqlite'), { readonly: true });
  const values = database.prepare(`SELECT ${name} FROM ${table} ORDER BY id`).pluck().all();
  database.close();
  return values;
}

const gptLoad = () => makeSource('gpt-load-1.sql', join(folder, 'gpt-load.db'));
const from = (program: string, file: string, ...more: string[]) => [
  'import-from',
  program,
  '--database',
  file,
  ...more,
];

describe('import-from', () => {
  it('says what would come of it without writing, then does it, and does nothing twice', async () => {
    const file = gptLoad();
    const preview = await run(from('gpt-load', file, '--preview'));
    expect(preview).toMatchObject({ code: 0, told: '' });
    expect(counts()).toEqual([0, 0, 0, 0]);

    const done = await run(from('gpt-load', file));
    expect(done.code).toBe(0);
    // The same words, but for the first line.
    expect(preview.printed.split('\n').slice(2).join('\n')).toBe(done.printed);
    expect(counts()).toEqual([6, 8, 1, 5]);
    expect(column('AuditLog', 'action')).toEqual(['installation.move-in']);
    expect(column('ApiKey', 'disabledBy').filter((by) => by !== null)).toEqual(['auto', 'auto']);

    const again = await run(from('gpt-load', file));
    expect(again.printed).toContain('here already');
    expect(counts()).toEqual([6, 8, 1, 5]);
    expect(count('AuditLog')).toBe(1);
  });

  it('brings what is new since the last time to the providers that it made then', async () => {
    const file = gptLoad();
    await run(from('gpt-load', file));
    const source = new Sqlite(file);
    source.exec("INSERT INTO api_keys VALUES (90, 'sk-test-new-one', '', 5, 'active', 'later')");
    source.close();
    await run(from('gpt-load', file));
    expect(counts()).toEqual([6, 9, 1, 5]);
  });

  it('takes another slug where a provider of another address has it', async () => {
    await run(from('one-api', makeSource('one-api.sql', join(folder, 'a.db'))));
    const also = "UPDATE channels SET base_url = 'https://other.example.com' WHERE id < 3;";
    const { printed } = await run(from('one-api', makeSource('one-api.sql', join(folder, 'b.db'), also)));
    expect(printed).toContain('openai-main → openai-main-2');
    expect(column('Provider', 'slug')).toEqual([
      'openai-main',
      'azure-east',
      'claude',
      'local-vllm',
      'openai-main-2',
    ]);
  });

  it('changes nothing of the source, and leaves nothing beside it, also where it has a log of its own', async () => {
    const file = gptLoad();
    const open = new Sqlite(file);
    open.pragma('journal_mode = WAL');
    open.exec("INSERT INTO api_keys VALUES (91, 'sk-test-only-in-the-log', '', 3, 'active', '')");
    const state = async () => {
      const names = (await readdir(folder)).filter((name) => name.startsWith('gpt-load.db')).sort();
      const hashes = names.map(async (name) =>
        createHash('sha256')
          .update(await readFile(join(folder, name)))
          .digest('hex'),
      );
      return [names, await Promise.all(hashes)];
    };
    const before = await state();
    const { code } = await run(from('gpt-load', file));
    expect([code, await state()]).toEqual([0, before]);
    open.close();
    expect(counts()[1]).toBe(9);
  });

  it('takes all or nothing', async () => {
    await run(['import-from', 'gpt-load', '--database', gptLoad(), '--preview']);
    const own = new Sqlite(join(dataDir, 'default_db.sqlite'));
    own.exec(`CREATE TRIGGER refuse BEFORE INSERT ON ClientToken BEGIN SELECT RAISE(ABORT, 'no'); END`);
    own.close();
    const { code, told } = await run(from('gpt-load', join(folder, 'gpt-load.db')));
    expect(code).toBe(1);
    expect(told).toContain('database_failed');
    expect([...counts(), count('AuditLog')]).toEqual([0, 0, 0, 0, 0]);
  });

  it('takes 20,000 keys', async () => {
    const file = gptLoad();
    const source = new Sqlite(file);
    source.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
      INSERT INTO api_keys SELECT 1000 + i, 'sk-test-many-' || i, '', 5, 'active', '' FROM n`);
    source.close();
    const { code, printed } = await run(from('gpt-load', file));
    expect([code, counts()[1]]).toEqual([0, 20_008]);
    expect(printed.length).toBeLessThan(5_000);
  }, 60_000);

  it('takes a config.yaml with the variables of a .env, and an address of a database with none', async () => {
    await writeFile(join(folder, 'litellm.env'), 'AZURE_KEY_EAST=azure-test-east-key\n');
    const config = ['--config', fixturePath('litellm.yaml'), '--env', join(folder, 'litellm.env')];
    expect((await run(['import-from', 'litellm', ...config])).code).toBe(0);
    expect(column('Provider', 'slug')).toEqual(['openai', 'azure', 'openai-2', 'ollama', 'groq']);
    expect(counts()).toEqual([5, 5, 0, 1]);
  });

  it('takes the key of a file', async () => {
    await writeFile(join(folder, 'key'), `${KEY}\n`);
    const file = gptLoad();
    await run(from('gpt-load', file, '--encryption-key-file', join(folder, 'key')), { key: '' });
    expect(counts()[1]).toBe(8);
  });
});

describe('a source that cannot be read', () => {
  const secret = 'sk-very-secret';

  it.each([
    [
      'no program',
      ['import-from', 'portkey'],
      2,
      /There are: gpt-load, new-api, one-api, litellm, gemini-balance/,
    ],
    ['no database', ['import-from', 'gpt-load'], 2, /--database/],
    [
      'a file that is not there',
      ['import-from', 'gpt-load', '--database', '/nowhere'],
      1,
      /neither a file that is there/,
    ],
    ['a folder', ['import-from', 'gpt-load', '--database', '/tmp'], 1, /neither a file that is there/],
    [
      'a config where there is none',
      ['import-from', 'gpt-load', '--config', '/nowhere'],
      2,
      /leave out --config/,
    ],
    ['no config', ['import-from', 'litellm', '--config', '/nowhere'], 1, /cannot be read: ENOENT/],
    ['no .env', ['import-from', 'litellm', '--env', '/nowhere'], 1, /not there/],
    [
      'a password for others to see',
      ['import-from', 'litellm', '--database', `mysql://u:${secret}@h/d`],
      2,
      /IMPORT_DATABASE_URL/,
    ],
    [
      'and in the way of Go',
      ['import-from', 'new-api', '--database', `u:${secret}@tcp(h:1)/d`],
      2,
      /IMPORT_DATABASE_URL/,
    ],
  ])('%s', async (_what, args, code, words) => {
    const ran = await run(args);
    expect(ran).toMatchObject({ code, told: matching(words) });
    expect(ran.told + ran.printed).not.toContain(secret);
  });

  it.each([
    ['is no database', 'this is no database at all, only some text'.repeat(50), /no SQLite database/],
    ['is empty', '', /no table `groups`/],
  ])('a file that %s', async (_what, text, words) => {
    await writeFile(join(folder, 'odd.db'), text);
    expect(await run(from('gpt-load', join(folder, 'odd.db')))).toMatchObject({
      code: 1,
      told: matching(words),
    });
  });

  it('is damaged', async () => {
    const bytes = await readFile(gptLoad());
    bytes.fill(0xff, 4_096);
    await writeFile(join(folder, 'odd.db'), bytes);
    expect(await run(from('gpt-load', join(folder, 'odd.db')))).toMatchObject({
      code: 1,
      told: matching(/cannot be read/),
    });
  });

  it('is of another program, or lacks a table', async () => {
    const other = new Sqlite(join(folder, 'other.db'));
    other.exec('CREATE TABLE groups (id INTEGER)');
    other.close();
    expect((await run(from('gpt-load', join(folder, 'other.db')))).told).toMatch(/neither a table/);
    expect((await run(from('new-api', join(folder, 'other.db')))).told).toMatch(/no table `channels`/);
    expect((await run(from('gemini-balance', join(folder, 'other.db')))).told).toMatch(
      /no table `t_settings`/,
    );
  });

  it.each([
    ['broken YAML', `model_list: [\n  {api_key: ${secret}\n`, /is no YAML/],
    ['YAML of no object', '- 1', /no YAML object/],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]), /no text in UTF-8/],
    [
      'YAML that grows',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((n, i) => `${n}: &${n} [${Array(9).fill(`*${'abcdefgh'[i]}`).join()}]`).join('\n')}`,
      /is no YAML/,
    ],
  ])('is %s', async (_what, content, words) => {
    await writeFile(join(folder, 'config.yaml'), content);
    const ran = await run(['import-from', 'litellm', '--config', join(folder, 'config.yaml')]);
    expect(ran).toMatchObject({ code: 1, told: matching(words) });
    expect(ran.told).not.toContain(secret);
  });

  it.each([
    [
      'a tag that is not known',
      `general_settings:\n  master_key: !foo ${secret}\n`,
      /a tag .* \(line 2, column 15\)/,
    ],
    ['an alias of nothing', `a: 1\nmaster_key: *${secret}\n`, /an alias .* \(line 2, column 14\)/],
    ['an end too soon', `a:\n  b: [${secret}`, /unexpected end .* \(line 2, column \d+\)/],
    ['a merge of what is no map', `a: &x ${secret}\nb: {<<: *x}\n`, /aliases cannot be followed/],
    ['lists that never end', `a: ${'['.repeat(50_000)}${secret}`, /is no YAML/],
  ])('is YAML with %s, and no word of it is told', async (_what, content, words) => {
    const warnings: unknown[] = [];
    const listen = (warning: unknown) => void warnings.push(warning);
    process.on('warning', listen);
    onTestFinished(() => void process.off('warning', listen));
    const file = join(folder, 'config.yaml');
    await writeFile(file, content);
    const ran = await run(['import-from', 'litellm', '--config', file]);
    // Warnings come a tick later.
    await new Promise(setImmediate);
    expect(ran).toMatchObject({ code: 1, told: matching(words) });
    expect([ran.printed, ran.told.includes(secret), warnings]).toEqual(['', false, []]);
  });

  it.each(['--config', '--env', '--encryption-key-file'])(
    'is a folder, a device or a pipe, of %s',
    async (option) => {
      const pipe = join(folder, 'pipe');
      execFileSync('mkfifo', [pipe]);
      for (const path of [folder, '/dev/zero', pipe]) {
        const args = ['import-from', 'litellm', option, path];
        const also = option === '--encryption-key-file' ? ['--config', fixturePath('litellm.yaml')] : [];
        expect(await run([...args, ...also], { key: '' })).toMatchObject({
          code: 1,
          told: matching(/is no file/),
        });
      }
    },
  );

  it.each(['--config', '--env'])('is too large, of %s', async (option) => {
    const file = join(folder, 'large');
    await writeFile(file, '');
    await truncate(file, 32 * 2 ** 20 + 1);
    expect(await run(['import-from', 'litellm', option, file])).toMatchObject({
      code: 1,
      told: matching(/too large/),
    });
  });

  it.each([
    `sqlserver://sa:${secret}@db/x`,
    `host=h user=u password=${secret} dbname=x`,
    `Server=h;Uid=u;Pwd=${secret};Database=x`,
    secret,
  ])('is at an address of no kind that is known, which may have a password in it: %s', async (url) => {
    for (const ran of [await run(['import-from', 'new-api'], { url }), await run(from('new-api', url))]) {
      expect(ran).toMatchObject({ code: 1, told: matching(/nor an address of a kind that is known/) });
      expect(ran.told).not.toContain(secret);
    }
  });

  it('has a secret in the place of the file that it is in', async () => {
    const config = ['--config', fixturePath('litellm.yaml')];
    const ran = await run(['import-from', 'litellm', ...config, '--encryption-key-file', secret], {
      key: '',
    });
    expect(ran).toMatchObject({
      code: 1,
      told: matching(/file of the encryption key cannot be read: ENOENT/),
    });
    expect(ran.told).not.toContain(secret);
    const moved = await run(['import', `mysql://u:${secret}@h/d`]);
    expect(moved).toMatchObject({ code: 1, told: matching(/is not there/) });
    expect(moved.told).not.toContain(secret);
  });

  it('names a database in its .env that cannot be one', async () => {
    const file = join(folder, 'gb.env');
    await writeFile(file, `DATABASE_TYPE=mysql\nMYSQL_PORT=${secret}\nENCRYPTION_KEY=short\n`);
    const ran = await run(['import-from', 'gemini-balance', '--env', file]);
    expect(ran).toMatchObject({ code: 1, told: matching(/in its \.env: MYSQL_PORT\./) });
    expect(ran.told).not.toContain(secret);
  });

  it.runIf(process.getuid?.() !== 0)('may not be opened', async () => {
    const file = gptLoad();
    await chmod(file, 0o000);
    expect((await run(from('gpt-load', file))).told).toMatch(/may not be opened/);
  });

  it('answers at no such address, without the password in words', async () => {
    const ran = await run(['import-from', 'new-api'], { url: `postgres://u:${secret}@127.0.0.1:1/d` });
    expect(ran).toMatchObject({ code: 1, told: matching(/nothing answers there/) });
    expect(ran.told).not.toContain(secret);
  });

  it('has keys that are no text', async () => {
    const file = gptLoad();
    const source = new Sqlite(file);
    source.exec("INSERT INTO api_keys VALUES (95, x'73fffe6b2d6b6579', '', 3, 'active', '')");
    source.close();
    const { code, printed } = await run(from('gpt-load', file));
    expect([code, counts()[1]]).toEqual([0, 8]);
    expect(printed).toContain('key left out: it cannot be sent in a header');
  });
});
