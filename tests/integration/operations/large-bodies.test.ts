import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
  mkdirSync,
  statSync,
} from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import OpenAI, { toFile } from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { startBodyUpstream, type BodyUpstream } from '../../support/body-upstream';
import { filling, form, FORM_TYPE, sendLarge } from '../../support/large-body';
import { chatCompletion } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { canMountSmallDisk, mountSmallDisk, unmount } from '../../support/small-disk';
import { waitFor } from '../../support/wait-for';
import { chat, databaseFile, envFile, query, secretKey, TOKEN, useParts } from './support';

const MB = 2 ** 20;
const parts = useParts();
const upstreams: BodyUpstream[] = [];
afterEach(async () => {
  for (const upstream of upstreams.splice(0)) await upstream.stop();
});

async function bodyUpstream(): Promise<BodyUpstream> {
  const upstream = await startBodyUpstream();
  upstreams.push(upstream);
  return upstream;
}

const isChat: BodyUpstream['reply'] = (_request, response) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(chatCompletion()));

function settings({ baseUrl }: BodyUpstream, more: Record<string, unknown> = {}): string {
  const keys = ['aaa', 'bbb', 'ccc'].map(secretKey);
  return envFile({ BASE_URL: baseUrl, API_KEYS: keys, ALLOWED_TOKENS: [TOKEN], ...more });
}

const FORM = { authorization: `Bearer ${TOKEN}`, 'content-type': FORM_TYPE };
const JSON_TYPE = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
const files = ({ url }: RunningServer) => `${url}/v1/files`;

/** What there is of bodies on disk: names in the folder, and files that only the process still has. */
function leftOf(server: RunningServer): string[] {
  const folder = join(server.dataDir, 'bodies');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const open = readdirSync(`/proc/${server.pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${server.pid}/fd/${fd}`)];
    } catch {
      return [];
    }
  });
  return [...names, ...open.filter((path) => path.includes('/bodies/'))];
}

async function expectNothingLeft(server: RunningServer): Promise<void> {
  await waitFor(() => leftOf(server).length === 0, {
    what: () => `no body on disk; there is ${leftOf(server).join()}`,
  });
}

function memoryMb({ pid }: RunningServer, what: 'VmHWM' | 'VmRSS'): number {
  const line = new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) / 1024;
}

