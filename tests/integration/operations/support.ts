import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach } from 'vitest';
import { startScriptedUpstream, type ScriptedUpstream } from '../../support/scripted-upstream';
import { startServer, type RunningServer, type StartServerOptions } from '../../support/server';
import { tempDir, type TempDir } from '../../support/temp-dir';
import { waitFor } from '../../support/wait-for';

export const TOKEN = 'sk-client-0123456789abcdef';
export const ADMIN_TOKEN = 'sk-admin-0123456789abcdef';

/** A key whose hint ends in `-` and its name (three characters), so that rows tell which key they are about. */
export function secretKey(name: string): string {
  return `sk-${'0123456789abcdef'.repeat(2)}-${name}`;
}

/** Contents of a settings file. */
export function envFile(values: Record<string, unknown>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}='${typeof value === 'string' ? value : JSON.stringify(value)}'\n`)
    .join('');
}

/** Everything started through it has ended when a test is over. Call it once, at the top of a test file. */
export function useParts() {
  const servers: RunningServer[] = [];
  const upstreams: ScriptedUpstream[] = [];
  const loads: Load[] = [];
  const folders: TempDir[] = [];

  afterEach(async () => {
    for (const load of loads.splice(0)) await load.stop();
    for (const server of servers.splice(0)) {
      server.kill('SIGKILL');
      await server.stop();
    }
    for (const upstream of upstreams.splice(0)) await upstream.stop();
    for (const folder of folders.splice(0)) await folder.remove();
  });

  return {
    async server(options: StartServerOptions = {}): Promise<RunningServer> {
      const server = await startServer(options);
      servers.push(server);
      return server;
    },
    async upstream(): Promise<ScriptedUpstream> {
      const upstream = await startScriptedUpstream();
      upstreams.push(upstream);
      return upstream;
    },
    /** A data directory that outlives the servers that use it. */
    async dataDir(): Promise<string> {
      const folder = await tempDir('operations');
      folders.push(folder);
      return folder.path;
    },
    load({ url }: Pick<RunningServer, 'url'>, options: LoadOptions = {}): Load {
      const load = new Load(url, options);
      loads.push(load);
      return load;
    },
  };
}

export interface ChatOptions {
  readonly path?: string;
  readonly token?: string;
  readonly model?: string;
  readonly stream?: boolean;
  readonly headers?: Record<string, string>;
}

export interface ChatAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** One whole exchange; rejects if the connection breaks. */
export async function chat(url: string, options: ChatOptions = {}): Promise<ChatAnswer> {
  const { path = '/v1', token = TOKEN, model = 'gpt-test', stream = false, headers } = options;
  const response = await fetch(`${url}${path}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

export interface LoadOptions extends ChatOptions {
  /** Requests at a time; default 8. */
  readonly loops?: number;
}

/** Requests in parallel loops, each as soon as the one before it is answered. */
export class Load {
  /** Requests that were answered with 200, streams to their end. */
  succeeded = 0;
  /** What went wrong otherwise, in words. */
  readonly failures: string[] = [];
  #isStopped = false;
  readonly #loops: Promise<void>[];

  constructor(url: string, { loops = 8, ...options }: LoadOptions) {
    this.#loops = Array.from({ length: loops }, () => this.#loop(url, options));
  }

  /** Resolves when so many more have been answered; a request that was under way at the call does not count as more. */
  async more(count: number): Promise<void> {
    const goal = this.succeeded + this.failures.length + this.#loops.length + count;
    await waitFor(() => this.succeeded + this.failures.length >= goal, {
      intervalMs: 5,
      what: () =>
        `${count} more answers (${this.succeeded} succeeded; ${this.failures.slice(0, 3).join('; ')})`,
    });
  }

  /** Resolves when the last request has been answered. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#loops);
  }

  async #loop(url: string, options: ChatOptions): Promise<void> {
    while (!this.#isStopped) {
      try {
        const { status, text } = await chat(url, options);
        const isWhole = options.stream !== true || text.endsWith('data: [DONE]\n\n');
        if (status === 200 && isWhole) this.succeeded += 1;
        else this.failures.push(`${status} ${text}`);
      } catch (error) {
        this.failures.push(String((error as Error).cause ?? error));
        // Whoever kills the server does not want to hear it a thousand times.
        if (this.failures.length > 100) return;
      }
    }
  }
}

export const databaseFile = (server: RunningServer) => join(server.dataDir, 'default_db.sqlite');

/** Looks into the server's SQLite file past the program. */
export function query<Row = Record<string, unknown>>(file: string, sql: string): Row[] {
  const connection = new Sqlite(file, { timeout: 5_000 });
  try {
    return connection.prepare<unknown[], Row>(sql).all();
  } finally {
    connection.close();
  }
}

export function countRows(file: string, table: 'RequestLog' | 'ErrorLog' | 'ApiKey'): number {
  return query<{ rows: number }>(file, `SELECT COUNT(*) AS rows FROM ${table}`)[0]?.rows ?? 0;
}

export interface KeyRow {
  readonly hint: string;
  readonly isDisabled: number;
  readonly reason: string | null;
  readonly failures: number;
  readonly modelCooldowns: string;
  readonly cooldownUntil: number | null;
}

/** The stored state of a key made by `secretKey`. */
export function keyRow(file: string, name: string): KeyRow | undefined {
  return query<KeyRow>(
    file,
    `SELECT hint, isDisabled, reason, failures, modelCooldowns, cooldownUntil FROM ApiKey WHERE hint LIKE '%-${name}'`,
  )[0];
}
