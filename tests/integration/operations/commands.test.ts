import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { runAdmin, type CommandOptions } from '../../support/command';
import { reply, type ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import {
  ADMIN_TOKEN,
  chat,
  countRows,
  databaseFile,
  envFile,
  keyRow,
  secretKey,
  TOKEN,
  useParts,
} from './support';

/** It takes two seconds at most on a machine that is not busy. */
const TAKEN_OVER_MS = 20_000;
const PASSPHRASE = 'correct horse battery staple';

const parts = useParts();
let upstream: ScriptedUpstream;
let dataDir: string;

beforeEach(async () => {
  upstream = await parts.upstream();
  dataDir = await parts.dataDir();
});

function start(
  more: Record<string, unknown> = {},
  options: { dataDir?: string; env?: Record<string, string> } = {},
) {
  const settings = {
    BASE_URL: upstream.baseUrl,
    API_KEYS: ['aaa', 'bbb'].map(secretKey),
    ALLOWED_TOKENS: [TOKEN],
    AUTH_TOKEN: ADMIN_TOKEN,
    MAX_FAILURES: 1,
    ...more,
  };
  return parts.server({ dataDir, envFile: envFile(settings), ...options });
}

async function admin(args: string[], options: CommandOptions = {}) {
  const result = await runAdmin(args, { ...options, env: { DATA_DIR: dataDir, ...options.env } });
  for (const text of [result.stdout, result.stderr]) expect(text).not.toContain('0123456789abcdef0123');
  return result;
}

async function succeed(args: string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await admin(args, options);
  expect(code, stderr).toBe(0);
  return stdout;
}

const uses = (name: string) => upstream.requestsOf(secretKey(name)).length;

/** Asks until a key has been used. */
async function untilUsed(server: RunningServer, name: string): Promise<void> {
  await waitFor(
    async () => {
      await chat(server.url);
      return uses(name) > 0;
    },
    { timeoutMs: TAKEN_OVER_MS, what: `${name} to be used` },
  );
}

describe('a running gateway takes over', () => {
  it('keys that a command adds, each once', async () => {
    const server = await start();
    const text = `${secretKey('ccc')}\n${secretKey('aaa')}, ${secretKey('ddd')}\n${secretKey('ccc')}`;
    expect(await succeed(['add-keys', 'default'], { input: text })).toBe(
      "2 added to 'default', 2 there already\n",
    );
    await untilUsed(server, 'ccc');
    await untilUsed(server, 'ddd');
    expect(countRows(databaseFile(server), 'ApiKey')).toBe(4);
  });

  it('keys that a command takes out, and puts back', async () => {
    const server = await start();
    expect(await succeed(['disable', '-aaa'.slice(1)])).toBe('1 key disabled\n');
    await server.waitForOutput(/changes made elsewhere are in force/, { timeoutMs: TAKEN_OVER_MS });
    const before = uses('aaa');
    for (let request = 0; request < 6; request += 1) expect((await chat(server.url)).status).toBe(200);
    expect(uses('aaa')).toBe(before);
    expect(await succeed(['enable', 'aaa'])).toBe('1 key enabled\n');
    await waitFor(
      async () => {
        await chat(server.url);
        return uses('aaa') > before;
      },
      { timeoutMs: TAKEN_OVER_MS, what: 'the key to be used again' },
    );
  });

  it('keys that a command resets, in memory and on disk, although the gateway writes their state itself', async () => {
    const server = await start();
    upstream.forKey(secretKey('aaa'), reply.error(401, { code: 'invalid_api_key' }));
    for (let request = 0; request < 3; request += 1) expect((await chat(server.url)).status).toBe(200);
    await waitFor(() => keyRow(databaseFile(server), 'aaa')?.isDisabled === 1, {
      what: 'the key to be disabled',
    });
    expect(uses('aaa')).toBe(1);
    expect(await succeed(['list-keys', '--status', 'disabled_auto'])).toMatch(/aaa\s+disabled_auto\s+1/);
    upstream.forKey(secretKey('aaa'), reply.healthy);
    expect(await succeed(['reset', '--status', 'disabled_auto'])).toBe('1 key reset\n');
    await waitFor(
      async () => {
        await chat(server.url);
        return uses('aaa') > 1;
      },
      { timeoutMs: TAKEN_OVER_MS, what: 'the key to be used again' },
    );
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(keyRow(databaseFile(server), 'aaa')).toMatchObject({ isDisabled: 0, failures: 0, reason: null });
  });
});

describe('list-keys', () => {
  it('shows keys with their state, as a table and as JSON, and never a key', async () => {
    await (await start()).stop();
    const table = await succeed(['list-keys']);
    expect(table.split('\n')[0]).toMatch(/^ID +PROVIDER +KEY +STATE +FAILURES +ATTEMPTS +TAGS +REASON$/);
    expect(table.match(/default +sk-\S+(aaa|bbb) +active +0 +0$/gm)).toHaveLength(2);
    const lines = (await succeed(['list-keys', '--json', '--provider', 'default'])).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { provider: 'default', status: 'active', failures: 0 },
      { provider: 'default', status: 'active', failures: 0 },
    ]);
  });

  it('shows those that have all of the tags, which add-keys gives to keys that have none', async () => {
    await (await start()).stop();
    const table = join(dataDir, 'keys.csv');
    await writeFile(table, `key,tags,colour\n${secretKey('ccc')},Own,red\n${secretKey('ddd')},,\n`);
    const { code, stderr } = await admin(['add-keys', 'default', table, '--tags', 'given, Team A']);
    expect([code, stderr]).toEqual([0, 'not taken: colour\n']);
    expect(await succeed(['list-keys', '--tag', 'team a,GIVEN'])).toMatch(/ddd .*given, Team A *$/m);
    expect(await succeed(['list-keys', '--tag', 'own', '--json'])).toMatch(/"tags":\["Own"\]/);
    expect(await succeed(['list-keys', '--tag', 'own,given', '--json'])).toBe('');
  });
});