describe('a large upload', () => {
  it('of 500 MB, three at a time, takes no memory: under 350 MB in a heap of 256 MB', async () => {
    const upstream = await bodyUpstream();
    const env = { NODE_OPTIONS: '--max-old-space-size=256' };
    const server = await parts.server({ envFile: settings(upstream), env });
    const sent = await Promise.all(
      [1, 2, 3].map((n) =>
        sendLarge(files(server), FORM, form(500 * MB, { before: { purpose: `user_data${n}` } })),
      ),
    );
    expect(sent.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(upstream.requests.map(({ sha256 }) => sha256).sort()).toEqual(
      sent.map(({ sha256 }) => sha256).sort(),
    );
    const peak = memoryMb(server, 'VmHWM');
    console.info(`peak of resident memory: ${peak.toFixed(0)} MB`);
    expect(peak).toBeLessThan(350);
    await expectNothingLeft(server);
  }, 120_000);

  it('goes to the next key, byte for byte, after the first has answered 429 before and behind the body', async () => {
    const upstream = await bodyUpstream();
    let rejections = 0;
    upstream.early = (_key, response) => {
      if (rejections > 0) return false;
      rejections += 1;
      response
        .writeHead(429, { 'content-type': 'application/json' })
        .end('{"error":{"message":"slow down"}}');
      return true;
    };
    upstream.reply = ({ key }, response) => {
      rejections += 1;
      const status = rejections === 2 ? 429 : 200;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ id: key }));
    };
    const server = await parts.server({ envFile: settings(upstream) });
    const { status, sha256, bytes } = await sendLarge(files(server), FORM, form(30 * MB));
    expect(status).toBe(200);
    expect(upstream.requests.map((one) => [one.bytes, one.sha256])).toEqual([
      [bytes, sha256],
      [bytes, sha256],
    ]);
    expect(new Set(upstream.requests.map(({ key }) => key)).size).toBe(2);
    expect(upstream.requests[0]?.headers['content-length']).toBe(String(bytes));
    await expectNothingLeft(server);
  });

  it('goes to the next key when the first is refused and its connection closed before the body was read', async () => {
    const upstream = await bodyUpstream();
    let isFirst = true;
    upstream.early = (_key, response) => {
      if (!isFirst) return false;
      isFirst = false;
      response.writeHead(401, { connection: 'close', 'content-type': 'application/json' });
      response.end('{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}');
      response.once('finish', () => response.socket?.destroy());
      return true;
    };
    const server = await parts.server({ envFile: settings(upstream) });
    const sent = await sendLarge(files(server), FORM, form(50 * MB));
    expect(sent.status).toBe(200);
    expect(upstream.requests.map(({ sha256 }) => sha256)).toEqual([sent.sha256]);
    await expectNothingLeft(server);
  });

  it('is answered as the provider does that has read enough of it', async () => {
    const upstream = await bodyUpstream();
    upstream.early = (_key, response) => {
      response
        .writeHead(413, { 'content-type': 'application/json' })
        .end('{"error":{"message":"too much for me"}}');
      return true;
    };
    const server = await parts.server({ envFile: settings(upstream) });
    const { status, text } = await sendLarge(files(server), FORM, form(50 * MB));
    expect([status, text]).toEqual([413, '{"error":{"message":"too much for me"}}']);
    await expectNothingLeft(server);
  });

  it('in parts of 64 MiB is what the official client sends', async () => {
    const upstream = await bodyUpstream();
    upstream.reply = ({ url }, response) => {
      const kind = url.endsWith('/parts') ? 'upload.part' : 'upload';
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: `${kind}_1`, object: kind, status: 'completed' }));
    };
    const server = await parts.server({ envFile: settings(upstream) });
    const client = new OpenAI({ apiKey: TOKEN, baseURL: `${server.url}/v1`, maxRetries: 0 });
    const bytes = 64 * MB;
    const upload = await client.uploads.create({
      bytes: 2 * bytes,
      filename: 'a.bin',
      mime_type: 'application/octet-stream',
      purpose: 'user_data',
    });
    const ids: string[] = [];
    for (const letter of ['a', 'b']) {
      const data = await toFile(Buffer.alloc(bytes, letter), 'part');
      ids.push((await client.uploads.parts.create(upload.id, { data })).id);
    }
    expect((await client.uploads.complete(upload.id, { part_ids: ids })).status).toBe('completed');
    const sizes = upstream.requests.filter(({ url }) => url.endsWith('/parts')).map((one) => one.bytes);
    expect(sizes.every((size) => size > bytes && size < bytes + 1024)).toBe(true);
    // All of it is at one key.
    expect(new Set(upstream.requests.map(({ key }) => key)).size).toBe(1);
    await expectNothingLeft(server);
  }, 60_000);

  it.each([2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 2 * MB, 2 * MB + 1])(
    'of %i bytes arrives as it was sent, with its length declared or not',
    async (bytes) => {
      const upstream = await bodyUpstream();
      const server = await parts.server({ envFile: settings(upstream) });
      const headers = { ...FORM, 'content-type': 'application/octet-stream' };
      const declared = await sendLarge(
        files(server),
        { ...headers, 'content-length': bytes },
        filling(bytes),
      );
      const chunked = await sendLarge(files(server), headers, filling(bytes));
      expect([declared.status, chunked.status]).toEqual([200, 200]);
      for (const got of upstream.requests) expect([got.bytes, got.sha256]).toEqual([bytes, declared.sha256]);
      await expectNothingLeft(server);
    },
  );

  it('50 at a time arrive', async () => {
    const upstream = await bodyUpstream();
    const server = await parts.server({ envFile: settings(upstream) });
    const sent = await Promise.all(
      Array.from({ length: 50 }, () => sendLarge(files(server), FORM, form(4 * MB))),
    );
    expect(sent.every(({ status }) => status === 200)).toBe(true);
    expect(new Set(upstream.requests.map(({ sha256 }) => sha256))).toEqual(new Set([sent[0]?.sha256]));
    await expectNothingLeft(server);
  }, 60_000);

  it('that is larger than MAX_BODY_MB is refused, at once or where it becomes too much', async () => {
    const upstream = await bodyUpstream();
    const server = await parts.server({ envFile: settings(upstream, { MAX_BODY_MB: 3 }) });
    for (const headers of [FORM, { ...FORM, 'content-length': 500 * MB }]) {
      const { status, text } = await sendLarge(files(server), headers, filling(500 * MB));
      expect([status, text]).toEqual([413, expect.stringContaining('3 MB allowed here (MAX_BODY_MB)')]);
    }
    expect(upstream.requests).toEqual([]);
    await expectNothingLeft(server);
  });

  it('of a client that leaves in the middle leaves nothing', async () => {
    const upstream = await bodyUpstream();
    const server = await parts.server({ envFile: settings(upstream) });
    const client = request(files(server), {
      method: 'POST',
      headers: { ...FORM, 'content-length': 50 * MB },
    });
    client.on('error', () => undefined);
    client.write(Buffer.alloc(5 * MB));
    await waitFor(() => leftOf(server).length === 1, { what: 'a file' });
    client.destroy();
    await expectNothingLeft(server);
    await waitFor(() => query(databaseFile(server), 'SELECT * FROM RequestLog').length === 1, {
      what: 'a row',
    });
    expect(query(databaseFile(server), 'SELECT outcome FROM RequestLog')).toEqual([
      { outcome: 'client_closed' },
    ]);
    expect(upstream.requests).toEqual([]);
  });
});

