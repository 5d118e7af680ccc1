import { planProviders } from '../inventory/provider-plan';
import { loadInventory } from '../inventory/inventory';
import { syncProviders } from '../inventory/provider-sync';
import type { Program } from './program';
import { readPythonInstallation } from './python-installation';
import { moveIn } from './python-settings';
import { findProvider } from './select-keys';
import type { Terminal } from './terminal';

/** Takes over an installation of the Python program: its settings, providers, proxies, tokens and keys. It is only read. */
export async function importPython(
  program: Program,
  terminal: Terminal,
  path: string,
  now: number,
): Promise<void> {
  const { settings, keys, problems } = moveIn(await readPythonInstallation(path, terminal));
  for (const problem of problems) terminal.tell(`not taken over: ${problem}\n`);
  await program.saveSettings(settings);
  const inventory = await loadInventory(program.store, () => undefined);
  const plan = planProviders(program.settings);
  await syncProviders(program.store, inventory, plan, now, program.settings.PROXIES);

  const counts = { added: 0, known: 0 };
  for (const [slug, values] of keys) {
    const provider = await findProvider(program, slug);
    const list = values.map((value) => ({ value }));
    const { added, duplicates } = await program.store.keys.importMany(provider.id, list, 'dashboard');
    counts.added += added.length;
    counts.known += duplicates;
  }
  await program.announce('installation.import', path, [{ kind: 'settings' }, { kind: 'inventory' }]);
  const names = Object.keys(settings);
  terminal.print(
    `${names.length} settings taken over${names.length === 0 ? '' : `: ${names.join(', ')}`}\n` +
      `keys: ${counts.added} added, ${counts.known} there already\n`,
  );
}