describe('client tokens', () => {
  it('are made, shown, edited and revoked with their rules, and a running gateway obeys at once', async () => {
    const server = await start();
    const token = (
      await succeed(['create-token', 'team a', '--models', 'gpt-*', '--budget', '1 requests total'])
    ).trim();
    const becomes = (code: string | undefined) =>
      waitFor(
        async () => {
          const { text, status } = await chat(server.url, { token, model: 'gpt-test' });
          const { error } = JSON.parse(text) as { error?: { code: string } };
          return status === 200 ? code === undefined : error?.code === code;
        },
        { timeoutMs: TAKEN_OVER_MS, what: `the token to be ${code ?? 'let in'}` },
      );
    // Not asked before: whoever comes too often with a token that is not known has to wait.
    await server.waitForOutput(/changes made elsewhere are in force/, { timeoutMs: TAKEN_OVER_MS });
    await becomes(undefined);
    await becomes('insufficient_quota');
    await waitFor(async () => /1 of 1 requests total/.test(await succeed(['list-tokens'])), {
      what: 'what is spent to be written',
    });
    await succeed(['edit-token', 'team a', '--reset-spent', '--priority', '3']);
    await becomes(undefined);
    expect(await succeed(['edit-token', token.slice(-4), '--disable'])).toBe('1 token changed\n');
    await becomes('token_disabled');
    const [shown = ''] = (await succeed(['list-tokens', '--json'])).trim().split('\n');
    expect(JSON.parse(shown)).toMatchObject({
      name: 'team a',
      status: 'disabled',
      models: ['gpt-*'],
      priority: 3,
    });
    expect(shown).not.toContain(token);
    await succeed(['revoke-token', 'team a']);
    await becomes('invalid_token');
    const given = 'sk-from-elsewhere-0123456789';
    expect(await succeed(['create-token', 'other', '--value', given])).toBe(`${given}\n`);
    const twice = await admin(['create-token', 'again', '--value', given]);
    expect([twice.code, twice.stderr]).toEqual([
      1,
      expect.stringContaining('there is a token of this value already'),
    ]);
  });
});