describe('what has to be known of a large body', () => {
  async function row(server: RunningServer): Promise<Record<string, unknown> | undefined> {
    const rows = () =>
      query(databaseFile(server), 'SELECT model, isStream, requestBytes, status FROM RequestLog');
    await waitFor(() => rows().length > 0, { what: 'a row' });
    return rows()[0];
  }

  function* json(before: string, imageBytes: number, after: string): Generator<Buffer> {
    yield Buffer.from(
      `{${before}"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"`,
    );
    for (let left = imageBytes; left > 0; left -= MB) yield Buffer.alloc(Math.min(left, MB), 'QUJD');
    yield Buffer.from(`"}}]}]${after}}`);
  }

  it.each([
    ['5 MB of a picture', 5 * MB],
    ['20 MB of it', 20 * MB],
    ['90 MB of it', 90 * MB],
  ])(
    'a model and a stream that are named behind %s are found',
    async (_what, bytes) => {
      const upstream = await bodyUpstream();
      upstream.reply = (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end('data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n');
      };
      const server = await parts.server({ envFile: settings(upstream) });
      const length = [...json('', 0, ',"model":"gpt-late","stream":true')].reduce(
        (sum, { length: n }) => sum + n,
        bytes,
      );
      for (const headers of [JSON_TYPE, { ...JSON_TYPE, 'content-length': length }]) {
        const body = json('', bytes, ',"model":"gpt-late","stream":true');
        const sent = await sendLarge(`${server.url}/v1/chat/completions`, headers, body);
        expect([sent.status, sent.text]).toEqual([200, expect.stringContaining('[DONE]')]);
        expect(upstream.requests.at(-1)?.sha256).toBe(sent.sha256);
      }
      expect(await row(server)).toMatchObject({ model: 'gpt-late', isStream: 1, requestBytes: length });
      await expectNothingLeft(server);
    },
    60_000,
  );

  it('the model of a form is found behind a file of 300 MB, in front of it, and behind a preamble', async () => {
    const upstream = await bodyUpstream();
    const server = await parts.server({ envFile: settings(upstream) });
    const url = `${server.url}/v1/audio/transcriptions`;
    const model = { model: 'whisper-late' };
    const before = { model: 'whisper-first' };
    function* withPreamble(): Generator<Buffer> {
      yield Buffer.from('This is a preamble.\r\n');
      yield* form(2 * MB, { after: { model: 'whisper-behind' } });
    }
    for (const body of [form(300 * MB, { after: model }), form(3 * MB, { before }), withPreamble()]) {
      expect((await sendLarge(url, FORM, body)).status).toBe(200);
    }
    const models = () =>
      query<{ model: string }>(databaseFile(server), 'SELECT model FROM RequestLog ORDER BY at');
    await waitFor(() => models().length === 3, { what: 'three rows' });
    expect(models().map((one) => one.model)).toEqual(['whisper-late', 'whisper-first', 'whisper-behind']);
  }, 60_000);

  it('a model that is not served is found too, in JSON and in a form; what is too large to be checked is refused', async () => {
    const upstream = await bodyUpstream();
    const server = await parts.server({ envFile: settings(upstream, { FILTERED_MODELS: ['gpt-hidden'] }) });
    const ask = async (headers: typeof FORM, body: Iterable<Buffer>, path = 'chat/completions') => {
      const { status, text } = await sendLarge(`${server.url}/v1/${path}`, headers, body);
      return `${status} ${/"code":"(\w+)"/.exec(text)?.[1]}`;
    };
    expect(await ask(JSON_TYPE, json('', 3 * MB, ',"model":"gpt-hidden"'))).toBe('404 model_not_found');
    expect(await ask(JSON_TYPE, json('', 70 * MB, ',"model":"gpt-hidden"'))).toBe('400 unreadable_body');
    const hidden = { after: { model: 'gpt-hidden' } };
    for (const bytes of [3 * MB, 70 * MB]) {
      expect(await ask(FORM, form(bytes, hidden), 'images/edits')).toBe('404 model_not_found');
    }
    expect(await ask(FORM, form(70 * MB, { after: { purpose: 'batch' } }), 'files')).toBe(
      '400 unreadable_body',
    );
    expect(upstream.requests).toEqual([]);
    expect(await ask(FORM, form(70 * MB, { after: { purpose: 'user_data' } }), 'files')).toBe(
      '200 undefined',
    );
  }, 60_000);

  it('an object that is named behind a picture leads to the key that owns it', async () => {
    const upstream = await bodyUpstream();
    const server = await parts.server({ envFile: settings(upstream) });
    upstream.reply = ({ key, url }, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        url.endsWith('/files')
          ? JSON.stringify({ id: `file-${key?.slice(-3)}`, object: 'file' })
          : '{"id":"resp_1","object":"response"}',
      );
    };
    const { text } = await sendLarge(files(server), FORM, form(2 * MB, { before: { purpose: 'user_data' } }));
    const { id } = JSON.parse(text) as { id: string };
    for (let i = 0; i < 6; i += 1) {
      const named = `,"input":[{"role":"user","content":[{"type":"input_file","file_id":"${id}"}]}],"model":"m"`;
      const sent = await sendLarge(`${server.url}/v1/responses`, JSON_TYPE, json('', 3 * MB, named));
      expect(sent.status).toBe(200);
      expect(`file-${upstream.requests.at(-1)?.key?.slice(-3)}`).toBe(id);
    }
  });

  it('what is no JSON is refused with the place of the mistake', async () => {
    const server = await parts.server({ envFile: settings(await bodyUpstream()) });
    const url = `${server.url}/v1/chat/completions`;
    const short = await sendLarge(url, JSON_TYPE, json('', 2 * MB, ',"model"'));
    expect([short.status, short.text]).toEqual([400, expect.stringMatching(/invalid_json/)]);
    expect(short.text).toMatch(/byte \d{7}/);
    const long = await sendLarge(url, JSON_TYPE, json('', 70 * MB, ',"model"'));
    expect([long.status, long.text]).toEqual([400, expect.stringMatching(/invalid_json/)]);
    await expectNothingLeft(server);
  }, 30_000);
});

