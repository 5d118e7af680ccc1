import type { KeyImportReport } from '../contract/keys';
import { noteRank } from './key-names';

type Field = KeyImportReport['fields'][number];

const SHOWN_MAX = 100;
const NAME = /^\p{L}[\p{L}\d _./()-]{0,60}$/u;
/** What has digits and is as long may be a key in the place of a name. */
const LONG = /^(?=.*\d).{16,}$/;

/** What a text calls its columns or members, and what each was taken for. */
export class FieldBook {
  readonly #fields = new Map<string, Field>();

  /** null: it was not taken. What was taken once counts as taken. */
  add(name: string, use: Field['use']): void {
    const known = this.#fields.get(name);
    if (known !== undefined) known.use ??= use;
    else if (this.#fields.size < SHOWN_MAX && NAME.test(name) && !LONG.test(name))
      this.#fields.set(name, { name, use });
  }

  /** The first 100, as they came. Where there are notes, names of people and things are none. */
  list(): Field[] {
    const fields = [...this.#fields.values()];
    const hasNotes = fields.some(({ name, use }) => use === 'note' && noteRank(name) === 2);
    return fields.map((field) => {
      const isLesser = hasNotes && field.use === 'note' && noteRank(field.name) === 1;
      return isLesser ? { ...field, use: null } : field;
    });
  }
}
