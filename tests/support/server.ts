import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port';
import { tempDir } from './temp-dir';
import { waitFor } from './wait-for';

/** The two ways to run the built program. Each of them is held to the same contract tests. */
export type ServerMode = 'server.mjs' | 'next';

export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface StartServerOptions {
  /** Default `server.mjs`. */
  mode?: ServerMode;
  /** Added to (and winning over) the clean environment. */
  env?: Record<string, string>;
  /** Contents of the settings file that ENV_FILE names; without it that file does not exist. */
  envFile?: string;
  /** Kept on stop. Default: a fresh directory, removed on stop. */
  dataDir?: string;
  /** What to wait for. `spawned` is for programs that are expected to stop at once: `port` may then still be 0. */
  waitUntil?: 'ready' | 'spawned';
  /** Default 20,000. */
  readyTimeoutMs?: number;
  /** Where the built program is. Default: this repository. */
  rootDir?: string;
  /** A command that runs the program in its own place, e.g. `setpriv --reuid=65534`. */
  wrapper?: readonly string[];
}

const repositoryDir = fileURLToPath(new URL('../..', import.meta.url));
const listeningLine = /listening on http:\/\/(?:\[[^\]]*\]|[^\s:\]/]+):(\d+)/;
const started: RunningServer[] = [];

/** What each server started by this test file has written so far, both streams; for tests that no secret leaks. */
export function outputOfAllServers(): string[] {
  return started.map((server) => server.stdout());
}

let watchdog: ChildProcess | undefined;

/** Kills the child when this process ends in any way, SIGKILL included: then the watchdog's input ends. */
export function tieToTestProcess(child: ChildProcess): void {
  if (!watchdog) {
    const script = `trap '' INT TERM HUP; pids=' '; while read -r verb pid; do case $verb in
      add) pids="$pids$pid ";; drop) pids="\${pids%% $pid *} \${pids#* $pid }";; esac; done; kill -9 $pids`;
    watchdog = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    watchdog.unref();
    (watchdog.stdin as Socket).on('error', () => undefined).unref();
  }
  const { stdin } = watchdog;
  stdin?.write(`add ${child.pid}\n`);
  child.once('exit', () => stdin?.write(`drop ${child.pid}\n`));
}

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.once('timeout', () => request.destroy(new Error(`${url} did not answer in 2 s`)));
    request.once('error', reject);
  });
}

/** The built program as a child process. */
export class RunningServer {
  readonly exited: Promise<ServerExit>;
  readonly dataDir: string;
  readonly envFilePath: string;
  readonly #child: ChildProcess;
  readonly #cleanUp: () => Promise<void>;
  #port: number;
  #output = '';