const canMount = await canMountSmallDisk();

describe('room on disk', () => {
  it.skipIf(!canMount)(
    'that is full is a 507; nothing is left behind, and other requests go on',
    async () => {
      const upstream = await bodyUpstream();
      const dataDir = await parts.dataDir();
      const folder = join(dataDir, 'bodies');
      mkdirSync(folder);
      mountSmallDisk(folder, 8);
      try {
        const server = await parts.server({ envFile: settings(upstream), dataDir });
        for (const headers of [FORM, { ...FORM, 'content-length': 100 * MB }]) {
          const { status, text } = await sendLarge(files(server), headers, filling(100 * MB));
          expect([status, text]).toEqual([507, expect.stringContaining('"code":"disk_full"')]);
          await expectNothingLeft(server);
        }
        expect((await sendLarge(files(server), FORM, form(6 * MB))).status).toBe(200);
        upstream.reply = isChat;
        expect((await chat(server.url)).status).toBe(200);
        await expectNothingLeft(server);
        server.kill('SIGKILL');
        await server.stop();
      } finally {
        unmount(folder);
      }
    },
  );

  it('that cannot be written to is a clear error, and small requests go on', async () => {
    const upstream = await bodyUpstream();
    const dataDir = await parts.dataDir();
    writeFileSync(join(dataDir, 'bodies'), 'no folder');
    const server = await parts.server({ envFile: settings(upstream), dataDir });
    const { status, text } = await sendLarge(files(server), FORM, form(3 * MB));
    expect([status, text]).toEqual([500, expect.stringContaining('"code":"disk_failed"')]);
    upstream.reply = isChat;
    expect((await chat(server.url)).status).toBe(200);
  });

  it('is for the owner alone, and what a crash has left there is gone with the next start', async () => {
    const upstream = await bodyUpstream();
    const dataDir = await parts.dataDir();
    const first = await parts.server({ envFile: settings(upstream), dataDir });
    const client = request(files(first), { method: 'POST', headers: { ...FORM, 'content-length': 50 * MB } });
    client.on('error', () => undefined);
    client.write(Buffer.alloc(5 * MB));
    await waitFor(() => leftOf(first).length === 1, { what: 'a file' });
    const folder = join(dataDir, 'bodies');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    first.kill('SIGKILL');
    await first.stop();
    expect(readdirSync(folder)).toEqual([]);
    const stale = join(folder, 'body-01234567-89ab-cdef-0123-456789abcdef');
    for (const path of [stale, join(folder, 'notes.txt')]) writeFileSync(path, 'left');
    const second = await parts.server({ envFile: settings(upstream), dataDir });
    expect(readdirSync(folder)).toEqual(['notes.txt']);
    expect((await sendLarge(files(second), FORM, form(3 * MB))).status).toBe(200);
  });

  it('that others take all of is waited for, and then a clear error', async () => {
    const upstream = await bodyUpstream();
    const held: (() => void)[] = [];
    upstream.reply = (_request, response) => held.push(() => void response.end('{"id":"file-1"}'));
    const server = await parts.server({ envFile: settings(upstream, { MAX_BODIES_ON_DISK_MB: 10 }) });
    const headers = { ...FORM, 'content-type': 'application/octet-stream', 'content-length': 6 * MB };
    const first = sendLarge(files(server), headers, filling(6 * MB));
    await waitFor(() => held.length === 1, { what: 'a body that takes most of it' });
    const second = await sendLarge(files(server), headers, filling(6 * MB));
    expect([second.status, second.text]).toEqual([503, expect.stringContaining('no room on disk left')]);
    const third = sendLarge(files(server), headers, filling(6 * MB));
    held.forEach((answer) => answer());
    expect((await first).status).toBe(200);
    await waitFor(() => held.length === 2, { what: 'the third, which has waited' });
    held[1]?.();
    expect((await third).status).toBe(200);
  }, 30_000);
});

