import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI, { AzureOpenAI } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  chatChunk,
  chatCompletion,
  reply,
  startScriptedUpstream,
  type RecordedRequest,
  type Reply,
  type ScriptedUpstream,
} from '../../support/scripted-upstream';
import { CLIENT_TOKEN, inBothModes, type ServedProgram } from './faces';

const DEAD = 'dead-key-that-is-revoked-0001';
const ALIVE = 'key-that-is-alive-and-well-0002';

const CLAUDE = 'claude-test-1';
const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: CLAUDE,
  content: [{ type: 'text', text: 'Hello there' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 10, cache_read_input_tokens: 4, cache_creation_input_tokens: 2, output_tokens: 7 },
};
const named = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const MESSAGE_EVENTS = [
  named('message_start', {
    message: { ...MESSAGE, content: [], stop_reason: null, usage: { ...MESSAGE.usage, output_tokens: 1 } },
  }),
  named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  named('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Hello ' } }),
  named('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'there' } }),
  named('content_block_stop', { index: 0 }),
  named('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 7 } }),
  named('message_stop', {}),
];

const GEMINI = 'gemini-test-1';
const generated = (text: string, usage?: object): object => ({
  candidates: [
    {
      index: 0,
      content: { role: 'model', parts: [{ text }] },
      ...(usage !== undefined && { finishReason: 'STOP' }),
    },
  ],
  ...(usage !== undefined && { usageMetadata: usage }),
});
const GEMINI_USAGE = {
  promptTokenCount: 11,
  cachedContentTokenCount: 3,
  candidatesTokenCount: 5,
  thoughtsTokenCount: 2,
  totalTokenCount: 18,
};

/** Eight as they are, three from the cache, five of the answer, and two of thought. */
const GEMINI_COST = 1_000 * (8 * 2 + 3 * 20 + 5 * 200 + 2 * 2_000);

const GOOGLE_REFUSAL = {
  error: {
    code: 400,
    message: 'API key not valid. Please pass a valid API key.',
    status: 'INVALID_ARGUMENT',
  },
};
const ANTHROPIC_REFUSAL = {
  type: 'error',
  error: { type: 'authentication_error', message: 'invalid x-api-key' },
};

const AZURE_EVENTS = [
  chatChunk('Hello'),
  chatChunk('', { usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }, choices: [] }),
  'data: [DONE]\n\n',
];
const AZURE_COST = 1_000 * (3 * 3 + 2 * 30);

/** The secret of a provider, wherever it stands. */
function keyIn({ headers, url }: RecordedRequest): string {
  const named = headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers['api-key'];
  const inQuery = new URL(url, 'http://upstream').searchParams.get('key');
  return String(named ?? inQuery ?? headers.authorization?.replace('Bearer ', ''));
}

/** The dead key is refused; with the other one the request is answered. */
function withKey(refusal: { status: number; body: object }, answered: Reply): Reply {
  return (request, response) =>
    keyIn(request) === ALIVE
      ? answered(request, response)
      : reply.json(refusal.status, refusal.body)(request, response);
}

