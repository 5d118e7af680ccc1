import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync, mkdirSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { startBodyUpstream, type BodyUpstream } from '../../support/body-upstream';
import { filling, form, FORM_TYPE, sendLarge } from '../../support/large-body';
import { chatCompletion } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { tempDir } from '../../support/temp-dir';
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
  await waitFor(() => leftOf(server).length === 0, { what: () => `no body on disk; there is ${leftOf(server)}` });
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
      response.writeHead(429, { 'content-type': 'application/json' }).end('{"error":{"message":"slow down"}}');
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

  it.each([2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 2 * MB, 2 * MB + 1])(
    'of %i bytes arrives as it was sent, with its length declared or not',
    async (bytes) => {
      const upstream = await bodyUpstream();
      const server = await parts.server({ envFile: settings(upstream) });
      const headers = { ...FORM, 'content-type': 'application/octet-stream' };
      const declared = await sendLarge(files(server), { ...headers, 'content-length': bytes }, filling(bytes));
      const chunked = await sendLarge(files(server), headers, filling(bytes));
      expect([declared.status, chunked.status]).toEqual([200, 200]);
      for (const got of upstream.requests) expect([got.bytes, got.sha256]).toEqual([bytes, declared.sha256]);
      await expectNothingLeft(server);
    },
  );

  it('50 at a time arrive', async () => {
    const upstream = await bodyUpstream();
    const server = await parts.server({ envFile: settings(upstream) });
    const sent = await Promise.all(Array.from({ length: 50 }, () => sendLarge(files(server), FORM, form(4 * MB))));
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
    const client = request(files(server), { method: 'POST', headers: { ...FORM, 'content-length': 50 * MB } });
    client.on('error', () => undefined);
    client.write(Buffer.alloc(5 * MB));
    await waitFor(() => leftOf(server).length === 1, { what: 'a file' });
    client.destroy();
    await expectNothingLeft(server);
    await waitFor(() => query(databaseFile(server), 'SELECT * FROM RequestLog').length === 1, { what: 'a row' });
    expect(query(databaseFile(server), 'SELECT outcome FROM RequestLog')).toEqual([{ outcome: 'client_closed' }]);
    expect(upstream.requests).toEqual([]);
  });
});