describe('an encoded body', () => {
  const encoded = (coding: string) => ({ ...JSON_TYPE, 'content-encoding': coding });
  const question = (more = {}) => Buffer.from(JSON.stringify({ model: 'gpt-packed', messages: [], ...more }));

  it('of over 1 MB is read on disk, and goes out as it came', async () => {
    const upstream = await bodyUpstream();
    upstream.reply = isChat;
    const server = await parts.server({ envFile: settings(upstream, { FILTERED_MODELS: ['gpt-hidden'] }) });
    const noise = [...filling(2 * MB)].map((piece, i) =>
      Buffer.from(piece.map((byte, at) => (byte * (at + i * 7 + 13)) % 251)),
    );
    const text = Buffer.concat(noise).toString('base64');
    const packed = zlib.gzipSync(question({ user: 'u', pad: text }), { level: 1 });
    const url = `${server.url}/v1/chat/completions`;
    const sent = await sendLarge(url, encoded('gzip'), [packed]);
    expect(sent.status).toBe(200);
    expect(upstream.requests[0]).toMatchObject({ sha256: sent.sha256 });
    expect(upstream.requests[0]?.headers['content-encoding']).toBe('gzip');
    const hidden = zlib.gzipSync(question({ pad: text, model: 'gpt-hidden' }), { level: 1 });
    expect((await sendLarge(url, encoded('gzip'), [hidden])).text).toContain('model_not_found');
    const broken = await sendLarge(url, encoded('gzip'), [packed.subarray(0, packed.length - 9)]);
    expect([broken.status, broken.text]).toEqual([400, expect.stringContaining('unreadable_body')]);
    await expectNothingLeft(server);
  });

  const { zstdCompressSync } = zlib as { zstdCompressSync?: (text: Buffer) => Buffer };
  const packers: [string, ((text: Buffer) => Buffer) | undefined][] = [
    ['gzip', zlib.gzipSync],
    ['x-gzip', zlib.gzipSync],
    ['deflate', zlib.deflateSync],
    ['br', zlib.brotliCompressSync],
    ['gzip, br', (text) => zlib.brotliCompressSync(zlib.gzipSync(text))],
    ['zstd', zstdCompressSync],
  ];

  it('in any encoding that is known here is read for its stream and model, and goes out as it came', async () => {
    const upstream = await bodyUpstream();
    upstream.reply = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end('data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n');
    };
    const server = await parts.server({ envFile: settings(upstream, { FILTERED_MODELS: ['gpt-hidden'] }) });
    const url = `${server.url}/v1/chat/completions`;
    let count = 0;
    for (const [coding, pack] of packers) {
      if (pack === undefined) continue;
      const sent = await sendLarge(url, encoded(coding), [pack(question({ stream: true }))]);
      expect([coding, sent.status, sent.text]).toEqual([coding, 200, expect.stringContaining('[DONE]')]);
      expect(upstream.requests[count]?.sha256).toBe(sent.sha256);
      expect(upstream.requests[count]?.headers['content-encoding']).toBe(coding);
      count += 1;
      const hidden = await sendLarge(url, encoded(coding), [pack(question({ model: 'gpt-hidden' }))]);
      expect([coding, hidden.status]).toEqual([coding, 404]);
    }
    const rows = () =>
      query(databaseFile(server), 'SELECT model, isStream FROM RequestLog WHERE status = 200');
    await waitFor(() => rows().length === count, { what: 'a row for each' });
    for (const one of rows()) expect(one).toEqual({ model: 'gpt-packed', isStream: 1 });
  });

  it('that is broken, a bomb, empty or in an unknown encoding gets a clear answer', async () => {
    const upstream = await bodyUpstream();
    upstream.reply = isChat;
    const server = await parts.server({ envFile: settings(upstream) });
    const ask = async (coding: string, body: Buffer) => {
      const sent = await sendLarge(`${server.url}/v1/chat/completions`, encoded(coding), [body]);
      return `${sent.status} ${/"code":"(\w+)"/.exec(sent.text)?.[1]}`;
    };
    const packed = zlib.gzipSync(question());
    expect(await ask('gzip', packed.subarray(0, -9))).toBe('400 unreadable_body');
    expect(await ask('gzip', Buffer.from('no gzip at all'))).toBe('400 unreadable_body');
    expect(await ask('br', packed)).toBe('400 unreadable_body');
    const bomb = zlib.gzipSync(Buffer.alloc(100 * MB, 0x20));
    expect(await ask('gzip', bomb)).toBe('413 body_too_large');
    expect(await ask('gzip, gzip', zlib.gzipSync(bomb))).toBe('413 body_too_large');
    expect(await ask('compress', packed)).toBe('415 unsupported_encoding');
    if (zstdCompressSync === undefined) expect(await ask('zstd', packed)).toBe('415 unsupported_encoding');
    expect(await ask('gzip', Buffer.alloc(0))).toBe('400 missing_body');
    // What is plain in spite of its encoding is taken as such, and so is a name that is no encoding.
    expect(await ask('gzip', question())).toBe('200 undefined');
    expect(await ask('utf-8', question())).toBe('200 undefined');
  });
});