describe('a command that cannot do what was asked for', () => {
  it.each<[string, string[], number, RegExp]>([
    ['does not know it', ['destroy'], 2, /no command 'destroy'/],
    ['misses a name', ['add-keys'], 2, /name is needed/],
    ['does not know an option', ['list-keys', '--loud'], 2, /--loud/],
    [
      'is given tags that are none',
      ['add-keys', 'default', '/dev/null', '--tags', 'x'.repeat(41)],
      2,
      /--tags/,
    ],
    ['does not know a state', ['list-keys', '--status', 'happy'], 2, /active, cooling/],
    ['is not told which keys', ['reset'], 2, /Which keys/],
    ['does not find the provider', ['add-keys', 'nobody', '/dev/null'], 1, /no provider 'nobody'.*default/],
    ['does not find the key', ['disable', 'zzz'], 1, /no key 'zzz'/],
    ['is given a budget that is none', ['create-token', 'x', '--budget', 'much'], 2, /--budget/],
    [
      'is given a provider that is none',
      ['create-token', 'x', '--providers', 'nobody'],
      1,
      /no provider 'nobody'/,
    ],
    ['is given a network that is none', ['create-token', 'x', '--ips', '10.0.0.0/99'], 2, /allowedIps/],
    ['does not find the token', ['revoke-token', 'zzz'], 1, /no token 'zzz'/],
    ['is given too little of a key', ['disable', '--provider', 'default', 'bb'], 1, /no key 'bb'/],
    ['finds no keys in a file', ['add-keys', 'default', '/dev/null'], 1, /no keys/],
    ['does not find a file', ['add-keys', 'default', '/nowhere'], 1, /\/nowhere cannot be read/],
    ['does not find a backup', ['restore', '/nowhere'], 1, /\/nowhere cannot be read/],
    ['does not find an installation', ['import', '/nowhere'], 1, /is not there/],
  ])('because it %s: says so', async (_why, args, code, message) => {
    await (await start()).stop();
    const result = await admin(args, { env: { BACKUP_PASSPHRASE: PASSPHRASE } });
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toContain('    at ');
    expect(result.code).toBe(code);
  });

  it.each(['list-keys', 'backup', 'add-keys'])(
    'because there is no database yet: %s says where it has looked, and makes none',
    async (verb) => {
      const names = { 'list-keys': [], backup: ['balance.backup'], 'add-keys': ['default', '/dev/null'] }[
        verb
      ];
      const result = await admin([verb, ...(names ?? [])], { env: { BACKUP_PASSPHRASE: PASSPHRASE } });
      expect([result.code, result.stderr]).toEqual([1, expect.stringContaining(`no database at ${dataDir}`)]);
      expect(await readdir(dataDir)).toEqual([]);
    },
  );

  it('because several keys end alike: says so, and touches none', async () => {
    const server = await start({ API_KEYS: [secretKey('aaa'), 'sk-another-key-0123456789-aaa'] });
    await server.stop();
    const { code, stderr } = await admin(['disable', 'aaa']);
    expect([code, stderr]).toEqual([1, expect.stringContaining("2 keys are called 'aaa'")]);
    expect(await succeed(['list-keys', '--status', 'active'])).toMatch(/aaa[^]*aaa/);
  });

  it('because a setting is wrong: says which', async () => {
    const result = await admin(['list-keys'], { env: { DATABASE_TYPE: 'oracle' } });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('DATABASE_TYPE');
  });

  it('with help: is told what there is', async () => {
    expect(await succeed([])).toContain('rotate-encryption-key');
    expect(await succeed(['add-keys', '--help'])).toContain('rotate-encryption-key');
  });
});

