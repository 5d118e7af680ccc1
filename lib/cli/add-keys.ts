import { parseKeys, SHORT_MAX } from '../admin/keys/parse-keys';
import { failed } from './failure';
import type { Program } from './program';
import { findProvider } from './select-keys';
import type { Terminal } from './terminal';

/** Adds the keys of a text, in any format, to a provider. */
export async function addKeys(
  program: Program,
  terminal: Terminal,
  { provider: slug, text }: { readonly provider: string; readonly text: string },
): Promise<void> {
  const provider = await findProvider(program, slug);
  const { keys, invalid } = await parseKeys(text);
  for (const { line, reason, hint } of invalid) terminal.tell(`line ${line}: ${hint} ${reason}\n`);
  const short = keys.filter(({ value }) => value.length <= SHORT_MAX);
  for (const { line } of short)
    terminal.tell(`line ${line}: a very short key; is it a word that came along?\n`);
  if (keys.length === 0) throw failed('There are no keys in it.');
  const values = keys.map(({ value }) => ({ value }));
  const { added, duplicates } = await program.store.keys.importMany(provider.id, values, 'dashboard');
  if (added.length > 0) {
    await program.announce('keys.import', `${added.length} keys of ${provider.slug}`, [
      { kind: 'inventory' },
    ]);
  }
  const wrong = invalid.length === 0 ? '' : `, ${invalid.length} wrong`;
  terminal.print(`${added.length} added to '${provider.slug}', ${duplicates} there already${wrong}\n`);
}
