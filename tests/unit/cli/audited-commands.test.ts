import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../../../lib/cli/run';
import { tempDir } from '../../support/temp-dir';

interface Left {
  readonly entries: { readonly actor: string; readonly action: string; readonly detail: string }[];
  readonly notes: readonly string[];
}

/** What is in the audit list, oldest first, and which notes running gateways find. */
function leftIn(file: string): Left {
  const database = new Sqlite(file, { readonly: true, timeout: 5_000 });
  const entries = database
    .prepare<[], Left['entries'][number]>('SELECT actor, action, detail FROM AuditLog ORDER BY id')
    .all();
  const notes = database
    .prepare<[], { value: Buffer }>("SELECT value FROM StoreMeta WHERE name LIKE 'change:%' ORDER BY name")
    .all()
    .map(({ value }) => (JSON.parse(value.toString()) as { kind: string }).kind);
  database.close();
  return { entries, notes };
}

it('every command that writes leaves one entry, which names its user, and a note where a running gateway has to know', async () => {
  const folder = await tempDir('commands');
  onTestFinished(() => folder.remove());
  const python = join(folder.path, 'python.env');
  await writeFile(python, 'API_KEYS=["sk-a-0123456789abcdef","sk-b-0123456789abcdef"]\nMAX_FAILURES=7\n');
  const backup = join(folder.path, 'backup');
  let at = Date.UTC(2026, 0, 1);
  const told: string[] = [];
  const run = async (args: readonly string[], input = '') => {
    const code = await runCommand(args, {
      terminal: {
        print: () => undefined,
        tell: (line) => void told.push(line),
        readStdin: () => Promise.resolve(input),
        askSecret: () => Promise.resolve(undefined),
      },
      environment: {
        values: { DATA_DIR: folder.path },
        envFile: join(folder.path, '.env'),
        backupPassphrase: 'a long enough passphrase',
        importDatabaseUrl: '',
        importEncryptionKey: '',
      },
      now: () => (at += 1),
    });
    expect(code, told.join('')).toBe(0);
  };
  const file = join(folder.path, 'default_db.sqlite');
  let before: Left = { entries: [], notes: [] };
  const expectLeft = (action: string | undefined, notes: readonly string[]) => {
    const after = leftIn(file);
    const entries = after.entries.slice(before.entries.length);
    expect(entries.map((entry) => entry.action)).toEqual(action === undefined ? [] : [action]);
    for (const { actor } of entries) expect(actor).toMatch(/^command \S+/);
    expect([...new Set(after.notes.slice(before.notes.length))].sort()).toEqual([...notes].sort());
    before = after;
  };

  await run(['import', python]);
  expectLeft('installation.import', ['inventory', 'key_rows', 'settings', 'unfinished']);
  // Should it be killed, whoever runs hears of the settings all the same.
  expect(before.notes[0]).toBe('unfinished');
  // In one transaction, when all is there.
  expect(before.notes.slice(-2)).toEqual(['settings', 'inventory']);
  expect(before.notes.indexOf('settings')).toBe(before.notes.length - 2);
  await run(['add-keys', 'default'], 'sk-c-0123456789abcdef\nsk-a-0123456789abcdef\nsk-c-0123456789abcdef');
  expectLeft('keys.import', ['key_rows']);
  expect(before.entries.at(-1)?.detail).toBe('{"added":1,"duplicates":1,"existing":1,"invalid":0}');
  for (const action of ['disable', 'enable', 'reset']) {
    await run([action, '--all']);
    expectLeft(`keys.${action}`, ['keys']);
    expect(before.entries.at(-1)?.detail).toBe('{"changed":3}');
  }
  await run(['create-token', 'mine', '--budget', '5 usd month', '--models', 'gpt-*', '--ips', '10.0.0.0/8']);
  expectLeft('tokens.create', ['tokens']);
  await run(['edit-token', 'mine', '--disable', '--budget', '2 requests day', '--reset-spent']);
  expectLeft('tokens.update', ['tokens']);
  await run(['list-tokens', '--json']);
  await run(['revoke-token', 'mine']);
  expectLeft('tokens.revoke', ['tokens']);
  await run(['list-keys']);
  await run(['backup', backup]);
  expectLeft(undefined, []);
  await run(['rotate-encryption-key']);
  expectLeft(undefined, []);
  await run(['rotate-encryption-key']);
  expectLeft('encryption-key.rotate', []);
  const entriesOfBackup = before.entries.slice(0, 8);
  await run(['restore', backup, '--force']);
  before = { ...before, entries: entriesOfBackup };
  expectLeft('backup.restore', ['inventory', 'settings']);
}, 120_000);
