import { once } from 'node:events';
import { createServer as createHttp2Server, createSecureServer } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readSaid } from '../../../../lib/admin/words/read-said';
import { makeCertificate } from '../../../support/tls';
import { startHttpProxy } from '../small-proxies';
import { readAll, Stand } from '../dialled';

let stand: Stand;
beforeEach(() => (stand = new Stand()));
afterEach(() => stand.close());

const OK = 'content-type: application/json\r\n';
const BODY = '{"choices":[{"message":{"content":"hi"}}]}';

describe('an upstream', () => {
  it.each([
    ['speaks HTTP/1.0', `HTTP/1.0 200 OK\r\n${OK}\r\n${BODY}`],
    [
      'sends early hints first',
      `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n${OK}content-length: ${BODY.length}\r\n\r\n${BODY}`,
    ],
    [
      'says more than once that it is at work',
      `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\n${OK}\r\n${BODY}`,
    ],
  ])('may be one that %s', async (_what, bytes) => {
    const { outcome, answer } = await stand.dial(await stand.raw(bytes));
    expect(outcome).toMatchObject({ kind: 'answer', status: 200 });
    expect(answer?.headers.link, 'is no part of the answer itself').toBeUndefined();
    expect((await readAll(answer)).text).toBe(BODY);
  });
});

describe('an upstream whose head has line ends that are none', () => {
  it('has given no answer', async () => {
    const bytes = `HTTP/1.1 200 OK\r\nx-a: b\n${OK}content-length: ${BODY.length}\r\n\r\n${BODY}`;
    const { outcome } = await stand.dial(await stand.raw(bytes));
    expect(outcome).toMatchObject({ kind: 'lost', message: expect.stringContaining('HTTP/1.1') as string });
  });
});

describe('an upstream that speaks HTTP/2 only', () => {
  const TOLD = 'the server speaks HTTP/2 only, and is asked in HTTP/1.1';

  it('is told of in plain words, with TLS', async () => {
    const { outcome } = await stand.dial(0, {
      target: { baseUrl: `https://127.0.0.1:${await startSecure()}/v1` },
    });
    expect(outcome).toEqual({ kind: 'dial_failed', at: 'upstream', message: TOLD });
    expect(readSaid(TOLD)?.code).toBe('system.http2_only');
  });

  it('is told of in plain words, through a proxy', async () => {
    const [port, proxy] = [await startSecure(), await startHttpProxy()];
    const { outcome } = await stand.dial(0, {
      target: { baseUrl: `https://127.0.0.1:${port}/v1` },
      egress: { egressId: 'e', url: `http://127.0.0.1:${proxy.port}` },
    });
    expect(outcome).toMatchObject({ kind: 'dial_failed', at: 'upstream' });
    const message = 'message' in outcome ? outcome.message : '';
    expect(message).toContain(TOLD);
    expect(JSON.stringify(readSaid(message))).toContain('system.http2_only');
  });

  it('is told of in plain words, without TLS', async () => {
    const port = await listening(createHttp2Server());
    const { outcome } = await stand.dial(port);
    expect(outcome).toMatchObject({ kind: 'lost', message: TOLD });
  });
});

async function startSecure(): Promise<number> {
  const certificate = await makeCertificate();
  onTestFinished(() => certificate.remove());
  const { key, cert } = certificate;
  return listening(createSecureServer({ key, cert, allowHTTP1: false }));
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