  constructor(
    child: ChildProcess,
    place: { dataDir: string; envFilePath: string; port: number; cleanUp: () => Promise<void> },
  ) {
    this.#child = child;
    this.#port = place.port;
    this.#cleanUp = place.cleanUp;
    this.dataDir = place.dataDir;
    this.envFilePath = place.envFilePath;
    // 'close' comes after 'exit' and after the last output.
    this.exited = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    }
    tieToTestProcess(child);
    started.push(this);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** 0 until the program has said where it listens. */
  get port(): number {
    if (this.#port === 0) this.#port = Number(listeningLine.exec(this.#output)?.[1] ?? 0);
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** All output so far, both streams in the order of arrival. */
  stdout(): string {
    return this.#output;
  }

  /**
   * Resolves with the first match at or after position `from` of the output. Rejects when the program ends or the time
   * is up without it.
   */
  waitForOutput(
    pattern: RegExp,
    { timeoutMs = 10_000, from = 0 }: { timeoutMs?: number; from?: number } = {},
  ): Promise<RegExpMatchArray> {
    return new Promise((resolve, reject) => {
      const streams = [this.#child.stdout, this.#child.stderr];
      const stop = () => {
        clearTimeout(timer);
        for (const stream of streams) stream?.off('data', check);
      };
      const check = () => {
        const match = this.#output.slice(from).match(pattern);
        if (!match) return false;
        stop();
        resolve(match);
        return true;
      };
      const fail = (why: string) => {
        stop();
        reject(new Error(`${why} without printing ${pattern}; its output:\n${this.#output}`));
      };
      const timer = setTimeout(() => fail(`the server ran ${timeoutMs} ms`), timeoutMs);
      for (const stream of streams) stream?.on('data', check);
      if (!check()) void this.exited.then(() => check() || fail('the server ended'));
    });
  }

  /** Replaces the settings file in one step, as editors do. */
  async writeEnvFile(contents: string): Promise<void> {
    const draftPath = `${this.envFilePath}.draft`;
    await writeFile(draftPath, contents);
    await rename(draftPath, this.envFilePath);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /**
   * SIGTERM, then waits for the end; deletes what the server was given to write in, unless the test named the place.
   * Rejects (after SIGKILL) if the program does not end in time. Harmless when it has ended already.
   */
  async stop({ timeoutMs = 15_000 }: { timeoutMs?: number } = {}): Promise<ServerExit> {
    let isOverdue = false;
    const timer = setTimeout(() => {
      isOverdue = true;
      this.kill('SIGKILL');
    }, timeoutMs);
    this.kill('SIGTERM');
    const exit = await this.exited;
    clearTimeout(timer);
    await this.#cleanUp();
    if (isOverdue)
      throw new Error(`the server ignored SIGTERM for ${timeoutMs} ms; its output:\n${this.#output}`);
    return exit;
  }

  async waitUntilReady(timeoutMs = 20_000): Promise<void> {
    let lastAnswer = 'no answer yet';
    await waitFor(
      async () => {
        if (this.hasExited() || this.port === 0) return this.hasExited();
        const status = await statusOf(`${this.url}/ready`);
        lastAnswer = `GET /ready: ${status}`;
        return status === 200;
      },
      { timeoutMs, what: () => `the server to be ready (${lastAnswer}); its output:\n${this.#output}` },
    );
    if (!this.hasExited()) return;
    const { code, signal } = await this.exited;
    throw new Error(
      `the server ended at start-up (code ${code}, signal ${signal}); its output:\n${this.#output}`,
    );
  }
}

/**
 * Starts the built program in a clean environment: nothing of the developer's own variables or `.env` gets in. Resolves
 * when `/ready` answers 200; on failure the child is gone and the error holds its output.
 */
export async function startServer(options: StartServerOptions = {}): Promise<RunningServer> {
  const { mode = 'server.mjs', rootDir = repositoryDir, waitUntil = 'ready' } = options;
  if (!existsSync(join(rootDir, '.next', 'BUILD_ID'))) {
    throw new Error(`no finished build in ${rootDir}: run "npm run build" first`);
  }
  const scratch = await tempDir('server');
  const dataDir = options.dataDir ?? join(scratch.path, 'data');
  const envFilePath = join(scratch.path, 'settings.env');
  await mkdir(dataDir, { recursive: true });
  if (options.envFile !== undefined) await writeFile(envFilePath, options.envFile);

  const askedPort = options.env?.PORT ?? (mode === 'next' ? String(await freePort()) : '0');
  const env = {
    ...cleanEnvironment(),
    DATA_DIR: dataDir,
    ENV_FILE: envFilePath,
    // What a refusal looks like is asked far more often than how waiting goes.
    WAIT_SECONDS: '0',
    ...options.env,
    PORT: askedPort,
  };
  const args =
    mode === 'next'
      ? ['node_modules/next/dist/bin/next', 'start', '-p', askedPort, '-H', env.HOST]
      : ['server.mjs'];
  const [command = '', ...commandArgs] = [...(options.wrapper ?? []), process.execPath, ...args];
  const child = spawn(command, commandArgs, { cwd: rootDir, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const server = new RunningServer(child, {
    dataDir,
    envFilePath,
    port: mode === 'next' ? Number(askedPort) : 0,
    cleanUp: () => scratch.remove(),
  });
  if (waitUntil === 'spawned') return server;
  try {
    await server.waitUntilReady(options.readyTimeoutMs);
    return server;
  } catch (error) {
    server.kill('SIGKILL');
    await server.exited;
    await scratch.remove();
    throw error;
  }
}

function cleanEnvironment(): NodeJS.ProcessEnv & { HOST: string } {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    PATH,
    HOME,
    TMPDIR,
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'INFO',
    // No load balancer has to look away first.
    DRAIN_SECONDS: '0',
    NEXT_TELEMETRY_DISABLED: '1',
    // Next reads .env files of its working directory into process.env by itself; this makes it believe it has done so.
    __NEXT_PROCESSED_ENV: 'true',
  };
}
