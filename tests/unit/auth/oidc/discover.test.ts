import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Discovery } from '../../../../lib/auth/oidc/discover';
import { failureOf, problemOf } from '../../../../lib/auth/oidc/failure';

/** A provider that answers each connection by whatever `answer` writes. */
async function startRaw(answer: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const raw = { issuer: '', asked: 0, answer };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    raw.asked += 1;
    socket.once('data', () => raw.answer(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  raw.issuer = `http://127.0.0.1:${(server.address() as { readonly port: number }).port}`;
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return raw;
}

const described = (issuer: string): string => {
  const about = JSON.stringify({
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
  });
  return `HTTP/1.1 200 OK\r\ncontent-length: ${about.length}\r\n\r\n${about}`;
};

const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n';
const SOON_MS = 300;
const HEAD = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';

function repeatedly(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 20);
  socket.once('close', () => clearInterval(timer));
}

function endlessly(socket: Socket, text: string): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(text));
    socket.once('drain', more);
  };
  more();
}

describe('asking a provider who it is', () => {
  it.each<[string, (socket: Socket) => void, string, string]>([
    ['changes the protocol', (socket) => socket.write(SWITCHED), 'unfit', 'status_101'],
    ['changes it and hangs up', (socket) => socket.end(SWITCHED), 'unfit', 'status_101'],
    ['says 101 and no more', (socket) => socket.write('HTTP/1.1 101 Go\r\n\r\n'), 'unfit', 'status_101'],
    ['hangs up', (socket) => socket.end(), 'unreachable', 'ECONNRESET'],
    ['never answers', () => undefined, 'unreachable', 'ETIMEDOUT'],
    ['stops halfway', (socket) => socket.write(`${HEAD}1\r\n{\r\n`), 'unreachable', 'ETIMEDOUT'],
    [
      'drips its head',
      (socket) => repeatedly(socket, 'HTTP/1.1 103 Wait\r\n\r\n'),
      'unreachable',
      'ETIMEDOUT',
    ],
    [
      'drips',
      (socket) => {
        socket.write(HEAD);
        repeatedly(socket, '1\r\n[\r\n');
      },
      'unreachable',
      'ETIMEDOUT',
    ],
    [
      'answers without an end',
      (socket) => {
        socket.write(HEAD);
        endlessly(socket, `2710\r\n${'['.repeat(10_000)}\r\n`);
      },
      'unreachable',
      'answer_too_large',
    ],
  ])('ends by an error if it %s, which is not kept', async (_what, answer, failure, problem) => {
    const raw = await startRaw(answer);
    const discovery = new Discovery(() => 0, problem === 'ETIMEDOUT' ? SOON_MS : undefined);
    const error: unknown = await discovery.of(raw.issuer).catch((one: unknown) => one);
    expect({ failure: failureOf(error), problem: problemOf(error) }).toEqual({ failure, problem });
    raw.answer = (socket) => socket.end(described(raw.issuer));
    expect(await discovery.of(raw.issuer)).toMatchObject({ issuer: raw.issuer });
  });

  it('asks once a minute at most', async () => {
    const raw = await startRaw((socket) => socket.end(described(raw.issuer)));
    let now = 0;
    const discovery = new Discovery(() => now);
    await Promise.all([discovery.of(raw.issuer), discovery.of(raw.issuer)]);
    now = 59_000;
    await discovery.of(raw.issuer);
    expect(raw.asked).toBe(1);
    now = 61_000;
    await discovery.of(raw.issuer);
    expect(raw.asked).toBe(2);
  });
});
