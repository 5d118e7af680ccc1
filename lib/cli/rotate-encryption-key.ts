import { recordOrRefuse } from '../admin/audit/record';
import type { Program } from './program';
import type { Terminal } from './terminal';

/**
 * Encrypts everything with the present key. Where the key is the made one, the first call makes another and the second,
 * after a restart of the gateway, does the work; so no gateway ever meets what it cannot read.
 */
export async function rotateEncryptionKey(program: Program, terminal: Terminal): Promise<void> {
  const { secrets, startup, store } = program;
  const isConfigured = startup.ENCRYPTION_KEY !== '';
  if (!isConfigured && !secrets.isReplacingKey) {
    secrets.makeNewKey();
    terminal.print(
      `A new key is in ${secrets.path}, beside the old one. Restart the gateway, so that it knows both; then run this again.\n`,
    );
    return;
  }
  const { resealed, duplicates, unreadable } = await store.maintenance.reseal((rows) => {
    if (rows > 0 && rows % 1_000 === 0) terminal.tell(`${rows} encrypted anew\n`);
  });
  secrets.forgetOldKeys(isConfigured);
  // Nothing that people decide has changed: the same texts are under another lock.
  await recordOrRefuse(program, { action: 'encryption-key.rotate', target: `${resealed} rows` });
  if (duplicates > 0) terminal.tell(`${duplicates} were there twice and have been removed\n`);
  if (unreadable > 0) terminal.tell(`${unreadable} cannot be read with any known key and stay as they are\n`);
  const next = startup.ENCRYPTION_KEY_OLD === '' ? '' : ' ENCRYPTION_KEY_OLD is needed no more.';
  terminal.print(`${resealed} encrypted anew.${next}\n`);
}