describe('backup and restore', () => {
  const env = { BACKUP_PASSPHRASE: PASSPHRASE };

  it('move an installation to another machine: keys, their states, settings and tokens', async () => {
    const server = await start({ FILTERED_MODELS: ['gpt-old'] });
    upstream.forKey(secretKey('bbb'), reply.error(401, { message: 'This key was revoked' }));
    for (let request = 0; request < 3; request += 1) expect((await chat(server.url)).status).toBe(200);
    await waitFor(() => keyRow(databaseFile(server), 'bbb')?.isDisabled === 1, {
      what: 'the key to be disabled',
    });
    const file = join(dataDir, 'a.backup');
    // Of a running gateway.
    expect(await succeed(['backup', file], { env })).toContain('2 keys');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readFile(file)).includes('0123456789abcdef')).toBe(false);
    await server.stop();

    const other = await parts.dataDir();
    await succeed(['restore', file], { env: { ...env, DATA_DIR: other } });
    const moved = await parts.server({ dataDir: other });
    for (let request = 0; request < 4; request += 1) expect((await chat(moved.url)).status).toBe(200);
    expect(uses('bbb')).toBe(1);
    expect((await chat(moved.url, { model: 'gpt-old' })).status).toBe(404);
    expect((await chat(moved.url, { token: 'wrong' })).status).toBe(401);
    expect(keyRow(databaseFile(moved), 'bbb')?.reason).toContain('This key was revoked');
  });

  it('replace nothing unasked: neither a file nor a database that is in use', async () => {
    await (await start()).stop();
    const file = join(dataDir, 'a.backup');
    await succeed(['backup', file], { env });
    const first = await readFile(file);
    expect((await admin(['backup', file], { env })).stderr).toContain('is there already');
    expect((await readFile(file)).equals(first)).toBe(true);
    expect((await admin(['restore', file], { env })).stderr).toContain('--force');
    expect(await succeed(['restore', file, '--force'], { env })).toContain('2 keys');
  });

  it('--force reaches a running gateway too', async () => {
    const server = await start();
    const file = join(dataDir, 'a.backup');
    await succeed(['backup', file], { env });
    await succeed(['add-keys', 'default'], { input: secretKey('ccc') });
    await untilUsed(server, 'ccc');
    await succeed(['restore', file, '--force'], { env });
    await server.waitForOutput(/"changes":2/, { timeoutMs: TAKEN_OVER_MS });
    const before = uses('ccc');
    for (let request = 0; request < 6; request += 1) expect((await chat(server.url)).status).toBe(200);
    expect(uses('ccc')).toBe(before);
    expect(countRows(databaseFile(server), 'ApiKey')).toBe(2);
  });

  it('need a good passphrase, and the right one', async () => {
    await (await start()).stop();
    const file = join(dataDir, 'a.backup');
    expect((await admin(['backup', file])).stderr).toContain('BACKUP_PASSPHRASE');
    expect((await admin(['backup', file], { env: { BACKUP_PASSPHRASE: 'short' } })).stderr).toContain(
      '12 characters',
    );
    await succeed(['backup', file], { env });
    const wrong = { BACKUP_PASSPHRASE: 'incorrect horse battery' };
    const result = await admin(['restore', file, '--force'], { env: wrong });
    expect([result.code, result.stderr]).toEqual([1, 'The passphrase is wrong, or the file is damaged.\n']);
  });
});

describe('rotate-encryption-key', () => {
  it('replaces a configured key while the gateway runs', async () => {
    const old = 'correct horse battery staple';
    const present = 'another horse battery staple';
    await (await start({ ENCRYPTION_KEY: old })).stop();
    const both = { ENCRYPTION_KEY: present, ENCRYPTION_KEY_OLD: old };
    const server = await start(both);
    const load = parts.load(server, { loops: 2 });
    await load.more(20);
    expect(await succeed(['rotate-encryption-key'], { env: both })).toMatch(
      /^\d+ encrypted anew\. ENCRYPTION_KEY_OLD is needed no more\.\n$/,
    );
    await succeed(['add-keys', 'default'], { input: secretKey('ccc'), env: { ENCRYPTION_KEY: present } });
    await untilUsed(server, 'ccc');
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(server.stdout()).not.toContain('cannot be decrypted');
    await server.stop();

    const after = await start({ ENCRYPTION_KEY: present });
    expect((await chat(after.url)).status).toBe(200);
    expect(after.stdout()).not.toContain('cannot be decrypted');
    expect(countRows(databaseFile(after), 'ApiKey')).toBe(3);
    const refused = await admin(['list-keys'], { env: { ENCRYPTION_KEY: old } });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('ENCRYPTION_KEY')]);
  });

  it('replaces the made key in two steps, with a restart between', async () => {
    await (await start()).stop();
    const secrets = async () =>
      JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8')) as Record<string, string | undefined>;
    const { encryptionKey: first } = await secrets();
    expect(await succeed(['rotate-encryption-key'])).toContain('Restart the gateway');
    expect(await secrets()).toMatchObject({ oldEncryptionKey: first });
    const server = await start();
    expect((await chat(server.url)).status).toBe(200);
    expect(await succeed(['rotate-encryption-key'])).toMatch(/^\d+ encrypted anew/);
    const { encryptionKey, oldEncryptionKey } = await secrets();
    expect([encryptionKey === first, oldEncryptionKey]).toEqual([false, undefined]);
    await server.stop();
    const after = await start();
    expect((await chat(after.url)).status).toBe(200);
    expect(countRows(databaseFile(after), 'ApiKey')).toBe(2);
  });

  it('replaces the made key by a configured one without naming the made one', async () => {
    await (await start()).stop();
    const env = { ENCRYPTION_KEY: 'correct horse battery staple' };
    expect(await succeed(['rotate-encryption-key'], { env })).toMatch(/^\d+ encrypted anew/);
    expect(await readFile(join(dataDir, 'secrets.json'), 'utf8')).not.toContain('encryptionKey');
    const after = await start(env);
    expect((await chat(after.url)).status).toBe(200);
  });
});

