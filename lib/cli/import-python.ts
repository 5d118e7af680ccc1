import { addKeys } from '../admin/keys/add-keys';
import { EVERYTHING } from '../admin/steps';
import type { Program } from './program';
import { readPythonInstallation } from './python-installation';
import { moveIn } from './python-settings';
import { findProvider } from './select-keys';
import type { Terminal } from './terminal';

/**
 * Takes over an installation of the Python program: its settings, providers, proxies, tokens and keys. It is only read.
 */
export async function importPython(
  program: Program,
  terminal: Terminal,
  path: string,
  now: number,
): Promise<void> {
  const { settings, keys, problems } = moveIn(await readPythonInstallation(path, terminal));
  for (const problem of problems) terminal.tell(`not taken over: ${problem}\n`);
  const change = program.store.changeInSteps(program.caller);
  const entry = { action: 'installation.import', target: path };
  await program.saveSettings(change, settings, entry);
  const counts = { added: 0, known: 0 };
  try {
    await program.syncWithSettings(now);
    for (const [slug, values] of keys) {
      const provider = await findProvider(program, slug);
      const list = values.map((value) => ({ value }));
      const added = await addKeys(change, { providerId: provider.id, keys: list, entryOf: () => entry });
      counts.added += added;
      counts.known += values.length - added;
    }
  } finally {
    // Whoever runs is told when all is there: a new client token must not be let in before the keys that it is for.
    await change.step(() => Promise.resolve({ entry, notes: EVERYTHING, result: undefined }));
  }
  const names = Object.keys(settings);
  terminal.print(
    `${names.length} settings taken over${names.length === 0 ? '' : `: ${names.join(', ')}`}\n` +
      `keys: ${counts.added} added, ${counts.known} there already\n`,
  );
}