inBothModes('clients of other providers', (start) => {
  let upstream: ScriptedUpstream;
  let server: ServedProgram;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const { origin } = new URL(upstream.baseUrl);
    const api_keys = [DEAD, ALIVE];
    server = await start({
      MAX_RETRIES: '2',
      MODEL_PRICES: [
        { model: CLAUDE, input: 1, cached_input: 10, cache_write: 100, output: 1000 },
        { model: GEMINI, input: 2, cached_input: 20, output: 200, reasoning: 2000 },
        { model: 'my-gpt', input: 3, output: 30 },
      ],
      PROVIDERS_CONFIG: [
        { name: 'Anthropic', preset: 'anthropic', base_url: `${origin}/v1`, api_keys },
        { name: 'Gemini', preset: 'gemini', base_url: `${origin}/v1beta/openai`, api_keys },
        { name: 'Azure', preset: 'azure', base_url: origin, api_keys },
        { name: 'Query', base_url: `${origin}/v1`, auth: 'query:key', query: { tenant: 'blue' }, api_keys },
      ],
    });
  });
  beforeEach(() => upstream.reset());
  afterAll(() => upstream.stop());

  /** What came in, raw: the client's token is nowhere in it. */
  function requests(): readonly RecordedRequest[] {
    for (const { url, rawHeaders, body } of upstream.requests) {
      expect([url, ...rawHeaders, body.toString()].join('\n')).not.toContain(CLIENT_TOKEN);
    }
    return upstream.requests;
  }

  const withId = (id: string | null | undefined) => ({ headers: { 'x-request-id': id ?? '' } });
  const logOf = (id: string | null | undefined) => server.readLog(withId(id));

  describe('Anthropic', () => {
    const client = () =>
      new Anthropic({ apiKey: CLIENT_TOKEN, baseURL: `${server.url}/anthropic`, maxRetries: 0 });
    const asked = { model: CLAUDE, max_tokens: 20, messages: [{ role: 'user' as const, content: 'Hi' }] };

    it('is answered by the key that is alive, with usage in the log', async () => {
      upstream.fallbackReply = withKey({ status: 401, body: ANTHROPIC_REFUSAL }, reply.json(200, MESSAGE));
      const { data, response } = await client().messages.create(asked).withResponse();
      expect(data.content).toEqual(MESSAGE.content);
      const last = requests().at(-1);
      expect(last).toMatchObject({ url: '/v1/messages' });
      expect(last?.headers['x-api-key']).toBe(ALIVE);
      expect(last?.headers.authorization).toBeUndefined();
      expect(await logOf(response.headers.get('x-request-id'))).toMatchObject({
        provider: 'anthropic',
        model: CLAUDE,
        status: 200,
        promptTokens: 16,
        cachedTokens: 4,
        completionTokens: 7,
        // Ten as they are, four from the cache, two into it, and the answer.
        costNano: 1_000 * (10 * 1 + 4 * 10 + 2 * 100 + 7 * 1_000),
      });
    });

    it.each([
      [{}, '2023-06-01'],
      [{ 'Anthropic-Version': '2024-01-01' }, '2024-01-01'],
    ])(
      'is asked for a version of its API, the one of the client if it names one: %j',
      async (own, version) => {
        upstream.fallbackReply = reply.json(200, MESSAGE);
        const headers = { 'x-goog-api-key': CLIENT_TOKEN, 'OpenAI-Organization': 'org-client', ...own };
        const body = JSON.stringify(asked);
        const url = `${server.url}/anthropic/v1/messages`;
        expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200);
        const sent = requests().at(-1)?.headers;
        expect(sent?.['anthropic-version']).toBe(version);
        expect(sent?.['openai-organization']).toBeUndefined();
      },
    );

    it('streams, with usage in the log', async () => {
      upstream.fallbackReply = withKey({ status: 401, body: ANTHROPIC_REFUSAL }, reply.sse(MESSAGE_EVENTS));
      const stream = client().messages.stream(asked);
      expect(await stream.finalText()).toBe('Hello there');
      const { response } = await stream.withResponse();
      expect(keyIn(requests().at(-1)!)).toBe(ALIVE);
      expect(await logOf(response.headers.get('x-request-id'))).toMatchObject({
        isStream: 1,
        outcome: 'success',
        promptTokens: 16,
        cachedTokens: 4,
        completionTokens: 7,
        costNano: 1_000 * (10 * 1 + 4 * 10 + 2 * 100 + 7 * 1_000),
      });
    });
  });

  describe('Gemini', () => {
    const client = () =>
      new GoogleGenAI({ apiKey: CLIENT_TOKEN, httpOptions: { baseUrl: `${server.url}/gemini` } });
    const asked = { model: GEMINI, contents: 'Hi' };

    it('is answered by the key that is alive, with model and usage in the log', async () => {
      const answered = reply.json(200, generated('Hello there', GEMINI_USAGE));
      upstream.fallbackReply = withKey({ status: 400, body: GOOGLE_REFUSAL }, answered);
      const answer = await client().models.generateContent(asked);
      expect(answer.text).toBe('Hello there');
      const last = requests().at(-1);
      expect(last).toMatchObject({ url: `/v1beta/models/${GEMINI}:generateContent` });
      expect(last?.headers).toMatchObject({ 'x-goog-api-key': ALIVE });
      expect(last?.headers.authorization).toBeUndefined();
      expect(await logOf(answer.sdkHttpResponse?.headers?.['x-request-id'])).toMatchObject({
        provider: 'gemini',
        model: GEMINI,
        isStream: 0,
        promptTokens: 11,
        cachedTokens: 3,
        completionTokens: 7,
        reasoningTokens: 2,
        costNano: GEMINI_COST,
      });
    });

    it('streams, with model and usage in the log', async () => {
      const events = [generated('Hello '), generated('there', GEMINI_USAGE)];
      const answered = reply.sse(events.map((one) => `data: ${JSON.stringify(one)}\n\n`));
      upstream.fallbackReply = withKey({ status: 400, body: GOOGLE_REFUSAL }, answered);
      let text = '';
      let id: string | undefined;
      for await (const chunk of await client().models.generateContentStream(asked)) {
        text += chunk.text ?? '';
        id ??= chunk.sdkHttpResponse?.headers?.['x-request-id'];
      }
      expect(text).toBe('Hello there');
      expect(requests().at(-1)?.url).toBe(`/v1beta/models/${GEMINI}:streamGenerateContent?alt=sse`);
      expect(await logOf(id)).toMatchObject({
        model: GEMINI,
        isStream: 1,
        outcome: 'success',
        promptTokens: 11,
        completionTokens: 7,
        costNano: GEMINI_COST,
      });
    });

    it('a list that is streamed has its usage in the log', async () => {
      const list = [generated('Hello '), generated('there', GEMINI_USAGE)];
      upstream.fallbackReply = withKey({ status: 400, body: GOOGLE_REFUSAL }, reply.json(200, list));
      const url = `${server.url}/gemini/v1beta/models/${GEMINI}:streamGenerateContent?key=${CLIENT_TOKEN}`;
      const response = await fetch(url, { method: 'POST', body: '{"contents":[]}' });
      expect(await response.json()).toEqual(list);
      expect(requests().at(-1)?.url).toBe(`/v1beta/models/${GEMINI}:streamGenerateContent`);
      expect(await logOf(response.headers.get('x-request-id'))).toMatchObject({
        model: GEMINI,
        promptTokens: 11,
        completionTokens: 7,
      });
    });

    it.each(['/gemini/v1', '/gemini/v1beta/openai'])("serves OpenAI's clients at %s", async (path) => {
      upstream.fallbackReply = withKey(
        { status: 400, body: GOOGLE_REFUSAL },
        reply.json(200, chatCompletion()),
      );
      const openai = new OpenAI({ apiKey: CLIENT_TOKEN, baseURL: server.url + path, maxRetries: 0 });
      const answer = await openai.chat.completions.create({
        model: GEMINI,
        messages: [{ role: 'user', content: 'Hi' }],
      });
      expect(answer.choices[0]?.message.content).toBe('Hello there');
      const last = requests().at(-1);
      expect(last).toMatchObject({ url: '/v1beta/openai/chat/completions' });
      expect(last?.headers).toMatchObject({ authorization: `Bearer ${ALIVE}` });
      expect(last?.headers['x-goog-api-key']).toBeUndefined();
    });
  });

  describe('Azure', () => {
    const refusal = { status: 401, body: { error: { code: '401', message: 'Access denied: invalid key' } } };
    const messages = [{ role: 'user' as const, content: 'Hi' }];

    it('of deployments is answered by the key that is alive', async () => {
      upstream.fallbackReply = withKey(refusal, reply.json(200, chatCompletion()));
      const client = new AzureOpenAI({
        apiKey: CLIENT_TOKEN,
        endpoint: `${server.url}/azure`,
        apiVersion: '2024-10-21',
        deployment: 'my-gpt',
        maxRetries: 0,
      });
      const answer = await client.chat.completions.create({ model: 'my-gpt', messages });
      expect(answer.choices[0]?.message.content).toBe('Hello there');
      const last = requests().at(-1);
      expect(last?.url).toBe('/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21');
      expect(last?.headers).toMatchObject({ 'api-key': ALIVE });
      expect(last?.headers.authorization).toBeUndefined();
      expect(await logOf(answer._request_id)).toMatchObject({
        provider: 'azure',
        endpoint: '/chat/completions',
        model: 'my-gpt',
        promptTokens: 3,
        costNano: AZURE_COST,
      });
    });

    it('of deployments streams by the key that is alive', async () => {
      upstream.fallbackReply = withKey(refusal, reply.sse(AZURE_EVENTS));
      const client = new AzureOpenAI({
        apiKey: CLIENT_TOKEN,
        endpoint: `${server.url}/azure`,
        apiVersion: '2024-10-21',
        maxRetries: 0,
      });
      const stream = await client.chat.completions.create({ model: 'my-gpt', messages, stream: true });
      let text = '';
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      expect(text).toBe('Hello');
      expect(requests().at(-1)?.url).toBe(
        '/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21',
      );
      expect(keyIn(requests().at(-1)!)).toBe(ALIVE);
    });

    it('of its v1 API is answered by the key that is alive', async () => {
      upstream.fallbackReply = withKey(refusal, reply.json(200, chatCompletion()));
      const client = new AzureOpenAI({
        apiKey: CLIENT_TOKEN,
        baseURL: `${server.url}/azure/openai/v1`,
        apiVersion: 'preview',
        maxRetries: 0,
      });
      const answer = await client.chat.completions.create({ model: 'my-gpt', messages });
      expect(answer.choices[0]?.message.content).toBe('Hello there');
      expect(requests().at(-1)).toMatchObject({ headers: { 'api-key': ALIVE } });
      expect(await logOf(answer._request_id)).toMatchObject({ model: 'my-gpt', costNano: AZURE_COST });
    });

    it('of its v1 API streams by the key that is alive', async () => {
      upstream.fallbackReply = withKey(refusal, reply.sse(AZURE_EVENTS));
      const baseURL = `${server.url}/azure/openai/v1`;
      const client = new OpenAI({ apiKey: CLIENT_TOKEN, baseURL, maxRetries: 0 });
      const { data: stream, response } = await client.chat.completions
        .create({ model: 'my-gpt', messages, stream: true })
        .withResponse();
      let text = '';
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      expect(text).toBe('Hello');
      expect(requests().at(-1)).toMatchObject({ url: '/openai/v1/chat/completions' });
      expect(requests().at(-1)?.headers).toMatchObject({ 'api-key': ALIVE });
      const id = response.headers.get('x-request-id');
      expect(await logOf(id)).toMatchObject({ isStream: 1, outcome: 'success', costNano: AZURE_COST });
    });
  });

  const ways: readonly (readonly [how: string, headers: Record<string, string>, query: string])[] = [
    ['Authorization', { authorization: `Bearer ${CLIENT_TOKEN}` }, ''],
    ['x-api-key', { 'x-api-key': CLIENT_TOKEN }, ''],
    ['api-key', { 'api-key': CLIENT_TOKEN }, ''],
    ['x-goog-api-key', { 'x-goog-api-key': CLIENT_TOKEN }, ''],
    ['?key=', {}, `?key=${CLIENT_TOKEN}`],
    [
      'all of these at once',
      {
        authorization: `Bearer ${CLIENT_TOKEN}`,
        'x-api-key': CLIENT_TOKEN,
        'api-key': CLIENT_TOKEN,
        'x-goog-api-key': CLIENT_TOKEN,
      },
      `?key=${CLIENT_TOKEN}&alt=json`,
    ],
  ];
  const places: readonly (readonly [path: string, header: string | undefined, answer: object])[] = [
    ['/anthropic/v1/messages', 'x-api-key', MESSAGE],
    [`/gemini/v1beta/models/${GEMINI}:generateContent`, 'x-goog-api-key', generated('Hello', GEMINI_USAGE)],
    ['/gemini/v1beta/openai/chat/completions', 'authorization', chatCompletion()],
    ['/azure/openai/deployments/my-gpt/chat/completions', 'api-key', chatCompletion()],
    ['/azure/openai/v1/chat/completions', 'api-key', chatCompletion()],
    ['/query/v1/chat/completions', undefined, chatCompletion()],
  ];

  it.each(ways.flatMap((way) => places.map((place) => [...way, ...place] as const)))(
    'what a client is let in with by %s%.0s%.0s does not cross at %s',
    async (_how, headers, query, path, header, answer) => {
      upstream.fallbackReply = withKey({ status: 401, body: {} }, reply.json(200, answer));
      const body = JSON.stringify({ model: 'my-gpt', messages: [], contents: [] });
      const response = await fetch(`${server.url}${path}${query}`, { method: 'POST', headers, body });
      expect(response.status).toBe(200);
      await response.arrayBuffer();
      const last = requests().at(-1)!;
      const credentials = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'];
      expect(credentials.filter((name) => last.headers[name] !== undefined)).toEqual(
        header === undefined ? [] : [header],
      );
      expect(keyIn(last)).toBe(ALIVE);
    },
  );

  it('a key in the query is in nothing that is told of the request', async () => {
    upstream.fallbackReply = (request, response) => {
      const headers = { location: `http://elsewhere${request.url}`, 'x-asked': request.url };
      const body = { error: { message: `no ${request.url}, ${encodeURIComponent(request.url)}`, code: 'x' } };
      return reply.json(500, body, headers)(request, response);
    };
    const url = `${server.url}/query/v1/chat/completions?tenant=mine&a=1&key=${CLIENT_TOKEN}`;
    const body = JSON.stringify({ model: 'gpt-x', messages: [] });
    const response = await fetch(url, { method: 'POST', body, redirect: 'manual' });
    const told = (await response.text()) + JSON.stringify([...response.headers]);
    const asked = requests().map(({ url: one }) => one);
    expect(asked.every((one) => /\?a=1&tenant=blue&key=(?:dead|key)-/.test(one))).toBe(true);
    const id = response.headers.get('x-request-id') ?? '';
    const log = JSON.stringify(await logOf(id));
    const errors = JSON.stringify(await server.readErrors(withId(id), asked.length));
    for (const secret of [DEAD, ALIVE, CLIENT_TOKEN]) {
      for (const text of [told, log, errors, server.stdout()]) expect(text).not.toContain(secret);
    }
  });
});
