import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { freePort } from './free-port';
import { findProgram } from './programs';
import { tempDir } from './temp-dir';

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Ends it without a word. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. */
  up(): Promise<void>;
  /** It stays connected and answers nothing. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** For what a test asks of it itself. */
  client(): Redis;
  stop(): Promise<void>;
}

/** A real Redis of this machine on a free port; undefined when it is not installed. */
export async function startRedis(options: readonly string[] = []): Promise<RedisServer | undefined> {
  const program = (await findProgram('redis-server')) ?? (await findProgram('valkey-server'));
  if (program === undefined) return undefined;
  const folder = await tempDir('redis');
  const port = await freePort();
  const args = ['--port', port, '--bind', '127.0.0.1', '--dir', folder.path, '--save', '', ...options].map(
    String,
  );
  let child = await boot(program, args);
  const clients: Redis[] = [];
  const kill = () => end(child);
  const signal = (name: NodeJS.Signals): Promise<void> => {
    child.kill(name);
    return Promise.resolve();
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    async up() {
      child = await boot(program, args);
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    client() {
      const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 1 });
      // A test may take its server away.
      client.on('error', () => undefined);
      clients.push(client);
      return client;
    },
    async stop() {
      for (const client of clients) client.disconnect();
      await kill();
      await folder.remove();
    },
  };
}

async function boot(program: string, args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const words: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const fail = () => reject(new Error(`redis-server did not start:\n${words.slice(-20).join('\n')}`));
    child.once('exit', fail);
    child.once('error', fail);
    createInterface({ input: child.stdout }).on('line', (line) => {
      words.push(line);
      if (!line.includes('Ready to accept connections')) return;
      child.off('exit', fail);
      resolve();
    });
  });
  // A test run that is broken off must not leave a server behind.
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
