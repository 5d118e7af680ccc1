import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { keyHint } from '../../../lib/balancer/attribution/key-hint';
import {
  chatChunk,
  reply,
  startScriptedUpstream,
  type Reply,
  type ScriptedUpstream,
} from '../../support/scripted-upstream';
import { waitFor } from '../../support/wait-for';
import { ask, type Answer } from './ask';
import { ADMIN_TOKEN, CLIENT_TOKEN, inEveryFace, type Program } from './faces';

const KEY = 'sk-quoted-Ab3dEf9hIjKlMnOpQr0123456789';
const HEADER = 'header-secret-zyx987';
const COOKIE = 'cookie-secret-wvu654';
const GENERAL = 'general-secret-tsr321';
const SECRETS = [KEY, HEADER, COOKIE, GENERAL];
const JSON_TYPE = { 'content-type': 'application/json' };
const CHAT = { model: 'gpt-test', messages: [{ role: 'user', content: 'Hi' }] };

const escaped = (text: string): string =>
  Array.from(text, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
const percent = (text: string): string =>
  Array.from(text, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`).join('');

/** A secret anywhere in what a client or a person got, in any of its forms. */
function expectNoSecret(text: string): void {
  for (const secret of SECRETS) {
    for (const form of [secret, escaped(secret), percent(secret), secret.replaceAll('-', '\\u002D')]) {
      expect(text.includes(form), `holds ${form}`).toBe(false);
    }
  }
}

/** The upstream's answer with all secrets in it. */
const all = (write: (secret: string) => string = (secret) => secret): string =>
  SECRETS.map(write).join(' | ');
const quoting = (text: string) =>
  JSON.stringify({ error: { message: 'PLACE', code: 'odd' } }).replace('PLACE', text);

/** Writes each piece on its own, once the one before has gone out. */
const inPieces =
  (status: number, headers: Record<string, string>, pieces: readonly (string | Buffer)[]): Reply =>
  async (_request, response) => {
    response.writeHead(status, headers);
    for (const piece of pieces) {
      await new Promise((resolve) => response.write(piece, resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  };

inEveryFace('a secret that a provider quotes', (start, face) => {
  let upstream: ScriptedUpstream;
  let server: Program;
  const answers: Answer[] = [];

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    server = await start({
      CUSTOM_HEADERS: { 'X-General-Token': GENERAL },
      PROVIDERS_CONFIG: [
        {
          name: 'Quoting',
          path: 'quoting',
          base_url: upstream.baseUrl,
          api_keys: [KEY],
          custom_headers: { 'X-Api-Secret': HEADER, Cookie: `session=${COOKIE}` },
          max_retries: 0,
          max_failures: 1_000,
        },
      ],
      COOLDOWN_SECONDS: 0,
    });
  });
  afterEach(() => upstream.reset());
  afterAll(() => upstream.stop());

  async function answered(by: Reply, body: object = CHAT, path = 'chat/completions'): Promise<Answer> {
    upstream.fallbackReply = by;
    const answer = await ask(server, `/quoting/v1/${path}`, { body });
    answers.push(answer);
    expectNoSecret(`${answer.rawHeaders.join('\n')}\n${answer.text}`);
    return answer;
  }

  /** What came is what was sent but for the secrets, and as long. */
  function expectSame(answer: Answer, sent: string, status = 200): void {
    expect([answer.status, answer.isWhole]).toEqual([status, true]);
    expect(answer.body.length).toBe(Buffer.byteLength(sent));
    expect(answer.text.slice(0, 9)).toBe(sent.slice(0, 9));
  }

  it.each([400, 200])('is hidden in a body with status %d, which keeps its length', async (status) => {
    const sent = status === 400 ? quoting(all()) : `{"data":"${all()}"}`;
    const answer = await answered(reply.bytes(status, Buffer.from(sent), JSON_TYPE));
    expectSame(answer, sent, status);
    const [head, tail] = keyHint(KEY).split('...');
    expect(answer.text).toMatch(new RegExp(`${head}\\*+${tail}`));
  });

  it.each([400, 200])('is hidden behind the first 64 KB, with status %d', async (status) => {
    const sent = quoting(`${'x'.repeat(150_000)}${all()}`).replace(
      'error',
      status === 400 ? 'error' : 'data',
    );
    expectSame(await answered(reply.bytes(status, Buffer.from(sent), JSON_TYPE)), sent, status);
  });

  it('is hidden wherever chunks cut it', async () => {
    for (const secret of SECRETS) {
      for (let cut = 1; cut < secret.length; cut += 5) {
        const sent = `{"data":"${secret}"}`;
        const at = sent.indexOf(secret) + cut;
        expectSame(await answered(inPieces(200, JSON_TYPE, [sent.slice(0, at), sent.slice(at)])), sent);
      }
    }
  });

  it.each<[string, (secret: string) => string]>([
    ['JSON escapes from end to end', escaped],
    ['one JSON escape', (secret) => secret.replaceAll('-', '\\u002D')],
    ['percent-encoding', percent],
  ])('is hidden in %s', async (_how, write) => {
    for (const status of [200, 400]) {
      const sent = quoting(all(write)).replace('error', status === 400 ? 'error' : 'data');
      const answer = await answered(reply.bytes(status, Buffer.from(sent), JSON_TYPE));
      expectSame(answer, sent, status);
      expectNoSecret(JSON.stringify(answer.json()));
    }
  });

  it('is hidden in base64, as in Basic authentication', async () => {
    const basic = Buffer.from(`user:${KEY}`).toString('base64');
    const answer = await answered(reply.bytes(200, Buffer.from(`{"data":"${basic}"}`), JSON_TYPE));
    expect(Buffer.from(answer.text.slice(9), 'base64').toString()).not.toContain('quoted');
  });

  it('is hidden in UTF-16, in both orders of bytes', async () => {
    const wide = Buffer.from(`\ufeff${quoting(all())}`, 'utf16le');
    for (const bytes of [wide, Buffer.from(wide).swap16()]) {
      const headers = { 'content-type': 'text/plain; charset=utf-16' };
      const answer = await answered(reply.bytes(400, bytes, headers));
      expect(answer.body.length).toBe(bytes.length);
      expectNoSecret(answer.body.toString('latin1').replaceAll('\0', ''));
    }
  });

  it('is in no name of a header: such a header does not cross', async () => {
    const headers = { ...JSON_TYPE, [`x-${KEY}`]: '1', [`x-${HEADER.toUpperCase()}`]: '2', 'x-other': '3' };
    const answer = await answered(reply.bytes(200, Buffer.from('{"data":1}'), headers));
    expect(answer.headers['x-other']).toBe('3');
    const names = answer.rawHeaders.join().toLowerCase();
    for (const secret of [KEY, HEADER]) expect(names).not.toContain(secret.toLowerCase());
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('is hidden in a body that came in %s, which goes on as it is', async (encoding, encode) => {
    for (const status of [200, 400]) {
      const sent = quoting(all()).replace('error', status === 400 ? 'error' : 'data');
      const headers = { ...JSON_TYPE, 'content-encoding': encoding };
      const answer = await answered(reply.bytes(status, encode(sent), headers));
      expectSame(answer, sent, status);
      expect(answer.headers['content-encoding']).toBeUndefined();
    }
  });

  it('does not pass on what nobody can look into', async () => {
    const headers = { ...JSON_TYPE, 'content-encoding': 'compress' };
    const answer = await answered(reply.bytes(200, Buffer.from('{"data":1}'), headers));
    expect(answer.status).toBe(502);
    expect(answer.json()).toMatchObject({ error: { code: 'upstream_invalid_answer' } });
  });

  it('is hidden in headers, in the address of a redirect, and trailers do not cross', async () => {
    const headers = { ...JSON_TYPE, 'x-debug': all(), 'x-list': [KEY, HEADER] };
    const answer = await answered(reply.bytes(200, Buffer.from('{"data":1}'), headers));
    expect(answer.headers['x-debug']).toHaveLength(all().length);
    const location = `https://elsewhere.example/?key=${KEY}&s=${percent(HEADER)}`;
    expect((await answered(reply.bytes(302, Buffer.alloc(0), { location }))).headers.location).toHaveLength(
      location.length,
    );
    const withTrailers: Reply = (_request, response) => {
      response.writeHead(200, { ...JSON_TYPE, trailer: 'x-trailer' });
      response.write('{"data":1}');
      response.addTrailers({ 'x-trailer': KEY });
      response.end();
    };
    expect((await answered(withTrailers)).text).toBe('{"data":1}');
  });

  it('is hidden in events, whole or cut, of content and of errors', async () => {
    const events = [
      chatChunk(`key ${KEY}`),
      chatChunk(HEADER),
      `data: {"error":{"message":"${all(escaped)}"}}\n\n`,
    ];
    const sent = events.join('');
    const at = sent.indexOf(KEY) + 7;
    const pieces = [sent.slice(0, at), sent.slice(at)];
    const answer = await answered(inPieces(200, { 'content-type': 'text/event-stream' }, pieces), {
      ...CHAT,
      stream: true,
    });
    expectSame(answer, sent);
  });

  describe("of a client's own", () => {
    it.each<[string, Record<string, string>, string]>([
      [
        'a subprotocol',
        { 'sec-websocket-protocol': `realtime, openai-insecure-api-key.${CLIENT_TOKEN}` },
        '',
      ],
      ['another header', { 'x-copy': CLIENT_TOKEN }, ''],
      ['a key header', { 'x-goog-api-key': CLIENT_TOKEN, 'api-key': CLIENT_TOKEN }, ''],
      ['a cookie', { cookie: `token=${CLIENT_TOKEN}` }, ''],
      ['its query', {}, `?key=${CLIENT_TOKEN}&limit=1&access_token=x&y=${CLIENT_TOKEN}`],
    ])('never crosses in %s, and is not logged', async (_where, headers, query) => {
      await ask(server, `/quoting/v1/anything${query}`, { headers });
      const [seen] = upstream.requests;
      expect(seen?.url).toBe(query === '' ? '/v1/anything' : '/v1/anything?limit=1');
      expect(`${seen?.url} ${seen?.rawHeaders.join()}`).not.toContain(CLIENT_TOKEN);
      expect(server.stdout()).not.toContain(CLIENT_TOKEN);
    });
  });

  // Last, because it takes the key out of use. It asks the admin API.
  it.skipIf(face === 'in process')(
    'is nowhere in the log, the lists of errors, or what a test of the provider says',
    async () => {
      const admin = { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } };
      const read = (path: string, method = 'GET') =>
        ask(server, `/api/admin/${path}`, { ...admin, method, ...(method === 'POST' && { body: {} }) });
      upstream.fallbackReply = reply.bytes(401, Buffer.from(quoting(all(escaped))), JSON_TYPE);
      const providers = (await read('providers')).json().items as { id: string; slug: string }[];
      const id = providers.find(({ slug }) => slug === 'quoting')?.id;
      const told = [await read(`providers/${id}/models`, 'POST'), await read(`providers/${id}/test`, 'POST')];
      const [key] = (await read('keys?provider=quoting')).json().items as { id: string }[];
      told.push(await read(`keys/${key!.id}/verify`, 'POST'));
      await waitFor(async () => ((await read('logs/errors')).json().total as number) > 0, {
        what: 'a row in the error log',
      });
      told.push(await read('logs/errors?pageSize=100'), await read('logs/requests?pageSize=100'));
      told.push(await read('keys'), await read('stats/attention'), await read('providers'));
      for (const { text } of told) {
        expect(text).not.toBe('');
        expectNoSecret(text);
      }
      expectNoSecret(server.stdout());
    },
  );
});
