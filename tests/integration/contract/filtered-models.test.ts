import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startScriptedUpstream, type ScriptedUpstream } from '../../support/scripted-upstream';
import { ask, type AskOptions } from './ask';
import { inEveryFace, type Program } from './faces';
import { expectRefusal } from './refusal';

const CHAT = '/v1/chat/completions';
const BAD = JSON.stringify({ model: 'gpt-old', messages: [{ role: 'user', content: 'hi' }] });
const FINE = BAD.replace('gpt-old', 'fine');
const form = (fields: string) => `${fields}--b0undary--\r\n`;
const field = (name: string, value: string, nl = '\r\n') =>
  `--b0undary${nl}Content-Disposition: form-data; name="${name}"${nl}${nl}${value}${nl}`;
const FORM = { 'content-type': 'multipart/form-data; boundary=b0undary' };
const upload = (purpose: string, file: string) =>
  form(field('purpose', purpose) + field('file"; filename="a.jsonl', file));
const coded = (encoding: string, type = 'application/json') => ({
  'content-type': type,
  'content-encoding': encoding,
});

const REFUSED: readonly [what: string, path: string, options: AskOptions][] = [
  ['as it is', CHAT, { body: BAD }],
  ['in another case', CHAT, { body: BAD.replace('"model":"gpt-old"', '"Model":" GPT-Old "') }],
  ['with escapes', CHAT, { body: BAD.replace('model', 'mod\\u0065l').replace('gpt', 'g\\u0070t') }],
  [
    'first of two',
    CHAT,
    { body: BAD.replace('{', '{"model":"gpt-old",').replace('"gpt-old","mess', '"fine","mess') },
  ],
  ['last of two', CHAT, { body: FINE.replace(/}$/, ',"model":"gpt-old"}') }],
  ['as a fallback', CHAT, { body: FINE.replace('{', '{"models":["fine","gpt-old"],') }],
  [
    'of a session',
    '/v1/realtime/client_secrets',
    { body: { session: { type: 'realtime', model: 'gpt-old' } } },
  ],
  [
    'in JSON lines',
    '/v1/batch',
    { body: `${FINE}\n${BAD}\n`, headers: { 'content-type': 'application/x-ndjson' } },
  ],
  ['as plain text', CHAT, { body: BAD, headers: { 'content-type': 'text/plain' } }],
  ['without a type', CHAT, { body: BAD, headers: { 'content-type': undefined } }],
  [
    'in UTF-16',
    '/v1/responses',
    { body: Buffer.from(`\ufeff${BAD}`, 'utf16le'), headers: { 'content-type': 'text/plain' } },
  ],
  ['gzipped', CHAT, { body: gzipSync(BAD), headers: coded('gzip') }],
  ['gzipped twice', CHAT, { body: gzipSync(gzipSync(BAD)), headers: coded('gzip, gzip') }],
  ['in brotli', CHAT, { body: brotliCompressSync(BAD), headers: coded('br', 'text/plain') }],
  ['deflated', CHAT, { body: deflateSync(BAD), headers: coded('deflate') }],
  ['deflated without a frame', CHAT, { body: deflateRawSync(BAD), headers: coded('Deflate') }],
  ['in an encoding that nobody knows', CHAT, { body: BAD, headers: coded('rot13') }],
  ['in a form', '/v1/audio/transcriptions', { body: form(field('model', 'gpt-old')), headers: FORM }],
  [
    'in a form with other line ends',
    '/v1/audio/transcriptions',
    { body: form(field('model', 'gpt-old', '\n')), headers: FORM },
  ],
  [
    'last in a form',
    '/v1/audio/transcriptions',
    { body: form(field('model', 'a') + field('model', 'gpt-old')), headers: FORM },
  ],
  [
    'behind a thousand parts',
    '/v1/audio/transcriptions',
    { body: form(field('a', 'b').repeat(1_000) + field('model', 'gpt-old')), headers: FORM },
  ],
  [
    'in a form of the other kind',
    CHAT,
    { body: 'model=gpt-old', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  ],
  ['with two types', CHAT, { body: BAD, headers: { 'content-type': ['text/plain', 'application/json'] } }],
  ['in the path', '/v1/models/GPT%2DOLD', {}],
  ['to be deleted', '/v1/models/gpt-old', { method: 'DELETE' }],
  ['as a deployment', '/v1/openai/deployments/gpt-old/chat/completions', { body: FINE }],
  ['as an engine', '/v1/engines/gpt-old/completions', { body: FINE }],
  ['as an image', '/v1/audio/transcriptions', { body: BAD, headers: { 'content-type': 'image/png' } }],
  ['behind a prefix', CHAT, { body: BAD.replace('gpt-old', 'openai/gpt-old') }],
  ['before a suffix', CHAT, { body: BAD.replace('gpt-old', 'gpt-old:nitro') }],
  ['in a map of fallbacks', CHAT, { body: FINE.replace('{', '{"fallbacks":[{"fine":["gpt-old"]}],') }],
  [
    'in the JSON of a header',
    CHAT,
    { body: FINE, headers: { 'x-portkey-config': '{"override_params":{"model":"gpt-old"}}' } },
  ],
  ['in a form of a batch', '/v1/files', { body: upload('batch', `\n${BAD}\n`), headers: FORM }],
  ['in a path encoded three times', '/v1/models/gpt%25252Dold', {}],
  ['in the query', '/v1/realtime?Model=gpt-old', {}],
];

