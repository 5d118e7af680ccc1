import { describe, expect, it, test } from 'vitest';
import { checkAddress } from '../../../../lib/admin/providers/check-address';
import { askModels } from '../../../../lib/admin/providers/models';
import { tidyAddress } from '../../../../lib/admin/providers/tidy-address';
import { world } from '../support';

test.each([
  ['https://api.example.com/v1/', 'https://api.example.com/v1'],
  ['api.example.com/v1', 'https://api.example.com/v1'],
  ['localhost:11434/v1', 'http://localhost:11434/v1'],
  ['192.168.1.4:8080', 'http://192.168.1.4:8080'],
  ['https://api.example.com/v1/chat/completions', 'https://api.example.com/v1'],
  ['https://api.example.com/v1/models?x=1', 'https://api.example.com/v1'],
  [' "https://api.example.com/v1" ', 'https://api.example.com/v1'],
  ['https//api.example.com/v1', 'https://api.example.com/v1'],
  ['ftp://api.example.com', 'ftp://api.example.com'],
])('%j is taken for %s', (raw, meant) => expect(tidyAddress(raw)).toBe(meant));

const LIST = {
  status: 200,
  latencyMs: 1,
  json: { data: [{ id: 'a' }] },
  error: undefined,
  keyHint: undefined,
};
const answers = (known: Readonly<Record<string, Partial<typeof LIST> | undefined>>) => ({
  askAddress: ({ baseUrl }: { baseUrl: string }) =>
    Promise.resolve({
      ...LIST,
      status: undefined,
      json: undefined,
      error: 'refused',
      ...known[baseUrl],
    } as never),
});

describe('an address that nobody has saved', () => {
  it('is asked with the first good key of the text', async () => {
    const secrets: string[] = [];
    const { context } = await world(
      {},
      {
        askAddress: ({ secret }: { secret: string }) => {
          secrets.push(secret);
          return Promise.resolve(LIST);
        },
      },
    );
    const text = 'hello\nsk-0123456789abcdef';
    const answer = await checkAddress(context, { baseUrl: 'api.example.com/v1', text });
    expect(answer).toMatchObject({ baseUrl: 'https://api.example.com/v1', outcome: 'models', models: ['a'] });
    expect(secrets).toEqual(['sk-0123456789abcdef']);
  });

  it('is not said to have models that nobody may ask for', async () => {
    const json = { data: [{ id: 'gpt-4o' }, { id: 'gpt-4o-mini' }] };
    const listed = { ...LIST, json };
    const parts = { askAddress: () => Promise.resolve(listed), askModels: () => Promise.resolve(listed) };
    const { context } = await world({}, parts);
    await context.settings.set({ FILTERED_MODELS: '["gpt-4o"]' });
    const address = { baseUrl: 'https://a.example/v1', text: '' };
    expect((await checkAddress(context, address)).models).toEqual(['gpt-4o-mini']);
    const [provider] = context.configuration.inventory.providers;
    const { models } = await askModels(context, { id: provider?.id ?? '' });
    expect(models.map(({ id, isFiltered }) => [id, isFiltered])).toEqual([
      ['gpt-4o', true],
      ['gpt-4o-mini', false],
    ]);
  });

  it('without its version path is answered with the address that works', async () => {
    const { context } = await world(
      {},
      answers({ 'https://a.example': { status: 404 }, 'https://a.example/v1': LIST }),
    );
    const answer = await checkAddress(context, { baseUrl: 'https://a.example', text: '' });
    expect(answer).toMatchObject({ outcome: 'no_list', suggestion: 'https://a.example/v1' });
  });

  it('that has no list is no error, and one that is not there is told so', async () => {
    const { context } = await world({}, answers({ 'https://a.example/v1': { status: 404 } }));
    const bare = await checkAddress(context, { baseUrl: 'https://a.example/v1', text: '' });
    expect(bare).toMatchObject({ outcome: 'no_list', suggestion: null, models: null });
    const gone = await checkAddress(context, { baseUrl: 'https://b.example/v1', text: '' });
    expect(gone).toMatchObject({ outcome: 'unreachable', message: 'refused' });
  });

  it('that is none is refused by its field', async () => {
    const { context } = await world();
    const wrong = checkAddress(context, { baseUrl: 'no address at all', text: '' });
    await expect(wrong).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { baseUrl: expect.any(String) as string },
    });
  });
});
