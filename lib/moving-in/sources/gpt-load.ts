import type { SourceProgram } from '../source';
import { UnreadableSource } from '../source';
import { readGptLoad1, TABLES as TABLES_1 } from './gpt-load-1';
import { readGptLoad2, TABLES as TABLES_2 } from './gpt-load-2';

const isGroups = ({ name }: { readonly name: string }): boolean => name === 'groups';

/** gpt-load, by the tables of either version. `groups` is in both. */
export const gptLoad: SourceProgram = {
  title: 'gpt-load',
  tables: [
    ...TABLES_1.filter(({ name }) => name !== 'groups'),
    ...TABLES_2.filter(({ name }) => name !== 'groups'),
    { name: 'groups', columns: [TABLES_1, TABLES_2].flatMap((all) => all.find(isGroups)?.columns ?? []) },
  ],
  encryptionVariable: 'ENCRYPTION_KEY',
  takesConfig: false,
  read(source) {
    const { tables } = source;
    if (!tables.has('groups'))
      throw new UnreadableSource('There is no table `groups` in it: it is not of gpt-load.');
    if (tables.has('upstream_keys')) return readGptLoad2(source);
    if (tables.has('api_keys')) return readGptLoad1(source);
    throw new UnreadableSource(
      'There is neither a table `api_keys` nor `upstream_keys`: it is no version known here.',
    );
  },
};