inEveryFace('filtered models', (start) => {
  let upstream: ScriptedUpstream;
  let server: Program;
  let open: Program;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const env = { BASE_URL: upstream.baseUrl, API_KEYS: 'sk-pool', MAX_BODY_MB: 80 };
    server = await start({ ...env, FILTERED_MODELS: ['gpt-old'] });
    open = await start(env);
  });

  beforeEach(() => upstream.reset());
  afterAll(() => upstream.stop());

  it.each(REFUSED)('never reach the upstream: %s', async (_what, path, options) => {
    const answer = await ask(server, path, options);
    expectRefusal(answer, [400, 404, 415]);
    expect(upstream.requests).toEqual([]);
  });

  it('leave other models alone, and encoded bodies as they are', async () => {
    for (const [body, headers] of [
      [FINE, {}],
      [gzipSync(FINE), coded('gzip')],
      [deflateSync(FINE), coded('deflate')],
      [brotliCompressSync(FINE), coded('br')],
    ] as const) {
      upstream.reset();
      expect((await ask(server, CHAT, { body, headers })).status).toBe(200);
      expect(upstream.requests[0]!.body.equals(Buffer.from(body as Buffer))).toBe(true);
    }
  });

  it('may be written about in files, and name them', async () => {
    const body = upload('user_data', BAD);
    expect((await ask(server, '/v1/files', { body, headers: FORM })).status).toBe(200);
    expect(upstream.requests[0]!.body.toString()).toBe(body);
    expect((await ask(server, '/v1/files/gpt-old', {})).status).toBe(200);
  });

  it.each(['[\n', '[1,\n', '{"a":\n'])(
    'hold nobody else up while an upload of many open lists is read: %j',
    async (line) => {
      const body = upload('batch', line.repeat(400_000));
      const reading = ask(server, '/v1/files', { body, headers: FORM });
      const others = await Promise.all([1, 2, 3].map(() => ask(server, CHAT, { body: FINE })));
      expect(others.map(({ status }) => status)).toEqual([200, 200, 200]);
      expectRefusal(await reading, 400, 'unreadable_body');
    },
    15_000,
  );

  it('do without decoding what would become too large', async () => {
    const bomb = gzipSync(Buffer.alloc(70 * 2 ** 20, 0x20));
    expectRefusal(await ask(server, CHAT, { body: bomb, headers: coded('gzip') }), 413, 'body_too_large');
    expect(upstream.requests).toEqual([]);
  });

  it('cannot be told in a request that names two other models', async () => {
    const body = FINE.replace(/}$/, ',"model":"another"}');
    expectRefusal(await ask(server, CHAT, { body }), 400, 'ambiguous_model');
    expect(upstream.requests).toEqual([]);
  });

  it('that there are none of let everything through', async () => {
    const passing = REFUSED.filter(
      ([what]) => !/line ends|form of|parts|UTF-16|nobody|another case/.test(what),
    );
    for (const [what, path, options] of passing) {
      const { status, text } = await ask(open, path, options);
      expect([200, 404], `${what}: ${text}`).toContain(status);
      expect(text, what).not.toContain('not served here');
    }
  });

  it('that are very long are forwarded as they are', async () => {
    const body = BAD.replace('gpt-old', 'm'.repeat(2_000_000));
    for (const program of [server, open]) {
      upstream.reset();
      expect((await ask(program, CHAT, { body })).status).toBe(200);
      expect(upstream.requests[0]!.body.toString() === body).toBe(true);
    }
  });
});
