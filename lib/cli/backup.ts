import { link, open, rm } from 'node:fs/promises';
import { sealBackup } from './backup-file';
import { failed } from './failure';
import type { Program } from './program';
import type { Terminal } from './terminal';

/**
 * Writes everything but the logs into one new file, which only its owner may read. A file is there whole or not at all.
 */
export async function backup(
  program: Program,
  terminal: Terminal,
  { file, passphrase }: { readonly file: string; readonly passphrase: string },
): Promise<void> {
  const content = await program.store.maintenance.dump();
  const sealed = await sealBackup({ createdAt: new Date().toISOString(), ...content }, passphrase);
  await writeNew(file, sealed);
  const keys = content.tables.find(({ table }) => table === 'ApiKey')?.rows.length ?? 0;
  terminal.print(`${file}: ${keys} keys, settings, providers, proxies, tokens and statistics\n`);
}

async function writeNew(file: string, content: Buffer): Promise<void> {
  const unfinished = `${file}.${process.pid}`;
  try {
    const handle = await open(unfinished, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Unlike a rename this never replaces a file that is there already.
    await link(unfinished, file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw failed(code === 'EEXIST' ? `${file} is there already.` : `${file} cannot be written: ${message}`);
  } finally {
    await rm(unfinished, { force: true });
  }
}
