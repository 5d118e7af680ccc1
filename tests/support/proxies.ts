import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { freePort } from './free-port';
import { tieToTestProcess } from './server';
import { tempDir } from './temp-dir';
import { findProgram } from './programs';
import type { TlsFiles } from './tls';
import { waitFor } from './wait-for';

/** Whether the proxies of Debian's packages are there; tests that need them skip themselves otherwise. */
export const hasTinyproxy = findProgram('tinyproxy') !== undefined;
export const hasMicrosocks = findProgram('microsocks') !== undefined;
/** Makes the certificates of TLS servers. */
export const hasOpenssl = findProgram('openssl') !== undefined;

export interface ProxyOptions {
  readonly user?: string;
  readonly password?: string;
  /**
   * The address of this machine from which it connects on, so that an upstream can tell who came: 127.0.0.2 and the
   * like.
   */
  readonly from?: string;
}

export interface TestProxy {
  readonly port: number;
  /** Address for PROXIES, with the right user and password. */
  readonly url: string;
  /** All it has logged. */
  log(): string;
  /** Ends it at once, connections and all. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

/** A real tinyproxy, HTTP with CONNECT. */
export async function startTinyproxy({ user, password = '', from }: ProxyOptions = {}): Promise<TestProxy> {
  const folder = await tempDir('tinyproxy');
  const port = await freePort();
  const configPath = path.join(folder.path, 'tinyproxy.conf');
  const lines = [
    `Port ${port}`,
    'Listen 127.0.0.1',
    'Timeout 600',
    'MaxClients 200',
    'LogLevel Connect',
    ...(from === undefined ? [] : [`Bind ${from}`]),
    ...(user === undefined ? [] : [`BasicAuth ${user} ${password}`]),
  ];
  await writeFile(configPath, `${lines.join('\n')}\n`);
  return startProcess('tinyproxy', ['-d', '-c', configPath], {
    port,
    url: `http://${credentials(user, password)}127.0.0.1:${port}`,
    cleanUp: () => folder.remove(),
  });
}

/** A real microsocks, SOCKS5. */
export async function startMicrosocks({ user, password = '', from }: ProxyOptions = {}): Promise<TestProxy> {
  const port = await freePort();
  const args = ['-i', '127.0.0.1', '-p', String(port)];
  if (user !== undefined) args.push('-u', user, '-P', password);
  if (from !== undefined) args.push('-b', from);
  return startProcess('microsocks', args, {
    port,
    url: `socks5h://${credentials(user, password)}127.0.0.1:${port}`,
    cleanUp: () => Promise.resolve(),
  });
}

function credentials(user: string | undefined, password: string): string {
  return user === undefined ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;
}

async function startProcess(
  program: string,
  args: readonly string[],
  place: { readonly port: number; readonly url: string; readonly cleanUp: () => Promise<void> },
): Promise<TestProxy> {
  let output = '';
  let child: ChildProcess | undefined;
  const proxy: TestProxy = {
    port: place.port,
    url: place.url,
    log: () => output,
    async kill() {
      if (child === undefined) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      child = undefined;
      await exited;
    },
    async start() {
      child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      tieToTestProcess(child);
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
      }
      await waitFor(() => accepts(place.port), { what: `${program} to listen: ${output}` });
    },
    async stop() {
      await proxy.kill();
      await place.cleanUp();
    },
  };
  await proxy.start();
  return proxy;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  socket.destroy();
  return isOpen;
}

/** What a proxy does that no honest program can be told to do. */
export class FaultyProxy {
  /** Accepts connections and never says a word. */
  isHanging = false;
  /** Answers CONNECT with this status. */
  status = 200;
  /** Cuts each tunnel after the first bytes from its far end. */
  isCutting = false;
  readonly #open = new Set<Socket>();

  constructor(
    private readonly server: Server,
    private readonly isSecure: boolean,
  ) {
    server.on(isSecure ? 'secureConnection' : 'connection', (socket: Socket) => this.#serve(socket));
  }

  get url(): string {
    return `${this.isSecure ? 'https' : 'http'}://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Cuts every open tunnel on both sides. */
  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }

  async stop(): Promise<void> {
    this.server.close();
    this.cut();
    await once(this.server, 'close');
  }

  #serve(socket: Socket): void {
    this.#track(socket);
    if (this.isHanging) return;
    socket.once('data', (head: Buffer) => {
      const [, host = '', port = ''] = /^CONNECT (\S+):(\d+) /.exec(head.toString('latin1')) ?? [];
      if (this.status !== 200) {
        socket.end(`HTTP/1.1 ${this.status} No\r\ncontent-length: 0\r\n\r\n`);
        return;
      }
      const far = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(far);
        if (!this.isCutting) far.pipe(socket);
        else far.once('data', (bytes: Buffer) => socket.end(bytes, () => far.destroy()));
      });
      this.#track(far);
      far.once('close', () => socket.destroy());
      socket.once('close', () => far.destroy());
    });
  }

  #track(socket: Socket): void {
    this.#open.add(socket);
    socket.on('error', () => undefined).once('close', () => this.#open.delete(socket));
  }
}

/** With a certificate it is an HTTPS proxy. */
export async function startFaultyProxy(tls?: TlsFiles): Promise<FaultyProxy> {
  const server = tls === undefined ? createServer() : createTlsServer(tls);
  const proxy = new FaultyProxy(server, tls !== undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return proxy;
}
