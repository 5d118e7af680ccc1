import { beforeEach, describe, expect, it } from 'vitest';
import { createDice, type Dice } from '../../support/dice';
import { connectRaw } from '../../support/raw-client';
import type { ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { chat, envFile, secretKey, TOKEN, useParts } from './support';

const SEED = 20_240_607;
const REQUESTS = 600;

const parts = useParts();
let upstream: ScriptedUpstream;
let server: RunningServer;

beforeEach(async () => {
  upstream = await parts.upstream();
  server = await parts.server({
    envFile: envFile({
      BASE_URL: upstream.baseUrl,
      API_KEYS: ['aaa', 'bbb'].map(secretKey),
      ALLOWED_TOKENS: [TOKEN],
      MAX_BODY_MB: 1,
    }),
  });
});

const AUTH = `authorization: Bearer ${TOKEN}\r\n`;
const BODY = JSON.stringify({ model: 'gpt-test', messages: [{ role: 'user', content: 'Hello' }] });
const good = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n${AUTH}content-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`;

const METHODS = [
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PATCH',
  'M-SEARCH',
  'PROPFIND',
  'FOO',
  '',
];
const TARGETS = [
  '/v1/chat/completions',
  '/v1/models',
  '/v1/models/%E0%A4%A',
  '/v1/../../etc/passwd',
  '/v1/%2e%2e/%2e%2e/secret',
  '/v1//\\evil',
  '/v1/files?%ff%00',
  '/hf/v1/embeddings',
  '/openai/nobody/v1/responses',
  '/%ff%fe/v1/x',
  '/health',
  '/ready',
  '/_next/static/../../package.json',
  '/_next/image?url=http://127.0.0.1/&w=1&q=1',
  '/%',
  '//',
  '//evil.example/v1/models',
  '*',
  'http://evil.example/v1/models',
  'evil.example:443',
  '/v1/' + 'a'.repeat(8_000),
  '/v1/models\u00e9\u00ff',
  '',
];
const HEADERS = [
  'transfer-encoding: chunked\r\n',
  'transfer-encoding: chunked, chunked\r\n',
  'transfer-encoding: gzip\r\n',
  'content-length: 5\r\n',
  'content-length: -1\r\n',
  'content-length: 99999999999999999999\r\n',
  'content-length: 5\r\ncontent-length: 6\r\n',
  'expect: 100-continue\r\n',
  'expect: the-unexpected\r\n',
  'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: eA==\r\nsec-websocket-version: 13\r\n',
  'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n',
  'connection: close\r\n',
  'connection: close, authorization, content-length\r\n',
  'content-type: multipart/form-data; boundary=\r\n',
  'content-type: multipart/form-data; boundary="x\r\n',
  'content-encoding: gzip\r\ncontent-type: application/json\r\n',
  'x-request-id: \u00ff\u0001\u0002\r\n',
  'x-request-id: ' + 'i'.repeat(5_000) + '\r\n',
  'cookie: next-auth.session-token=%%%; =; ;;\r\n',
  'next-action: x\r\n',
  'rsc: 1\r\nnext-router-state-tree: %\r\n',
  'host: [::1\r\n',
  'x-forwarded-host: \u00e9,,\r\nx-forwarded-proto: javascript\r\n',
  'authorization: Bearer\r\n',
  'authorization: Basic \u00ff\u00fe\r\n',
  'range: bytes=9-1\r\n',
  ': no-name\r\n',
  'no-colon\r\n',
  ' folded: line\r\n',
];
const BODIES = [
  BODY,
  '',
  '{',
  '{"model":',
  '{"model":"gpt-test","stream":true}',
  '{"model":{"a":[1,2,{"b":"\\ud800"}]}}',
  '\xff\xfe\x00\x01',
  '[[[['.repeat(5_000),
  `{"model":"${'m'.repeat(100_000)}"}`,
  '5\r\nhello\r\n0\r\n\r\n',
  'FFFFFFFFFFFFFFFFF\r\nx',
  '-1\r\nx\r\n',
  '5;ext="\u0001\r\nhello\r\n0\r\nx-trailer: y\r\n\r\n',
  '3\r\nab',
  '--\r\n\r\n--x--',
];

/** Anything between a good request with a flaw and noise. */
function strangeBytes(dice: Dice): Buffer {
  const kind = dice.below(10);
  if (kind === 0) return dice.bytes(1 + dice.below(2_000));
  if (kind === 1) return Buffer.from(`GET /v1/models HTTP/1.1\r\nx: ${'h'.repeat(40_000)}\r\n\r\n`);
  if (kind === 2) return Buffer.from(good.repeat(1 + dice.below(20)), 'latin1');
  if (kind === 3) {
    const bytes = Buffer.from(good, 'latin1');
    for (let flaw = 0; flaw <= dice.below(4); flaw += 1) bytes[dice.below(bytes.length)] = dice.below(256);
    return bytes;
  }
  if (kind === 4) return Buffer.from(good.slice(0, dice.below(good.length)), 'latin1');
  const headers = Array.from({ length: dice.below(4) }, () => dice.oneOf(HEADERS)).join('');
  const version = dice.oneOf(['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/', '']);
  const auth = dice.below(4) === 0 ? '' : AUTH;
  const host = dice.below(8) === 0 ? '' : 'host: x\r\n';
  const head = `${dice.oneOf(METHODS)} ${dice.oneOf(TARGETS)} ${version}\r\n${host}${auth}${headers}\r\n`;
  return Buffer.from(head + dice.oneOf(BODIES), 'latin1');
}

/** Sends in pieces, then leaves in one of the ways that a client can. */
async function behaveStrangely(dice: Dice): Promise<void> {
  const bytes = strangeBytes(dice);
  const pieces = 1 + dice.below(4);
  const farewell = dice.oneOf(['destroy', 'reset', 'answer', 'answer', 'half-close'] as const);
  const client = await connectRaw(server.url);
  for (let piece = 0; piece < pieces; piece += 1) {
    const part = bytes.subarray((bytes.length * piece) / pieces, (bytes.length * (piece + 1)) / pieces);
    await client.send(part).catch(() => undefined);
  }
  if (farewell === 'reset') return client.reset();
  if (farewell === 'half-close') {
    // Whatever the request was, it ends here, so there is an answer or an end.
    client.halfClose();
    await client
      .waitFor((text) => text.length > 0 || client.socket.destroyed)
      .catch((error: Error) => {
        if (!client.socket.destroyed)
          throw new Error(`no end of ${JSON.stringify(bytes.toString('latin1'))}`, { cause: error });
      });
  }
  if (farewell === 'answer') await client.waitFor((text) => text.length > 0, 200).catch(() => undefined);
  client.destroy();
}

function expectUnharmed(pid: number): void {
  expect(server.hasExited()).toBe(false);
  expect(server.pid).toBe(pid);
  expect(() => process.kill(pid, 0)).not.toThrow();
  const complaints = server
    .stdout()
    .split('\n')
    .filter((line) => /unhandled|our own fault|uncaught|"level":[56]0/i.test(line));
  expect(complaints).toEqual([]);
}

describe('nothing that a client sends', () => {
  it(`brings the server down or disturbs others: ${REQUESTS} strange requests, seed ${SEED}`, async () => {
    const { pid } = server;
    const load = parts.load(server, { loops: 2 });
    const dice = createDice(SEED);
    let left = REQUESTS;
    const attacker = async (): Promise<void> => {
      while (left-- > 0) await behaveStrangely(dice);
    };
    await Promise.all(Array.from({ length: 12 }, attacker));
    await load.more(20);
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(load.succeeded).toBeGreaterThan(50);
    expectUnharmed(pid);
    // Nothing hangs: every request has come to its end.
    server.kill('SIGTERM');
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(server.stdout()).not.toContain('requests were cut off at the deadline');
  });

  it('keeps a request from being answered because it offers an upgrade, also after pages were served', async () => {
    const offer = 'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n';
    const upgrading = good.replace('content-type', `${offer}content-type`);
    for (const page of ['/health', '/ready', '/nothing-here']) {
      await fetch(`${server.url}${page}`).then((response) => response.text());
      const client = await connectRaw(server.url);
      await client.send(upgrading);
      await client.waitFor((text) => text.includes('Hello there'));
      expect(client.text()).toMatch(/^HTTP\/1\.1 200 /);
      client.destroy();
    }
    const { pid } = server;
    expect((await chat(server.url)).status).toBe(200);
    expectUnharmed(pid);
  });

  it('gets more than its limit into memory: a body without end is refused', async () => {
    const client = await connectRaw(server.url);
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    await client.send(`POST /v1/files HTTP/1.1\r\nhost: x\r\n${AUTH}transfer-encoding: chunked\r\n\r\n`);
    for (let sent = 0; sent <= 2 ** 20; sent += 65_536) await client.send(chunk);
    await client.waitFor((text) => text.includes('body_too_large'));
    expect(client.text()).toMatch(/^HTTP\/1\.1 413 /);
    client.destroy();
    expect((await chat(server.url)).status).toBe(200);
  });
});
