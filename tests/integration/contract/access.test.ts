import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { reply, startScriptedUpstream, type ScriptedUpstream } from '../../support/scripted-upstream';
import { ask } from './ask';
import { ADMIN_TOKEN, CLIENT_TOKEN, inEveryFace, type Program } from './faces';
import { expectRefusal } from './refusal';

const body = { model: 'gpt-test', messages: [] };
const PATH = '/v1/chat/completions';

inEveryFace('tokens', (start) => {
  let upstream: ScriptedUpstream;
  let server: Program;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    server = await start({
      BASE_URL: upstream.baseUrl,
      API_KEYS: 'sk-up',
      ALLOWED_TOKENS: [CLIENT_TOKEN, 'second-token'],
    });
  });
  beforeEach(() => upstream.reset());
  afterAll(() => upstream.stop());

  it.each([
    ['Bearer', { authorization: `Bearer ${CLIENT_TOKEN}` }],
    ['bearer', { authorization: `bearer ${CLIENT_TOKEN}` }],
    ['BEARER', { authorization: `BEARER ${CLIENT_TOKEN}` }],
    ['Bearer and several spaces', { authorization: `Bearer   ${CLIENT_TOKEN} ` }],
    ['x-api-key', { authorization: undefined, 'x-api-key': CLIENT_TOKEN }],
    ['api-key', { authorization: undefined, 'api-key': CLIENT_TOKEN }],
    ['API-KEY', { authorization: undefined, 'API-KEY': CLIENT_TOKEN }],
    ['x-api-key beside a foreign Authorization', { authorization: 'Basic eDp5', 'x-api-key': CLIENT_TOKEN }],
    ['the second of the tokens', { authorization: 'Bearer second-token' }],
    ['the admin token', { authorization: `Bearer ${ADMIN_TOKEN}` }],
  ])('open with %s', async (_how, headers) => {
    const answer = await ask(server, PATH, { body, headers });
    expect(answer.status, answer.text).toBe(200);
    expect(upstream.requests).toHaveLength(1);
    expect(upstream.requests[0]!.key).toBe('sk-up');
  });

  it.each([
    ['no header', { authorization: undefined }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['another scheme', { authorization: `Basic ${CLIENT_TOKEN}` }],
    ['no scheme', { authorization: CLIENT_TOKEN }],
  ])('are missed with %s', async (_how, headers) => {
    expectRefusal(await ask(server, PATH, { body, headers }), 401, 'missing_token');
    expect(upstream.requests).toEqual([]);
  });

  it.each([
    ['a wrong one', { authorization: 'Bearer wrong' }],
    ['one in another case', { authorization: `Bearer ${CLIENT_TOKEN.toUpperCase()}` }],
    ['the beginning of one', { authorization: `Bearer ${CLIENT_TOKEN.slice(0, -1)}` }],
    ['one with something behind', { authorization: `Bearer ${CLIENT_TOKEN}x` }],
    ['several in one', { authorization: `Bearer ${CLIENT_TOKEN},second-token` }],
    ['the key of the upstream', { authorization: 'Bearer sk-up' }],
    ['a wrong x-api-key', { authorization: undefined, 'x-api-key': 'wrong' }],
    ['a very long one', { authorization: `Bearer ${'x'.repeat(8_000)}` }],
  ])('are refused if it is %s', async (_what, headers) => {
    const answer = await ask(server, PATH, { body, headers });
    expectRefusal(answer, 401, 'invalid_token');
    expect(answer.text).not.toMatch(/client-token|second-token|admin-token|sk-up/);
    expect(upstream.requests).toEqual([]);
  });

  it.each([
    [`${PATH}?a=1&key=${CLIENT_TOKEN}`, {}],
    [PATH, { 'x-goog-api-key': CLIENT_TOKEN }],
  ])("let in as Google's clients send them, and go no further: %s %j", async (path, header) => {
    const answer = await ask(server, path, { body, headers: { authorization: undefined, ...header } });
    expect(answer.status).toBe(200);
    const { url, rawHeaders } = upstream.requests.at(-1)!;
    expect([url, ...rawHeaders].join('\n')).not.toContain(CLIENT_TOKEN);
  });

  it('do not count elsewhere in the query string, nor in the body', async () => {
    const answer = await ask(server, `${PATH}?api_key=${CLIENT_TOKEN}&token=${CLIENT_TOKEN}`, {
      body: { ...body, api_key: CLIENT_TOKEN },
      headers: { authorization: undefined },
    });
    expectRefusal(answer, 401, 'missing_token');
  });

  it('are asked for before anything else is looked at', async () => {
    const headers = { authorization: undefined };
    for (const path of ['/v1/models', '/nobody/v1/models', '/v1/../x', '/v1/', '/v1/files']) {
      const answer = await ask(server, path, { headers });
      // Next resolves the dots itself, and then it is no path of the API any more.
      if (path === '/v1/../x') expect([401, 404]).toContain(answer.status);
      else expectRefusal(answer, 401, 'missing_token');
    }
    expectRefusal(await ask(server, PATH, { body: '{broken', headers }), 401, 'missing_token');
    expect(upstream.requests).toEqual([]);
  });
});