describe('import of an installation of the Python program', () => {
  /** A folder as that program leaves it. */
  async function installation(settings: Record<string, string>, env: string): Promise<string> {
    const folder = await parts.dataDir();
    await writeFile(join(folder, '.env'), env);
    const database = new Sqlite(join(folder, 'default_db'));
    database.exec(`CREATE TABLE t_settings (
      id INTEGER NOT NULL PRIMARY KEY, key VARCHAR(100) NOT NULL UNIQUE, value TEXT, description VARCHAR(255),
      created_at DATETIME, updated_at DATETIME)`);
    database.exec('CREATE TABLE t_error_logs (id INTEGER NOT NULL PRIMARY KEY, gemini_key VARCHAR(100))');
    const insert = database.prepare('INSERT INTO t_settings (key, value, description) VALUES (?, ?, ?)');
    for (const [key, value] of Object.entries(settings))
      insert.run(key, value, `${key} configuration setting`);
    database.close();
    return folder;
  }

  it('moves its users in in one step, into a running gateway', async () => {
    const server = await start({ API_KEYS: [], BASE_URL: '', ALLOWED_TOKENS: ['sk-former-client'] });
    const folder = await installation(
      {
        API_KEYS: JSON.stringify(['ccc', 'ddd'].map(secretKey)),
        ALLOWED_TOKENS: JSON.stringify(['sk-python-client']),
        BASE_URL: upstream.baseUrl,
        FILTERED_MODELS: '["gpt-old"]',
        MAX_RETRIES: '',
        PROXIES: '[]',
      },
      'API_KEYS=["sk-of-the-env"]\nMAX_RETRIES=5\nFILTERED_MODELS=[]\n',
    );
    const output = await succeed(['import', folder]);
    expect(output).toContain('keys: 2 added, 0 there already');
    expect(output).toContain('MAX_RETRIES');
    const ask = (more: object = {}) => chat(server.url, { token: 'sk-python-client', ...more });
    // Asked with the one that is let in until then: whoever tries the other too often is kept out for guessing.
    await waitFor(async () => (await ask({ token: 'sk-former-client' })).status === 401, {
      timeoutMs: TAKEN_OVER_MS,
      what: 'its settings to be in force',
    });
    // And with them all else that has been moved in.
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    expect([uses('ccc'), uses('ddd')]).toEqual([1, 1]);
    expect((await ask({ model: 'gpt-old' })).status).toBe(404);
    expect(await succeed(['import', folder])).toContain('keys: 0 added, 2 there already');
  });

  it('brings its providers, and works before the gateway has ever been started', async () => {
    const entry = { name: 'Deep', path: 'deep', base_url: upstream.baseUrl, api_keys: [secretKey('eee')] };
    const folder = await installation(
      { PROVIDERS_CONFIG: JSON.stringify([entry]) },
      'ALLOWED_TOKENS=["sk-123"]\n',
    );
    await succeed(['import', folder]);
    const server = await parts.server({ dataDir });
    for (const path of ['/v1', '/deep/v1'])
      expect((await chat(server.url, { path, token: 'sk-123' })).status).toBe(200);
    expect(uses('eee')).toBe(2);
  });

  it('takes a .env alone, and a database alone', async () => {
    const folder = await parts.dataDir();
    await writeFile(join(folder, '.env'), `API_KEYS=["${secretKey('aaa')}"]\n`);
    const { code, stdout, stderr } = await admin(['import', join(folder, '.env')]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('keys: 1 added')]);
    expect(stderr).toContain('only its .env');
    const other = await installation({ API_KEYS: JSON.stringify([secretKey('bbb')]) }, '');
    expect(await succeed(['import', join(other, 'default_db')])).toContain('keys: 1 added');
  });

  it('tells what it could not take over, and takes the rest', async () => {
    const folder = await installation({ MAX_RETRIES: 'many', TIMEZONE: 'Asia/Shanghai' }, '');
    const { code, stdout, stderr } = await admin(['import', folder]);
    expect(code).toBe(0);
    expect(stderr).toContain('not taken over: MAX_RETRIES');
    expect(stdout).toContain('TIMEZONE');
  });

  it('refuses a database of another program', async () => {
    const folder = await parts.dataDir();
    const other = new Sqlite(join(folder, 'default_db'));
    other.exec('CREATE TABLE something (id INTEGER)');
    other.close();
    await writeFile(join(folder, '.env'), 'MAX_RETRIES=5\n');
    const { code, stderr } = await admin(['import', folder]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/database_failed/)]);
  });
});
