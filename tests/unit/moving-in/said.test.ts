import { expect, it } from 'vitest';
import { readSaid } from '../../../lib/admin/words/read-said';
import { SOURCE_PROGRAMS, type SourceProgramName } from '../../../lib/moving-in/programs';
import { fixtureText, sourceOf, yamlOf } from '../../support/moving-in';

const config = yamlOf(fixtureText('litellm.yaml'));

/** Also with another key than the right one, and with parts that cannot be read. */
const SOURCES: readonly (readonly [SourceProgramName, string, Parameters<typeof sourceOf>[2]])[] = [
  ['gpt-load', 'gpt-load-1.sql', { encryptionKey: 'test-encryption-key-16' }],
  ['gpt-load', 'gpt-load-1.sql', {}],
  ['gpt-load', 'gpt-load-1.sql', { encryptionKey: 'another', also: "UPDATE groups SET config = '{';" }],
  ['gpt-load', 'gpt-load-2.sql', { encryptionKey: 'test-encryption-key-16' }],
  ['gpt-load', 'gpt-load-2.sql', { encryptionKey: 'another' }],
  ['new-api', 'new-api.sql', {}],
  ['new-api', 'new-api.sql', { also: "UPDATE channels SET setting = '{', \"group\" = 'x', type = 2;" }],
  ['one-api', 'one-api.sql', {}],
  ['one-api', 'one-api.sql', { also: "UPDATE channels SET model_mapping = '{', base_url = 'no';" }],
  ['litellm', 'litellm.sql', { config }],
  ['litellm', 'litellm.sql', { encryptionKey: 'another', config }],
  ['gemini-balance', 'gemini-balance.sql', { environment: { API_KEYS: 'x', CUSTOM_HEADERS: '[' } }],
];

it('each sentence of a report has a code, and so its Chinese', () => {
  const texts = SOURCES.flatMap(([name, fixture, more]) => {
    const program = SOURCE_PROGRAMS[name];
    return program.read(sourceOf(program, fixture, more)).remarks.map(({ text }) => text);
  });
  expect(new Set(texts).size).toBeGreaterThan(40);
  expect(texts.filter((text) => readSaid(text) === undefined)).toEqual([]);
});
