import { describe, expect, it, test } from 'vitest';
import { checkAddress } from '../../../../lib/admin/providers/check-address';
import { askModels } from '../../../../lib/admin/providers/models';
import { tidyAddress } from '../../../../lib/admin/providers/tidy-address';
import { updateSettings } from '../../../../lib/admin/settings/update';
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
    await updateSettings(context, { values: { FILTERED_MODELS: ['gpt-4o'] } });
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

  describe('with a path that is wrong', () => {
    const PAGE = { status: 404, isPage: true, json: undefined, error: 'answered with 404 a page of HTML' };
    const KEY = { status: 401, json: undefined, error: 'answered with 401 wrong key' };
    const HOST = 'http://a.example:8000';
    /** All other paths of the host are pages. */
    const host = (known: Record<string, object>) => ({
      askAddress: ({ baseUrl }: { baseUrl: string }) =>
        Promise.resolve({ ...LIST, ...(known[baseUrl] ?? PAGE) } as never),
    });

    it.each([
      ['/v2', '/v1', LIST],
      ['/vl', '/v1', KEY],
      ['/V1', '/v1', LIST],
      ['/v1/v1', '/v1', LIST],
      ['/v1/chat', '/v1', KEY],
      ['/api/vl', '/api/v1', LIST],
      ['/openapi/v1', '/openai/v1', LIST],
      ['/some/where/else', '/api/v1', LIST],
      ['/chat', '', LIST],
      ['', '/v1', LIST],
    ])('%j is answered with the one that works, %j', async (wrong, right, answer) => {
      const { context } = await world({}, host({ [HOST + right]: answer }));
      expect(await checkAddress(context, { baseUrl: HOST + wrong, text: '' })).toMatchObject({
        outcome: 'not_an_api',
        suggestion: HOST + right,
      });
    });

    it('is a doubt where no better one is found', async () => {
      const { context } = await world({}, host({}));
      expect(await checkAddress(context, { baseUrl: `${HOST}/v2`, text: '' })).toMatchObject({
        outcome: 'not_an_api',
        suggestion: null,
      });
    });

    it('is none where a program answers and only another place wants a key', async () => {
      const program = { status: 404, json: undefined, error: 'answered with 404 not found' };
      const { context } = await world({}, host({ [`${HOST}/api/v3`]: program, [`${HOST}/v1`]: KEY }));
      expect(await checkAddress(context, { baseUrl: `${HOST}/api/v3`, text: '' })).toMatchObject({
        outcome: 'no_list',
        suggestion: null,
      });
    });
  });

  it('for https where plain http is spoken is answered with that, and the key is not sent in plain text', async () => {
    const asked: string[] = [];
    const plain = { ...LIST, status: undefined, json: undefined, isPlainHttp: true, error: 'plain' };
    const { context } = await world(
      {},
      {
        askAddress: ({ baseUrl, secret }: { baseUrl: string; secret: string }) => {
          asked.push(`${baseUrl} ${secret}`);
          const isRight = baseUrl === 'http://a.example/v1';
          const answer = baseUrl.startsWith('https:') ? plain : { ...LIST, status: isRight ? 401 : 404 };
          return Promise.resolve({ ...answer, json: undefined });
        },
      },
    );
    const text = 'sk-0123456789abcdef';
    for (const baseUrl of ['https://a.example/v1', 'https://a.example']) {
      expect(await checkAddress(context, { baseUrl, text })).toMatchObject({
        outcome: 'unreachable',
        suggestion: 'http://a.example/v1',
      });
    }
    expect(asked.filter((one) => one.startsWith('http:') && one.includes('sk-'))).toEqual([]);
  });

  it.each([
    { status: 400, error: 'answered with 400 The plain HTTP request was sent to HTTPS port' },
    { status: undefined, error: 'other side closed' },
    { status: 301, error: 'answered with status 301' },
  ])('for http where https is spoken is answered with that: %j', async (answer) => {
    const { context } = await world(
      {},
      {
        askAddress: ({ baseUrl }: { baseUrl: string }) =>
          Promise.resolve(
            baseUrl === 'https://a.example/v1' ? LIST : ({ ...LIST, json: undefined, ...answer } as never),
          ),
      },
    );
    const checked = await checkAddress(context, { baseUrl: 'http://a.example/v1', text: '' });
    expect(checked.suggestion).toBe('https://a.example/v1');
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
