import { Redis } from 'ioredis';
import { freePort } from './free-port';
import { bootServer, endServer, findProgram } from './programs';
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

const READY = { stream: 'stdout', readyWords: 'Ready to accept connections' } as const;

/** A real Redis of this machine on a free port; undefined when it is not installed. */
export async function startRedis(options: readonly string[] = []): Promise<RedisServer | undefined> {
  const program = findProgram('redis-server') ?? findProgram('valkey-server');
  if (program === undefined) return undefined;
  const folder = await tempDir('redis');
  const port = await freePort();
  const args = ['--port', port, '--bind', '127.0.0.1', '--dir', folder.path, '--save', '', ...options].map(
    String,
  );
  let child = await bootServer(program, args, READY);
  const clients: Redis[] = [];
  const kill = () => endServer(child, 'SIGKILL');
  const signal = (name: NodeJS.Signals): Promise<void> => {
    child.kill(name);
    return Promise.resolve();
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    async up() {
      child = await bootServer(program, args, READY);
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
