import { definedOf } from '../admin/defined';
import { addKeys as writeKeys, importEntry } from '../admin/keys/add-keys';
import { parseKeys } from '../admin/keys/parse-keys';
import { failed } from './failure';
import type { Program } from './program';
import { findProvider } from './select-keys';
import type { Terminal } from './terminal';

interface KeyAddition {
  readonly provider: string;
  readonly text: string;
  /** Of keys for which the text itself has none. */
  readonly tags: readonly string[];
}

/** Adds the keys of a text, in any format, to a provider. */
export async function addKeys(
  program: Program,
  terminal: Terminal,
  { provider: slug, text, tags: given }: KeyAddition,
): Promise<void> {
  const provider = await findProvider(program, slug);
  const { keys, invalid, fields } = await parseKeys(text);
  const left = fields.filter(({ use }) => use === null).map(({ name }) => name);
  if (left.length > 0) terminal.tell(`not taken: ${left.join(', ')}\n`);
  for (const { line, reason, hint } of invalid) terminal.tell(`line ${line}: ${hint} ${reason}\n`);
  for (const { line, odd } of keys) {
    if (odd !== undefined)
      terminal.tell(`line ${line}: does not look like a key (${odd}); it is added all the same\n`);
  }
  if (keys.length === 0) throw failed('There are no keys in it.');
  const values = keys.map(({ value, note, limits, account, weight, tags }) => ({
    value,
    note,
    tags: tags ?? given,
    ...definedOf({ limits, account, weight }),
  }));
  const unique = new Set(values.map(({ value }) => value)).size;
  const added = await writeKeys(program.store.changeInSteps(program.caller), {
    providerId: provider.id,
    keys: values,
    entryOf: (looked, count) =>
      importEntry(provider.slug, {
        added: count,
        duplicates: values.length - unique,
        existing: Math.max(0, looked - count - (values.length - unique)),
        invalidCount: invalid.length,
      }),
  });
  const wrong = invalid.length === 0 ? '' : `, ${invalid.length} wrong`;
  terminal.print(`${added} added to '${provider.slug}', ${values.length - added} there already${wrong}\n`);
}
