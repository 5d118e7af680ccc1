import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PRESET_NAMES, presetAddress, PRESETS, type Preset } from '../../../lib/config/presets';
import { keyConflict, reasonAgainstAuth } from '../../../lib/config/values/key-auth';
import { unknownPreset } from '../../../lib/config/values/preset';
import { normalizeHttpUrl, reasonAgainstHttpUrl } from '../../../lib/config/values/http-url';
import { providers } from '../../../lib/config/values/providers';

const pages = readFileSync(new URL('../../../docs/providers.md', import.meta.url), 'utf8');

const read = (entry: object) => {
  const result = providers.schema.safeParse(JSON.stringify([{ name: 'A', ...entry }]));
  return result.success
    ? result.data[0]
    : result.error.issues.map(({ message, path }) => [path.join('.'), message]);
};

describe('a preset', () => {
  it.each(PRESET_NAMES)('%s stands in the documentation as it is', (name) => {
    const { name: shown, baseUrl, auth, testModel, modelList, lookedUp, page }: Preset = PRESETS[name];
    const row = pages.split('\n').find((line) => line.startsWith(`| ${shown} | \`${name}\` |`)) ?? '';
    for (const word of [baseUrl ?? 'your resource', `\`${auth}\``, testModel ?? ''])
      expect(row).toContain(word);
    expect(row.endsWith(`| ${{ key: 'yes', public: 'to anybody' }[modelList]} |`)).toBe(true);
    expect(new Date(lookedUp).getFullYear()).toBe(2026);
    expect(page).toMatch(/^[\w.-]+\.[a-z]{2,}(\/|$)/);
  });

  it.each(PRESET_NAMES)('%s is what an entry could say itself', (name) => {
    const { baseUrl, auth }: Preset = PRESETS[name];
    expect(reasonAgainstAuth(auth)).toBeUndefined();
    if (baseUrl === undefined) return;
    expect(reasonAgainstHttpUrl(baseUrl)).toBeUndefined();
    expect(normalizeHttpUrl(baseUrl)).toBe(baseUrl);
  });

  it('fills in what is not given, and no more', () => {
    expect(read({ preset: 'Anthropic' })).toMatchObject({
      base_url: 'https://api.anthropic.com/v1',
      auth: 'x-api-key',
      test_model: 'claude-haiku-4-5',
    });
    const own = { base_url: 'https://a.example/v1', auth: 'bearer', test_model: 'mine' };
    expect(read({ preset: 'anthropic', ...own })).toMatchObject(own);
  });

  it.each([
    ['gemin', "is no preset; did you mean 'gemini'?"],
    ['antropic', "is no preset; did you mean 'anthropic'?"],
    ['something else', unknownPreset('something else')],
  ])('that is unknown is told with the nearest one: %s', (preset, message) => {
    expect(read({ preset })).toEqual([['0.preset', message]]);
  });

  it('of Azure needs the address of a resource, with or without its end', () => {
    expect(read({ preset: 'azure' })).toEqual([
      ['0.base_url', expect.stringContaining('needs the address of your own resource')],
    ]);
    const resource = 'https://r.openai.azure.com';
    expect(['', '/', '/openai', '/openai/v1'].map((end) => presetAddress('azure', resource + end))).toEqual(
      Array(4).fill(`${resource}/openai/v1`),
    );
    const deployment = `${resource}/openai/deployments/d`;
    expect(presetAddress('azure', deployment)).toBe(deployment);
  });

  it('is not needed, but then an address is', () => {
    expect(read({})).toEqual([['0.base_url', 'is missing']]);
  });
});

describe('auth', () => {
  it.each([
    'bearer',
    'Bearer',
    'x-api-key',
    'header:X-Auth',
    'header:authorization',
    'query:key',
    'query:api.key',
  ])('%s is a way to send a key', (auth) => expect(reasonAgainstAuth(auth)).toBeUndefined());

  it.each([
    'header:',
    'query:',
    'header:a b',
    'query:a&b',
    'header:Host',
    'header:Content-Length',
    'header:transfer-encoding',
    'header:Sec-WebSocket-Key',
    'header:x-forwarded-for',
    'cookie',
    'header:x\r\ny',
  ])('%s is none', (auth) => expect(reasonAgainstAuth(auth)).toBeDefined());

  it('keeps headers and parameters out of the place of the key', () => {
    expect(keyConflict('x-api-key', { 'X-Api-Key': 'a' }, {})).toMatchObject({ field: 'headers' });
    expect(keyConflict('query:key', {}, { key: 'a' })).toMatchObject({ field: 'query' });
    expect(keyConflict('query:key', { key: 'a' }, { Key: 'b' })).toBeUndefined();
    const base_url = 'https://a.example/v1';
    expect(read({ base_url, auth: 'api-key', custom_headers: { 'Api-Key': 'secret' } })).toEqual([
      ['0.custom_headers.Api-Key', 'is the header that carries the key'],
    ]);
  });
});