inEveryFace('keys', (start) => {
  let first: ScriptedUpstream;
  let second: ScriptedUpstream;
  let third: ScriptedUpstream;
  let server: Program;
  const secrets = ['sk-first-secret-1', 'sk-first-secret-2', 'sk-second-secret-1', 'sk-third-secret-1'];

  beforeAll(async () => {
    [first, second, third] = await Promise.all([
      startScriptedUpstream(),
      startScriptedUpstream(),
      startScriptedUpstream(),
    ]);
    server = await start({
      BASE_URL: 'http://127.0.0.1:9/v1',
      DEFAULT_PROVIDER: 'first',
      PROVIDERS_CONFIG: [
        {
          name: 'First',
          path: 'first',
          base_url: first.baseUrl,
          api_keys: secrets.slice(0, 2),
          fallbacks: ['second', 'third'],
          max_retries: 1,
          model_request_key: 'sk-first-models-key',
          custom_headers: { 'x-first': 'first-header-secret' },
        },
        {
          name: 'Second',
          path: 'second',
          base_url: second.baseUrl,
          api_keys: [secrets[2]],
          custom_headers: { 'x-second': 'second-header-secret' },
          max_retries: 0,
        },
        { name: 'Third', path: 'third', base_url: third.baseUrl, api_keys: [secrets[3]] },
      ],
    });
  });
  beforeEach(() => [first, second, third].forEach((upstream) => upstream.reset()));
  afterAll(() => Promise.all([first, second, third].map((upstream) => upstream.stop())));

  /** Nothing of one provider, and no token, was ever seen by another. */
  function expectNothingMixed(): void {
    const foreign: [ScriptedUpstream, RegExp][] = [
      [first, /second|third|client-token|admin-token/],
      [second, /first|third|client-token|admin-token/],
      [third, /first|second|client-token|admin-token/],
    ];
    for (const [upstream, pattern] of foreign) {
      for (const { rawHeaders, body: sent, url } of upstream.requests) {
        expect(`${url} ${rawHeaders.join(' ')} ${sent.toString()}`).not.toMatch(pattern);
      }
    }
  }

  it('go to their own provider', async () => {
    for (const slug of ['first', 'second', 'third']) {
      for (let i = 0; i < 3; i++) await ask(server, `/${slug}${PATH}`, { body });
    }
    expect(first.requests.map(({ key }) => key).sort()).toEqual(
      expect.arrayContaining(['sk-first-secret-1', 'sk-first-secret-2']),
    );
    expect(second.requests.map(({ key }) => key)).toEqual(Array(3).fill('sk-second-secret-1'));
    expect(third.requests.map(({ key }) => key)).toEqual(Array(3).fill('sk-third-secret-1'));
    expectNothingMixed();
  });

  it('stay with it when lists of models are asked for', async () => {
    for (const slug of ['first', 'second', 'third']) {
      expect((await ask(server, `/${slug}/v1/models`)).status).toBe(200);
    }
    expect(first.requests.map(({ key }) => key)).toEqual(['sk-first-models-key']);
    expect(second.requests.map(({ key }) => key)).toEqual(['sk-second-secret-1']);
    expect(third.requests.map(({ key }) => key)).toEqual(['sk-third-secret-1']);
    expectNothingMixed();
  });

  it('stay with it when a fallback takes over', async () => {
    first.fallbackReply = reply.error(500);
    second.fallbackReply = reply.error(503);
    const answer = await ask(server, PATH, { body });
    expect(answer.status, answer.text).toBe(200);
    expect(first.requests.map(({ key }) => key).sort()).toEqual(['sk-first-secret-1', 'sk-first-secret-2']);
    expect(second.requests.map(({ key }) => key)).toEqual(['sk-second-secret-1']);
    expect(third.requests.map(({ key }) => key)).toEqual(['sk-third-secret-1']);
    expectNothingMixed();
  });

  it('stay with it when it redirects elsewhere', async () => {
    first.fallbackReply = (_request, response) =>
      void response.writeHead(307, { location: `${second.baseUrl}/chat/completions` }).end();
    const answer = await ask(server, PATH, { body });
    expect(answer.status).toBe(307);
    expect(second.requests).toEqual([]);
  });

  describe('that an upstream quotes', () => {
    it.each([400, 500, 429, 401])('are hidden from the client in an error with status %i', async (status) => {
      third.fallbackReply = (request, response) =>
        reply.error(status, { message: `You have sent ${request.key}` })(request, response);
      const model = `model-${status}`;
      const answer = await ask(server, '/third/v1/files', { body: { model } });
      expect(answer.text).not.toContain(secrets[3]);
      expect(answer.text).toContain('You have sent sk-');
      expect(answer.status).toBe(status);
    });
  });

  it('never appear in the output of the program', () => {
    expect(server.stdout()).not.toMatch(
      /sk-(first|second|third)-secret|sk-first-models-key|client-token|admin-token|header-secret/,
    );
  });
});
