import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A proxy in this process, closed after the test with all its connections. */
export interface SmallProxy {
  readonly port: number;
  /** Each far end that it was asked for: `host:port`. */
  readonly asked: string[];
  /** Each user and password that it was told: `user:password`. */
  readonly told: string[];
  /** How many connections to it are open. */
  readonly open: () => number;
  /** Resolves once none is. */
  readonly closed: () => Promise<void>;
}

async function listening(server: Server, asked: string[], told: string[]): Promise<SmallProxy> {
  const sockets = new Set<Socket>();
  const waiting: (() => void)[] = [];
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket
      .on('error', () => undefined)
      .on('close', () => {
        sockets.delete(socket);
        if (sockets.size === 0) for (const resolve of waiting.splice(0)) resolve();
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    told,
    open: () => sockets.size,
    closed: () =>
      sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve)),
  };
}

/** Both directions, until either end closes. */
function join(one: Socket, other: Socket): void {
  one.pipe(other).on('error', () => one.destroy());
  other.pipe(one).on('error', () => other.destroy());
  one.on('close', () => other.destroy());
  other.on('close', () => one.destroy());
}

export interface SmallHttpProxy {
  /** Instead of connecting. */
  readonly status?: number;
  /** Put behind a good answer, as if the far end had spoken. */
  readonly words?: string;
  /** It takes connections, and never answers. */
  readonly isMute?: boolean;
}

/** An HTTP proxy that knows CONNECT and nothing else. */
export function startHttpProxy({ status, words = '', isMute }: SmallHttpProxy = {}): Promise<SmallProxy> {
  const asked: string[] = [];
  const told: string[] = [];
  const server = createHttpServer();
  server.on('connect', (request, client: Socket) => {
    const target = request.url ?? '';
    asked.push(target);
    const [, basic] = (request.headers['proxy-authorization'] ?? '').split(' ');
    if (basic !== undefined) told.push(Buffer.from(basic, 'base64').toString());
    // A server for HTTP leaves connections half open.
    if (isMute === true) return void client.resume().once('end', () => client.end());
    if (status !== undefined) return void client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    const { hostname, port } = new URL(`http://${target}`);
    const far = connect(Number(port || 80), hostname.replace(/^\[|\]$/g, ''));
    far.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    far.once('connect', () => {
      client.write(`HTTP/1.1 200 OK\r\n\r\n${words}`);
      join(client, far);
    });
  });
  return listening(server, asked, told);
}

export interface SmallSocksProxy {
  /** What it wants to be told: `user:password`. */
  readonly wants?: string;
  /** A reply of RFC 1928 section 6, instead of connecting. */
  readonly reply?: number;
  /** It answers only then. */
  readonly until?: Promise<void>;
  /** It takes connections, and never answers. */
  readonly isMute?: boolean;
}

/** A SOCKS5 proxy (RFC 1928, and RFC 1929 for the password). Names are looked up as `localhost`. */
export function startSocksProxy({ wants, reply, until, isMute }: SmallSocksProxy = {}): Promise<SmallProxy> {
  const asked: string[] = [];
  const told: string[] = [];
  const server = createServer((client) => {
    if (isMute === true) return void client.resume();
    void serve(client);
  });

  async function serve(client: Socket): Promise<void> {
    await once(client, 'data');
    client.write(Buffer.of(5, wants === undefined ? 0 : 2));
    if (wants !== undefined) {
      const [login] = (await once(client, 'data')) as [Buffer];
      const user = login.subarray(2, 2 + login[1]!).toString();
      const password = login.subarray(3 + login[1]!).toString();
      told.push(`${user}:${password}`);
      const isRight = told.at(-1) === wants;
      client.write(Buffer.of(1, isRight ? 0 : 1));
      if (!isRight) return void client.end();
    }
    const [request] = (await once(client, 'data')) as [Buffer];
    const isName = request[3] === 3;
    const host = isName ? request.subarray(5, 5 + request[4]!).toString() : request.subarray(4, 8).join('.');
    const port = request.readUInt16BE(request.length - 2);
    asked.push(`${host}:${port}`);
    await until;
    const answer = (code: number) => client.write(Buffer.of(5, code, 0, 1, 0, 0, 0, 0, 0, 0));
    if (reply !== undefined) return void answer(reply);
    const far = connect(port, isName ? '127.0.0.1' : host);
    far.on('error', () => answer(5));
    far.once('connect', () => {
      answer(0);
      join(client, far);
    });
  }

  return listening(server, asked, told);
}

/** Says what it hears, and closes when its client does. */
export async function startEcho(): Promise<number> {
  const { port } = await listening(
    createServer((socket) => void socket.pipe(socket)),
    [],
    [],
  );
  return port;
}

/** A port where nobody listens. */
export async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
