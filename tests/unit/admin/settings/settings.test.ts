import { expect, it } from 'vitest';
import { SECRET_MASK } from '../../../../lib/admin/contract/values';
import { settingsAnswerSchema, type SettingsAnswer } from '../../../../lib/admin/contract/settings';
import { readSettings } from '../../../../lib/admin/settings/read';
import { resetSettings } from '../../../../lib/admin/settings/reset';
import { updateSettings } from '../../../../lib/admin/settings/update';
import { keyNamed, world } from '../support';

const itemOf = (answer: SettingsAnswer, name: string) => answer.items.find((item) => item.name === name);

it('shows every setting with its source, and no secret', async () => {
  const secrets = {
    API_KEYS: keyNamed('a'),
    CUSTOM_HEADERS: '{"X-Team":"blue","X-Api-Key":"very-secret-header"}',
    PROXIES: 'http://user:very-secret-password@proxy.example:8080',
    PROVIDERS_CONFIG: `[{"name":"Other","base_url":"https://o.example/v1","api_keys":["${keyNamed('b')}"]}]`,
  };
  const { context } = await world({ ...secrets, MAX_FAILURES: '7' });
  const answer = readSettings(context);
  expect(settingsAnswerSchema.parse(answer)).toEqual(answer);
  expect(itemOf(answer, 'MAX_FAILURES')).toMatchObject({
    value: 7,
    default: 3,
    source: 'environment',
    min: 1,
  });
  expect(itemOf(answer, 'MAX_RETRIES')).toMatchObject({ value: 3, source: 'default' });
  expect(itemOf(answer, 'API_KEYS')).toMatchObject({ value: null, isSet: true, isSecret: true });
  expect(itemOf(answer, 'CUSTOM_HEADERS')?.value).toEqual({ 'X-Team': 'blue', 'X-Api-Key': SECRET_MASK });
  expect(itemOf(answer, 'PROXIES')?.hints).toEqual(['http://user:***@proxy.example:8080']);
  const text = JSON.stringify(answer);
  for (const secret of [
    keyNamed('a'),
    keyNamed('b'),
    'very-secret',
    'sk-admin-0123456789',
    'sk-client-0123456789',
  ]) {
    expect(text).not.toContain(secret);
  }
});

it('changes act at once, are kept, and are in the audit list without secrets', async () => {
  const { context, gateway, pool, audit, store } = await world();
  await updateSettings(context, {
    values: { MAX_FAILURES: 9, FILTERED_MODELS: ['gpt-4'], API_KEYS: [keyNamed('a')], LOG_LEVEL: 'debug' },
  });
  expect(pool('default').config.maxFailures).toBe(9);
  expect(pool('default').keys.map(({ config }) => config.secret)).toEqual([keyNamed('a')]);
  expect(gateway().filteredModels.names).toEqual(['gpt-4']);
  const rows = await store.settings.list();
  expect(rows.find(({ name }) => name === 'MAX_FAILURES')).toMatchObject({ value: '9', source: 'dashboard' });
  const [entry] = await audit();
  expect(entry).toMatchObject({ action: 'settings.update' });
  expect(JSON.parse(entry?.detail ?? '')).toMatchObject({ MAX_FAILURES: '9', API_KEYS: SECRET_MASK });
});

it('is all or nothing, with the reason for each field', async () => {
  const { context, audit } = await world();
  const values = { MAX_FAILURES: 5, MAX_RETRIES: 'many', NO_SUCH: 1, PORT: 9000 };
  await expect(updateSettings(context, { values })).rejects.toMatchObject({
    code: 'invalid_input',
    fields: {
      MAX_RETRIES: expect.stringContaining('from 0 to 100') as unknown,
      NO_SUCH: expect.stringContaining('is not a setting') as unknown,
      PORT: expect.stringContaining('read at start only') as unknown,
    },
  });
  expect(context.settings.current.MAX_FAILURES).toBe(3);
  expect(await audit()).toEqual([]);
});

it('tells the second of two who change the same setting, and lets those pass who change others', async () => {
  const { context } = await world();
  const { revision } = readSettings(context);
  await updateSettings(context, { revision, values: { MAX_FAILURES: 4 } });
  await updateSettings(context, { revision, values: { MAX_RETRIES: 4 } });
  await expect(updateSettings(context, { revision, values: { MAX_FAILURES: 5 } })).rejects.toMatchObject({
    code: 'conflict',
    fields: { MAX_FAILURES: 'was changed by somebody else meanwhile' },
  });
  expect(context.settings.current.MAX_FAILURES).toBe(4);
  await updateSettings(context, { revision: readSettings(context).revision, values: { MAX_FAILURES: 5 } });
  expect(context.settings.current.MAX_FAILURES).toBe(5);
});

it('a mask that comes back keeps what is there, in headers one by one', async () => {
  const { context } = await world({ CUSTOM_HEADERS: '{"X-Api-Key":"old-secret","X-Team":"blue"}' });
  await updateSettings(context, {
    values: { AUTH_TOKEN: SECRET_MASK, CUSTOM_HEADERS: { 'X-Api-Key': SECRET_MASK, 'X-Team': 'red' } },
  });
  expect(context.settings.current.AUTH_TOKEN).toBe('sk-admin-0123456789');
  expect(context.settings.current.CUSTOM_HEADERS).toEqual({ 'X-Api-Key': 'old-secret', 'X-Team': 'red' });
  await expect(
    updateSettings(context, { values: { CUSTOM_HEADERS: { 'X-New-Key': SECRET_MASK } } }),
  ).rejects.toMatchObject({ code: 'invalid_input' });
});

it('gives settings their defaults back', async () => {
  const { context } = await world({ MAX_FAILURES: '7' });
  const answer = await resetSettings(context, { names: ['MAX_FAILURES'] });
  expect(itemOf(answer, 'MAX_FAILURES')).toMatchObject({ value: 3 });
  await expect(resetSettings(context, { names: ['NO_SUCH'] })).rejects.toMatchObject({
    code: 'invalid_input',
  });
});
