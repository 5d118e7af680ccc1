import { EVERYTHING } from '../admin/steps';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { openBackup } from './backup-file';
import { failed } from './failure';
import type { Program } from './program';
import type { Terminal } from './terminal';

const contentSchema = z.object({
  createdAt: z.string(),
  migration: z.string(),
  tables: z.array(
    z.object({
      table: z.string(),
      columns: z.array(z.string()),
      rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
    }),
  ),
});

/** Puts a backup in the place of what is there, all or nothing. Only `isForced` replaces a database that is in use. */
export async function restore(
  program: Program,
  terminal: Terminal,
  options: { readonly file: string; readonly passphrase: string; readonly isForced: boolean },
): Promise<void> {
  const { maintenance } = program.store;
  const file = await readFile(options.file).catch((error: NodeJS.ErrnoException) => {
    throw failed(`${options.file} cannot be read: ${error.message}`);
  });
  const content = contentSchema.safeParse(await openBackup(file, options.passphrase));
  if (!content.success) throw failed('The backup is damaged.');
  if (!options.isForced && !(await maintenance.isEmpty())) {
    throw failed('This database is in use. --force replaces all that is in it, except for its logs.');
  }
  await program.store.change(program.caller, async (write) => {
    await write.replaceAll(content.data);
    const entry = { action: 'backup.restore', target: content.data.createdAt };
    return { entry, notes: EVERYTHING, result: undefined };
  });
  const keys = content.data.tables.find(({ table }) => table === 'ApiKey')?.rows.length ?? 0;
  terminal.print(`Restored as of ${content.data.createdAt}: ${keys} keys and all that belongs to them\n`);
}
